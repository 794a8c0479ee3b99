// What the screen shows, by what stands in the VGA's registers and in display memory.
import assert from 'node:assert/strict';
import { characterOf } from '../../src/devices/codePage437';
import {
  isEmpty,
  type PixelFrame,
  sameFrame,
  type ScreenFrame,
  type TextFrame,
  textLines,
  visibleLines,
} from '../../src/devices/screenFrame';
import { type Random, randomFrom } from '../semantics/random';
import { makePc, type Pc } from './rig';

type Register = readonly [index: number, value: number];

const setCrtc = (pc: Pc, ...registers: Register[]): void => indexed(pc, 0x3d4, registers);
const setSequencer = (pc: Pc, ...registers: Register[]): void => indexed(pc, 0x3c4, registers);
const setGraphics = (pc: Pc, ...registers: Register[]): void => indexed(pc, 0x3ce, registers);

function indexed(pc: Pc, port: number, registers: readonly Register[]): void {
  for (const [index, value] of registers) {
    pc.out(port, index);
    pc.out(port + 1, value);
  }
}

/** Bit 5 of the index lets the picture through. */
function setAttribute(pc: Pc, ...registers: Register[]): void {
  for (const [index, value] of registers) {
    pc.in(0x3da);
    pc.out(0x3c0, index | 0x20);
    pc.out(0x3c0, value);
  }
}

function setColour(pc: Pc, index: number, ...components: number[]): void {
  pc.out(0x3c8, index);
  for (const component of components) pc.out(0x3c9, component);
}

function print(pc: Pc, cell: number, text: string, attribute = 0x07): void {
  [...text].forEach((character, index) => {
    pc.memory[0xb8000 + (cell + index) * 2] = character.charCodeAt(0);
    pc.memory[0xb8001 + (cell + index) * 2] = attribute;
  });
}

function textOn(pc: Pc): TextFrame {
  const frame = pc.devices.display.frame();
  assert.ok(frame.kind === 'text', frame.kind);
  return frame;
}

function pixelsOn(pc: Pc): PixelFrame {
  const frame = pc.devices.display.frame();
  assert.ok(frame.kind === 'pixels', frame.kind);
  return frame;
}

function setMode13h(pc: Pc): void {
  setSequencer(pc, [4, 0x0e]);
  setCrtc(pc, [0x11, 0x0e], [1, 0x4f], [7, 0x1f], [9, 0x41], [0x12, 0x8f], [0x13, 0x28]);
  setGraphics(pc, [5, 0x40], [6, 0x05]);
  setAttribute(pc, [0x10, 0x41]);
}

/** What decides how large a picture is, and how its rows lie in memory. */
function setAtRandom(pc: Pc, random: Random): void {
  const value = (): number => (random.chance(30) ? random.pick([0, 1, 0x1f, 0xff]) : random.below(0x100));
  setCrtc(pc, [0x11, 0x0e]);
  for (const index of [1, 7, 9, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x12, 0x13]) setCrtc(pc, [index, value()]);
  setSequencer(pc, [4, value()]);
  setGraphics(pc, [6, value()]);
  setAttribute(pc, [0x10, value()]);
}

/** Can the picture be drawn: are its numbers numbers, and is there as much of it as they say? */
function isWhole(frame: ScreenFrame): boolean {
  if (frame.kind === 'pixels') return frame.pixels.length > 0 && frame.pixels.length === frame.width * frame.height;
  if (frame.kind !== 'text') return Number.isInteger(frame.width) && Number.isInteger(frame.height);
  const { cells, columns, rows, cursor } = frame;
  const isOnScreen = !cursor || (cursor.row >= 0 && cursor.row < rows && cursor.column < columns);
  return isOnScreen && cells.length > 0 && cells.length === columns * rows * 2;
}

const shown = (frame: TextFrame): string => textLines(frame).join('').trimEnd();

describe('text on the screen', () => {
  it('is 25 rows of 80 cells with their attributes', () => {
    const pc = makePc();
    print(pc, 0, 'Hello', 0x1f);
    print(pc, 81, 'ring 1');
    const frame = textOn(pc);
    assert.deepEqual([frame.columns, frame.rows, frame.cells.length], [80, 25, 4000]);
    assert.deepEqual([...frame.cells.subarray(0, 4)], [0x48, 0x1f, 0x65, 0x1f]);
    assert.deepEqual(textLines(frame).slice(0, 2), ['Hello'.padEnd(80), ' ring 1'.padEnd(80)]);
  });

  const sizes: [columns: number, rows: number, registers: Register[]][] = [
    [
      40,
      25,
      [
        [1, 0x27],
        [0x13, 0x14],
      ],
    ],
    [80, 50, [[9, 0x47]]],
    [
      90,
      25,
      [
        [1, 0x59],
        [0x13, 0x2d],
      ],
    ],
  ];
  for (const [columns, rows, registers] of sizes)
    it(`is ${rows} rows of ${columns} where the CRT controller says so`, () => {
      const pc = makePc();
      setCrtc(pc, [0x11, 0x0e], ...registers);
      print(pc, columns, 'second row');
      const frame = textOn(pc);
      assert.deepEqual([frame.columns, frame.rows], [columns, rows]);
      assert.equal(textLines(frame)[1].trimEnd(), 'second row');
    });

  it('starts where the CRT controller says, and wraps in 32 KB', () => {
    const pc = makePc();
    print(pc, 0x4000 - 80, 'last');
    print(pc, 0, 'first');
    setCrtc(pc, [0x0c, 0x3f], [0x0d, 0xb0]);
    assert.equal(shown(textOn(pc)).replace(/ +/g, ' '), 'last first');
    setCrtc(pc, [0x0c, 0x3f], [0x0d, 0xd8]);
    assert.equal(shown(textOn(pc)).indexOf('first'), 40);
  });

  it('lies at B0000 where the graphics controller says so', () => {
    const pc = makePc();
    setGraphics(pc, [6, 0x0a]);
    pc.memory[0xb0000] = 0x4d;
    assert.equal(shown(textOn(pc)), 'M');
  });

  it('has the cursor where registers 0x0e and 0x0f put it, in the shape that 0x0a and 0x0b give', () => {
    const pc = makePc();
    setCrtc(pc, [0x0e, 0x01], [0x0f, 0x41]);
    assert.deepEqual(textOn(pc).cursor, { row: 4, column: 1, top: 13 / 16, bottom: 15 / 16 });
    const hidden: Register[][] = [
      [[0x0a, 0x20]],
      [[0x0a, 0x0f]],
      [
        [0x0a, 0x0d],
        [0x0e, 0x0f],
      ],
      [[0x0c, 0x10]],
    ];
    for (const registers of hidden) {
      setCrtc(pc, ...registers);
      assert.equal(textOn(pc).cursor, undefined);
    }
  });

  it('has no place for the cursor where all rows show the same cells', () => {
    const pc = makePc();
    setCrtc(pc, [0x13, 0]);
    assert.equal(textOn(pc).cursor, undefined);
  });

  it('blinks by bit 7 of an attribute unless the attribute controller makes that a bright background', () => {
    const pc = makePc();
    assert.equal(textOn(pc).blinks, true);
    setAttribute(pc, [0x10, 0x04]);
    assert.equal(textOn(pc).blinks, false);
  });

  it('has the colours of the palette, through the attribute controller', () => {
    const pc = makePc();
    const { palette } = textOn(pc);
    assert.deepEqual(
      [0, 1, 6, 7, 8, 15].map(index => palette[index]),
      [0x000000, 0x0000aa, 0xaa5500, 0xaaaaaa, 0x555555, 0xffffff],
    );
    setColour(pc, 0x30, 63, 32, 0);
    setAttribute(pc, [1, 0x30]);
    assert.equal(textOn(pc).palette[1], 0xff8200);
    // colour select: bits 7 and 6 always, bits 5 and 4 if the mode control says so
    setColour(pc, 0xd0, 0, 0, 63);
    setAttribute(pc, [0x10, 0x8c], [0x14, 0x0d]);
    assert.equal(textOn(pc).palette[1], 0x0000ff);
  });

  it('knows code page 437', () => {
    const oem = [0x00, 0x01, 0x41, 0x7f, 0x80, 0xb0, 0xc4, 0xdb, 0xe1, 0xf8, 0xfe, 0xff].map(characterOf).join('');
    assert.equal(oem, ' ☺A⌂Ç░─█ß°■ ');
  });

  it('is visible unless it has the colour of what is behind it', () => {
    const pc = makePc();
    print(pc, 0, 'black on black', 0x00);
    assert.ok(isEmpty(textOn(pc)));
    print(pc, 80, 'seen');
    assert.deepEqual(visibleLines(textOn(pc)).slice(0, 2), ['', 'seen']);
    assert.ok(!isEmpty(textOn(pc)));
  });

  it('is there once a background is', () => {
    const pc = makePc();
    print(pc, 0, '  ', 0x17);
    assert.ok(!isEmpty(textOn(pc)));
  });
});

describe('graphics on the screen', () => {
  it('is 320 × 200 pixels of a byte each in mode 13h', () => {
    const pc = makePc();
    setMode13h(pc);
    pc.memory[0xa0000 + 321] = 200;
    setColour(pc, 200, 1, 2, 63);
    const { width, height, pixels, palette } = pixelsOn(pc);
    assert.deepEqual([width, height, pixels.length], [320, 200, 64000]);
    assert.equal(pixels[321], 200);
    assert.equal(palette[200], 0x0408ff);
    pc.out(0x3c6, 0x0f);
    assert.equal(pixelsOn(pc).palette[0xf1], pixelsOn(pc).palette[1]);
  });

  it('is empty until a pixel is set', () => {
    const pc = makePc();
    setMode13h(pc);
    assert.ok(isEmpty(pixelsOn(pc)));
    pc.memory[0xaf000] = 1;
    assert.ok(!isEmpty(pixelsOn(pc)));
  });

  it('is named where its memory would be planes', () => {
    const pc = makePc();
    setCrtc(pc, [0x11, 0x0e], [7, 0x3e], [9, 0x40], [0x12, 0xdf]);
    setGraphics(pc, [6, 0x05]);
    assert.deepEqual(pc.devices.display.frame(), { kind: 'graphics', width: 640, height: 480 });
    assert.ok(!isEmpty(pc.devices.display.frame()));
  });

  it('is named where it would need more memory than there is', () => {
    const pc = makePc();
    setMode13h(pc);
    setCrtc(pc, [7, 0x5f], [0x12, 0xff]);
    assert.equal(pc.devices.display.frame().kind, 'graphics');
  });
});

describe('a screen', () => {
  const off: [string, (pc: Pc) => void][] = [
    ['the sequencer', pc => setSequencer(pc, [1, 0x20])],
    ['loading the palette', pc => pc.out(0x3c0, 0x00)],
  ];
  for (const [what, switchOff] of off)
    it(`is off by ${what}`, () => {
      const pc = makePc();
      switchOff(pc);
      assert.equal(pc.devices.display.frame().kind, 'off');
      assert.ok(isEmpty(pc.devices.display.frame()));
    });

  const changes: [string, (pc: Pc) => void][] = [
    ['a character', pc => print(pc, 1999, 'x')],
    ['an attribute', pc => void (pc.memory[0xb8001] = 0x70)],
    ['the cursor', pc => setCrtc(pc, [0x0f, 1])],
    ["the cursor's shape", pc => setCrtc(pc, [0x0a, 1])],
    ['a colour', pc => setColour(pc, 0x3f, 1, 2, 3)],
    ['blinking', pc => setAttribute(pc, [0x10, 0x04])],
    ['the size', pc => setCrtc(pc, [9, 0x47])],
    ['the mode', setMode13h],
    ['being off', pc => setSequencer(pc, [1, 0x20])],
  ];
  for (const [what, change] of changes)
    it(`differs by ${what}`, () => {
      const pc = makePc();
      const before = pc.devices.display.frame();
      assert.ok(sameFrame(before, pc.devices.display.frame()));
      change(pc);
      assert.ok(!sameFrame(before, pc.devices.display.frame()));
    });

  it('of pixels differs by a pixel and by a colour', () => {
    const pc = makePc();
    setMode13h(pc);
    const before = pixelsOn(pc);
    assert.ok(sameFrame(before, pixelsOn(pc)));
    pc.memory[0xa0000] = 1;
    assert.ok(!sameFrame(before, pixelsOn(pc)));
    pc.memory[0xa0000] = 0;
    setColour(pc, 255, 1, 1, 1);
    assert.ok(!sameFrame(before, pixelsOn(pc)));
  });

  const seed = Number(process.env.SEED ?? 1);
  it(`can be drawn, and is the same at a second look, whatever its registers hold: seed ${seed}`, () => {
    const random = randomFrom(seed);
    const pc = makePc();
    const kinds = new Set<string>();
    for (let round = 0; round < 3000; round++) {
      setAtRandom(pc, random);
      const frame = pc.devices.display.frame();
      kinds.add(frame.kind);
      assert.ok(
        isWhole(frame) && sameFrame(frame, pc.devices.display.frame()),
        JSON.stringify(pc.devices.vga.save().crtc),
      );
    }
    assert.deepEqual([...kinds].sort(), ['graphics', 'pixels', 'text']);
  });
});
