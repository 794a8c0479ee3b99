// Guests as people bring them: each in its own source in `guests`, started as F5 and `run` do it.
import assert from 'node:assert/strict';
import { techniqueNames } from '../../src/monitor/system';
import { type Files, runBooted } from './bootedGuest';

interface Expected {
  /** instead of the guest's name */
  readonly program?: string;
  readonly launch?: Record<string, unknown>;
  readonly files?: Files;
  readonly serial?: string;
  readonly exitCode?: number;
  readonly ending?: RegExp;
  /** what the console says at the start */
  readonly started?: string;
}

/** A sector that begins with `text`. */
const sector = (text: string): Uint8Array => {
  const bytes = new Uint8Array(512);
  bytes.set(new TextEncoder().encode(text));
  return bytes;
};

const oneSector = 'boot sector at 0000:7C00, hard disk of 1 sector (zeros up to 2048; drive 0 reads the same)';

const guests: Readonly<Record<string, Expected>> = {
  'no-org': { serial: 'K', exitCode: 33, started: oneSector },
  'start-inside': { serial: 'OK', exitCode: 33, started: oneSector },
  'drive-zero': {
    serial: '2',
    exitCode: 33,
    started: 'boot sector at 0000:7C00, hard disk of 2 sectors (zeros up to 2048; drive 0 reads the same)',
  },
  'drive-zero as a floppy': {
    program: 'drive-zero.asm',
    launch: { boot: 'floppy' },
    serial: '2',
    exitCode: 33,
    started: 'boot sector at 0000:7C00, floppy of 2880 sectors',
  },
  'image-under-bios': {
    exitCode: 33,
    started: '16-bit code at F000:FFF0, without firmware, because the image stands in its place',
  },
  'multiboot-real-mode': { serial: 'W', started: 'Multiboot kernel, entry 0x00008020' },
  'wait-one-second': {},
  'extended-shift': { serial: '0000' },
  'ata-write-at-once': { serial: '50' },
  drives: { serial: '8F' },
  'drives, started from a floppy': { program: 'drives.asm', launch: { boot: 'floppy' }, serial: '0F' },
  'drives, with another floppy': {
    program: 'drives.asm',
    launch: { floppies: ['a.img'] },
    files: { 'a.img': sector('A') },
    serial: '8F',
    started: 'boot sector at 0000:7C00, hard disk of 2048 sectors, floppy of 2880 sectors',
  },
  'second-disk': {
    launch: { disks: ['c.img', 'd.img'] },
    files: { 'c.img': sector('C'), 'd.img': sector('D') },
    serial: '2CDD',
    started: 'boot sector at 0000:7C00, hard disk of 1 sector, hard disk of 1 sector',
  },
  com: { serial: 'com', started: '16-bit code at 1000:0100' },
  'com, from a label': {
    program: 'com.asm',
    launch: { entry: 'start' },
    serial: 'com',
    started: '16-bit code at 1000:0102',
  },
  'endless-wait': {
    exitCode: 8,
    ending: /with interrupts on, but no device/,
    started: '32-bit code, entry 0x00100000',
  },
  'dos-exit': { exitCode: 10, ending: /in the BIOS, .*There is no DOS here to return to/ },
  'halt-at-bios-address': { ending: /with interrupts off, so that nothing will wake it/ },
  'jump-to-reset': { exitCode: 10, ending: /in the BIOS, / },
  'linux-in-real-mode': { exitCode: 10, ending: /in the BIOS, .*nothing that answers .* INT 80h/ },
  linux: { exitCode: 4, ending: /#GP.*raised by int 0x80.*there is no Linux in it/ },
  x87: { exitCode: 4, ending: /#NM .* raised by fld .*no x87 unit/ },
  'arpl-read-only': { serial: 'N\n' },
};

for (const technique of techniqueNames)
  describe(`guests under ${technique}`, () => {
    for (const [name, expected] of Object.entries(guests))
      it(name, async () => {
        const { program = `${name}.asm`, launch, files } = expected;
        const { serial, exitCode, ending, debuggee } = await runBooted(program, { technique, ...launch }, files);
        assert.deepEqual([serial, exitCode], [expected.serial ?? '', expected.exitCode ?? 0], ending);
        if (expected.ending) assert.match(ending, expected.ending);
        if (expected.started !== undefined) assert.equal(debuggee.system.running.program.bootText, expected.started);
      });
  });

describe('files that are refused', () => {
  const refused: readonly (readonly [name: string, content: Uint8Array | string, message: RegExp])[] = [
    ['notes.txt', 'Dear reader,\nthis is a letter.', /does not assemble.*because it is text/],
    ['long.asm', 'bits 64\nmov rax, 1\nhlt', /64-bit/],
    ['floppy.img', new Uint8Array(1_474_560), /without a boot signature/],
    ['program.exe', sector('MZ'), /cannot be loaded: the file is a DOS program/],
  ];
  for (const [name, content, message] of refused)
    it(name, () => assert.rejects(runBooted(name, {}, { [name]: content }), message));
});

describe('guests in real mode', () => {
  it('write to low memory without a trap', async () => {
    const { debuggee } = await runBooted('low-writes.asm', { technique: 'trapAndEmulate' });
    const exits = [...debuggee.system.running.exits.values()].reduce((sum, count) => sum + count, 0);
    assert.ok(exits < 100, `${exits} exits for 4000 writes`);
  });
});

describe("the BIOS's ROM", () => {
  for (const technique of techniqueNames)
    it(`is read and not written by the debugger under ${technique}`, async () => {
      const boot = 'bits 16\norg 0x7c00\ncli\nhlt\ntimes 510 - ($ - $$) db 0\ndw 0xaa55\n';
      const { debuggee } = await runBooted('boot.asm', { technique }, { 'boot.asm': boot });
      const farJump = 0xea;
      assert.equal(debuggee.memory.read(0xffff0, 1), farJump);
      assert.equal(debuggee.memory.write(0xffff0, 1, 0), false);
      assert.equal(debuggee.memory.write(0xeffff, 1, 0), true);
      assert.equal(debuggee.memory.read(0xffff0, 1), farJump);
    });
});
