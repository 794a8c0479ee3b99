// A guest's screen as a terminal draws it: whatever the pictures before were, the terminal shows the last one.
import assert from 'node:assert/strict';
import { characterOf } from '../../../src/devices/codePage437';
import type { ScreenFrame, TextFrame } from '../../../src/devices/screenFrame';
import { TerminalPicture, type TerminalSize } from '../../../src/cli/screen/terminalPicture';
import { randomFrom } from '../../semantics/random';

const escape = '\x1b';
const written = new RegExp(`${escape}\\[([\\d;?]*)([A-Za-z])|[^${escape}]`, 'gu');

/** As much of a terminal as is used. */
class Terminal {
  cells = new Map<string, string>();
  cursor: string | undefined;
  characters = 0;
  private row = 1;
  private column = 1;
  private look = '';

  write(text: string): void {
    for (const [whole, parameters = '', final] of text.matchAll(written)) {
      if (final === undefined) this.put(whole);
      else if (final === 'H') [this.row, this.column] = parameters.split(';').map(Number);
      else if (final === 'm') this.look = parameters;
      else if (final === 'J') this.cells.clear();
      else if (final === 'h') this.cursor = `${this.row};${this.column}`;
      else if (final === 'l') this.cursor = undefined;
      else if (final !== 'K') assert.fail(JSON.stringify(whole));
    }
  }

  text(row: number): string {
    return Array.from({ length: 80 }, (_, column) => this.cells.get(`${row + 1};${column + 1}`)?.slice(-1) ?? ' ').join(
      '',
    );
  }

  private put(character: string): void {
    this.cells.set(`${this.row};${this.column++}`, `${this.look} ${character}`);
    this.characters++;
  }
}

const large: TerminalSize = { columns: 100, rows: 30 };
const palette = Array.from({ length: 16 }, () => 0);

function frameOf(text: string, attribute = 0x07, more: Partial<TextFrame> = {}): TextFrame {
  const cells = Uint8Array.from({ length: 4000 }, (_, index) =>
    index % 2 ? attribute : text.charCodeAt(index / 2) || 0x20,
  );
  return { kind: 'text', columns: 80, rows: 25, cells, blinks: true, cursor: undefined, palette, ...more };
}

function drawn(frames: readonly ScreenFrame[], size = large): Terminal {
  const terminal = new Terminal();
  const picture = new TerminalPicture();
  for (const frame of frames) {
    terminal.characters = 0;
    terminal.write(picture.clearing(frame, size) + picture.changes(frame, size));
  }
  return terminal;
}

describe("a guest's screen in a terminal", () => {
  it('has its characters in their colours', () => {
    const terminal = drawn([frameOf('Hi', 0x9e)]);
    assert.equal(terminal.cells.get('1;2'), '0;5;93;44 i');
    assert.equal(drawn([frameOf('Hi', 0x9e, { blinks: false })]).cells.get('1;2'), '0;93;104 i');
    assert.equal(drawn([frameOf('\x01')]).cells.get('1;1'), '0;37;40 ☺');
  });

  it('shows the cursor where it is', () => {
    const cursor = { row: 2, column: 5, top: 0.8, bottom: 1 };
    assert.equal(drawn([frameOf('Hi', 7, { cursor })]).cursor, '3;6');
    assert.equal(drawn([frameOf('Hi', 7, { cursor }), frameOf('Hi')]).cursor, undefined);
  });

  it('is drawn again where it has changed only', () => {
    assert.equal(drawn([frameOf('ring 0'), frameOf('ring 1')]).characters, 1);
    assert.equal(drawn([frameOf('ring 0'), frameOf('ring 0')]).characters, 0);
  });

  it('keeps to a smaller terminal', () => {
    const terminal = drawn([frameOf('x'.repeat(2000))], { columns: 10, rows: 3 });
    assert.equal(terminal.cells.size, 30);
  });

  it('is told of in words where it is no text, and comes back', () => {
    const off: ScreenFrame = { kind: 'off', width: 0, height: 0 };
    assert.match(drawn([frameOf('text'), off]).text(0), /^The guest has switched its screen off\. *$/);
    assert.match(drawn([frameOf('text'), off, frameOf('text')]).text(0), /^text *$/);
  });

  it('is the last picture, whatever came before', () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1e6);
    const random = randomFrom(seed);
    let text = ' '.repeat(2000);
    const frames = Array.from({ length: 50 }, () => {
      const [at, length] = [random.below(2000), random.below(100)];
      const letter = String.fromCharCode(33 + random.below(90));
      text = (text.slice(0, at) + letter.repeat(length) + text.slice(at + length)).slice(0, 2000);
      return frameOf(text, 0x10 + random.below(3));
    });
    const terminal = drawn(frames);
    for (let row = 0; row < 25; row++)
      assert.equal(
        terminal.text(row),
        [...text.slice(row * 80, row * 80 + 80)].map(each => characterOf(each.charCodeAt(0))).join(''),
        `SEED=${seed}`,
      );
  });
});
