// The display's modes through INT 10h: what a boot sector sees of each, and what is on the screen then.
import assert from 'node:assert/strict';
import { never } from '../../../src/debug/goals';
import { type PixelFrame, type ScreenFrame, type TextFrame, visibleLines } from '../../../src/devices/screenFrame';
import { techniqueNames, type TechniqueName } from '../../../src/monitor/system';
import { guestFrom } from '../../debug/guest';

/** What the screen shows after a boot sector with these instructions has ended. */
async function screenAfter(instructions: string, technique: TechniqueName = 'none'): Promise<ScreenFrame> {
  const source = `bits 16
org 0x7c00
start:
${instructions}
 mov dx, 0xf4
 mov al, 0
 out dx, al
print: mov ah, 0x0e
.next: lodsb
 test al, al
 jz .return
 int 0x10
 jmp .next
.return: ret
 times 510 - ($ - $$) db 0
 dw 0xaa55
`;
  const guest = await guestFrom(source, { technique });
  guest.breakpoints.setFilters([]);
  assert.deepEqual(await guest.engine.run(never), { kind: 'ended', ending: { kind: 'exit', code: 1 } });
  const frame = guest.system.running.devices.display.frame();
  guest.dispose();
  return frame;
}

const setMode = (mode: number): string => ` mov ax, ${mode}\n int 0x10\n`;
/** Prints what INT 10h says of the mode, as two characters from 0 on: the mode, and a tenth of the columns. */
const tellMode = ` mov ah, 0x0f
 int 0x10
 mov bl, ah
 add al, '0'
 mov ah, 0x0e
 int 0x10
 movzx ax, bl
 mov bl, 10
 div bl
 add al, '0'
 mov ah, 0x0e
 int 0x10
`;

async function textAfter(instructions: string, technique?: TechniqueName): Promise<TextFrame> {
  const frame = await screenAfter(instructions, technique);
  assert.ok(frame.kind === 'text', frame.kind);
  return frame;
}

async function pixelsAfter(instructions: string, technique?: TechniqueName): Promise<PixelFrame> {
  const frame = await screenAfter(instructions, technique);
  assert.ok(frame.kind === 'pixels', frame.kind);
  return frame;
}

const linesOf = (frame: TextFrame): string[] => visibleLines(frame).filter(line => line !== '');

describe('text modes', () => {
  const modes: [mode: number, columns: number, told: string][] = [
    [0, 40, '04'],
    [1, 40, '14'],
    [2, 80, '28'],
    [3, 80, '38'],
    [0x81, 40, '14'],
    // not there: text instead
    [7, 80, '38'],
  ];
  for (const technique of techniqueNames)
    for (const [mode, columns, told] of modes)
      it(`${mode} has ${columns} columns, under ${technique}`, async () => {
        const frame = await textAfter(setMode(mode) + tellMode, technique);
        assert.deepEqual([frame.columns, frame.rows, linesOf(frame)], [columns, 25, [told]]);
        assert.deepEqual(frame.cursor, { row: 0, column: 2, top: 13 / 16, bottom: 15 / 16 });
      });

  it('wrap and scroll at their last column', async () => {
    const text = (characters: number): string => `'${'x'.repeat(characters)}'`;
    const frame = await textAfter(`${setMode(1)} mov ah, 2
 mov bh, 0
 mov dx, 0x1800
 int 0x10
 mov si, .text
 call print
 jmp .end
.text: db ${text(39)}, 'ab', 0
.end:
`);
    assert.deepEqual(visibleLines(frame).slice(23), [`${'x'.repeat(39)}a`, 'b']);
  });

  it('have the 16 colours again after a guest has changed them, the shape of the cursor, and a clear screen', async () => {
    const changes = ` mov dx, 0x3c8
 mov al, 7
 out dx, al
 inc dx
 out dx, al
 out dx, al
 out dx, al
 mov ah, 1
 mov cx, 0x2000
 int 0x10
 mov si, .text
 call print
`;
    const text = ' jmp .end\n.text: db "text", 0\n.end:\n';
    const [untouched, changed, again] = await Promise.all([
      textAfter(setMode(3)),
      textAfter(setMode(3) + changes + text),
      textAfter(setMode(3) + changes + setMode(0x13) + setMode(3) + text),
    ]);
    assert.notDeepEqual(changed, untouched);
    assert.deepEqual(again, untouched);
    assert.deepEqual(
      again.palette.map(rgb => rgb.toString(16).padStart(6, '0')).join(' '),
      '000000 0000aa 00aa00 00aaaa aa0000 aa00aa aa5500 aaaaaa 555555 5555ff 55ff55 55ffff ff5555 ff55ff ffff55 ffffff',
    );
  });
});

describe('mode 13h', () => {
  const drawn = ` mov ax, 0x0c28
 mov cx, 319
 mov dx, 199
 int 0x10
`;
  for (const technique of techniqueNames)
    it(`is 320 × 200 pixels, under ${technique}`, async () => {
      const { width, height, pixels } = await pixelsAfter(setMode(0x13) + drawn, technique);
      assert.deepEqual([width, height, pixels.length], [320, 200, 64000]);
      assert.equal(pixels.indexOf(0x28), 63999);
      assert.ok(pixels.subarray(0, 63999).every(pixel => pixel === 0));
    });

  it('leaves the pixels if bit 7 says so', async () => {
    const { pixels } = await pixelsAfter(setMode(0x13) + drawn + setMode(0x93));
    assert.equal(pixels[63999], 0x28);
  });

  it("has a VGA's 256 colours", async () => {
    const { palette } = await pixelsAfter(setMode(0x13));
    const expected: Readonly<Record<number, string>> = {
      6: 'aa5500',
      15: 'ffffff',
      16: '000000',
      17: '141414',
      31: 'ffffff',
      32: '0000ff',
      33: '4100ff',
      36: 'ff00ff',
      40: 'ff0000',
      44: 'ffff00',
      48: '00ff00',
      52: '00ffff',
      55: '0041ff',
      56: '7d7dff',
      80: 'b6b6ff',
      104: '000071',
      112: '710000',
      176: '000041',
      247: '2c3041',
      255: '000000',
    };
    for (const [index, rgb] of Object.entries(expected))
      assert.equal(palette[Number(index)].toString(16).padStart(6, '0'), rgb, index);
  });
});
