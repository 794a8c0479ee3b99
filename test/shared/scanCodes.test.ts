// Scan codes of keys and of text, against the tables of the manuals.
import assert from 'node:assert/strict';
import { chord, scanCodes, typed } from '../../src/shared/scanCodes';

describe('scan codes', () => {
  const keys: [key: string, pressed: number[], released: number[]][] = [
    ['Escape', [0x01], [0x81]],
    ['Digit1', [0x02], [0x82]],
    ['Equal', [0x0d], [0x8d]],
    ['Backspace', [0x0e], [0x8e]],
    ['Tab', [0x0f], [0x8f]],
    ['KeyP', [0x19], [0x99]],
    ['Enter', [0x1c], [0x9c]],
    ['ControlLeft', [0x1d], [0x9d]],
    ['KeyL', [0x26], [0xa6]],
    ['Backquote', [0x29], [0xa9]],
    ['ShiftLeft', [0x2a], [0xaa]],
    ['Backslash', [0x2b], [0xab]],
    ['Slash', [0x35], [0xb5]],
    ['ShiftRight', [0x36], [0xb6]],
    ['AltLeft', [0x38], [0xb8]],
    ['Space', [0x39], [0xb9]],
    ['CapsLock', [0x3a], [0xba]],
    ['F1', [0x3b], [0xbb]],
    ['F10', [0x44], [0xc4]],
    ['NumLock', [0x45], [0xc5]],
    ['NumpadAdd', [0x4e], [0xce]],
    ['NumpadDecimal', [0x53], [0xd3]],
    ['F11', [0x57], [0xd7]],
    ['F12', [0x58], [0xd8]],
    ['NumpadEnter', [0xe0, 0x1c], [0xe0, 0x9c]],
    ['AltRight', [0xe0, 0x38], [0xe0, 0xb8]],
    ['ArrowUp', [0xe0, 0x48], [0xe0, 0xc8]],
    ['ArrowLeft', [0xe0, 0x4b], [0xe0, 0xcb]],
    ['ArrowRight', [0xe0, 0x4d], [0xe0, 0xcd]],
    ['ArrowDown', [0xe0, 0x50], [0xe0, 0xd0]],
    ['Delete', [0xe0, 0x53], [0xe0, 0xd3]],
    ['MetaLeft', [0xe0, 0x5b], [0xe0, 0xdb]],
    ['Pause', [0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5], []],
    ['BrowserBack', [], []],
    ['constructor', [], []],
  ];
  for (const [key, pressed, released] of keys)
    it(`of ${key}`, () => assert.deepEqual([scanCodes(key, true), scanCodes(key, false)], [pressed, released]));

  it('of keys together end with the key that was pressed first', () =>
    assert.deepEqual(chord('ControlLeft', 'AltLeft', 'Delete'), [0x1d, 0x38, 0xe0, 0x53, 0xe0, 0xd3, 0xb8, 0x9d]));
});

describe('typed text', () => {
  const texts: [text: string, codes: number[], leftOut: number][] = [
    ['a', [0x1e, 0x9e], 0],
    ['A', [0x2a, 0x1e, 0x9e, 0xaa], 0],
    ['1 \t', [0x02, 0x82, 0x39, 0xb9, 0x0f, 0x8f], 0],
    ['~', [0x2a, 0x29, 0xa9, 0xaa], 0],
    ['\r\n\n\r', [0x1c, 0x9c, 0x1c, 0x9c, 0x1c, 0x9c], 0],
    ['é中😀\0', [], 4],
    ['', [], 0],
  ];
  for (const [text, codes, leftOut] of texts)
    it(`of ${JSON.stringify(text)}`, () => assert.deepEqual(typed(text), { codes, leftOut }));

  it('can be all of ASCII that can be seen', () => {
    const all = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index));
    assert.ok(all.every(character => typed(character).leftOut === 0 && typed(character).codes.length >= 2));
    assert.equal(new Set(all.map(character => typed(character).codes.join())).size, 95);
  });
});
