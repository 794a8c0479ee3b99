// The BIOS: what is embedded is what its source assembles to, by our assembler and by NASM; and a boot sector that calls every
// service finds what the manuals say, on bare metal and under the monitor.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { assemble, type AssembledImage } from '../../../src/asm/assemble';
import { biosBase64 } from '../../../src/machine/biosImage';
import symbols from '../../../src/machine/biosSymbols.json';
import { CopyOnWriteStore } from '../../../src/devices/blockStore';
import { textLines } from '../../../src/devices/screenFrame';
import { imageFromAssembly } from '../../../src/machine/guestImage';
import type { Drives } from '../../../src/machine/drives';
import { loadGuest } from '../../../src/machine/loadGuest';
import type { TechniqueName } from '../../../src/monitor/system';
import { createSystem } from '../../../src/monitor/techniques';
import { skipBecause } from '../../summary';

const embedded = Buffer.from(biosBase64, 'base64');
const sourceFolder = path.resolve('media/firmware');

function assembleIn(folder: string, name: string): AssembledImage {
  const bytes = (file: string): Uint8Array => fs.readFileSync(path.join(folder, file));
  const { image, diagnostics } = assemble(name, { bytes, text: file => new TextDecoder().decode(bytes(file)) });
  assert.ok(image, JSON.stringify(diagnostics));
  return image;
}

/** src/build/firmwareSymbols.mjs */
interface Maker {
  readonly firmwareSymbols: (image: AssembledImage) => unknown;
}

describe('firmware source', () => {
  it('assembles to what is embedded (if not: node src/build/firmware.mjs)', () =>
    assert.deepEqual(Buffer.from(assembleIn(sourceFolder, 'bios.asm').bytes), embedded));

  it('has the names and lines that are embedded', async () => {
    const { firmwareSymbols } = (await import(
      pathToFileURL(path.resolve('src/build/firmwareSymbols.mjs')).href
    )) as Maker;
    assert.deepEqual(JSON.parse(JSON.stringify(firmwareSymbols(assembleIn(sourceFolder, 'bios.asm')))), symbols);
  });

  it('and so it does with NASM', function () {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-firmware-'));
    const image = path.join(folder, 'bios.bin');
    const { error } = spawnSync('nasm', ['-f', 'bin', '-o', image, 'bios.asm'], { cwd: sourceFolder });
    const bytes = error ? undefined : fs.readFileSync(image);
    fs.rmSync(folder, { recursive: true });
    if (!bytes) skipBecause(this, 'nasm is not installed');
    assert.deepEqual(bytes, embedded);
  });
});

const memoryBytes = 20 << 20;
const mostSteps = 6_000_000;
/** What is typed when the guest has printed that: set 1 with releases; a keyboard keeps no more than 16 bytes. */
const typing: readonly (readonly [after: string, codes: readonly number[]])[] = [
  // Shift+h, i, Caps Lock, a, Caps Lock
  ['\ntype\n', [0x2a, 0x23, 0xa3, 0xaa, 0x17, 0x97, 0x3a, 0xba, 0x1e, 0x9e, 0x3a, 0xba]],
  // Ctrl+c, Enter, arrow up
  [' 1e41 ', [0x1d, 0x2e, 0xae, 0x9d, 0x1c, 0x9c, 0xe0, 0x48, 0xe0, 0xc8]],
  // 1, Alt+x
  [' 4800 ', [0x02, 0x82, 0x38, 0x2d, 0xad]],
];

interface Outcome {
  debug: string[];
  screen: string[];
  cursor: { row: number; column: number } | undefined;
}

/** A hard disk of 1 MiB, and a floppy of 720 KB whose sectors hold their numbers. */
function drivesOf(boot: Uint8Array): Drives {
  const disk = new Uint8Array(0x100000);
  disk.set(boot);
  const floppy = new Uint16Array((720 * 1024) / 2).map((_, index) => index >> 8);
  return { disks: [new CopyOnWriteStore(disk)], floppies: [new CopyOnWriteStore(new Uint8Array(floppy.buffer))] };
}

function run(technique: TechniqueName): Outcome {
  const bytes = assembleIn(path.resolve('test/machine/firmware'), 'services.asm').bytes;
  const image = imageFromAssembly({ bytes, origin: 0x7c00, bits: 16 });
  const drives = drivesOf(bytes);
  let debug = '';
  let exited = false;
  const system = createSystem(technique, {
    memoryBytes,
    ...drives,
    program: { load: (memory, state, ports) => loadGuest(image, memory, state, { ports, drives }) },
    host: {
      serialOutput: () => {},
      debugOutput: byte => {
        debug += String.fromCharCode(byte);
        const [, codes] = typing.find(([after]) => debug.endsWith(after)) ?? ['', []];
        system.running.devices.keyboard.type(codes);
      },
      exit: () => (exited = true),
    },
  });
  for (let steps = 0; !exited && steps < mostSteps; steps++) {
    const step = system.step();
    if (step.kind === 'monitor') step.visit.finish();
    if (step.kind === 'halted' || step.kind === 'shutdown') break;
  }
  const frame = system.running.devices.display.frame();
  assert.ok(frame.kind === 'text');
  const { cursor } = frame;
  return { debug: debug.split('\n'), screen: textLines(frame).map(line => line.trimEnd()), cursor };
}

/** Disk of 1 MiB: 2048 sectors, so 2 cylinders of 16 × 63. Memory of 20 MiB. */
const expected = [
  'drive 80',
  'equipment 0221',
  'memory 027f',
  'extended 4c00 nc',
  'e801 3c000040 nc',
  'e820 534d4150 00000000 0009fc00 00000001',
  'e820 534d4150 0009fc00 00000400 00000002',
  'e820 534d4150 000f0000 00010000 00000002',
  'e820 534d4150 00100000 01300000 00000001',
  'e820 without SMAP  c',
  'unknown 15 86 c',
  'a20 01 nc',
  'geometry 013f 0f01 nc',
  'type 0300000800 nc',
  'extensions 21aa550001 nc',
  'size 000008000200 nc',
  'write and read  nc',
  'beefcafe nc',
  'by cylinder 0001beef nc',
  'beyond 040000 c',
  'sector 0 01 c',
  'status 01',
  'no floppy 80 c',
  'floppy 0001 0083 nc',
  'floppy written beef nc',
  'beyond the floppy 01 c',
  'floppy geometry 4f09 0101 03 df02 nc',
  'floppy type 01 nc',
  'no disk 80 c',
  'reset 00 nc',
  'ticks pass 0001',
  'set ticks 010000',
  '1c called',
];

describe('firmware services', () => {
  for (const technique of ['none', 'trapAndEmulate'] satisfies TechniqueName[])
    it(`under ${technique}`, () => {
      const { debug, screen, cursor } = run(technique);
      assert.deepEqual(debug.slice(0, expected.length), expected);
      const [clock, date, ...rest] = debug.slice(expected.length);
      assert.match(clock, /^clock [0-2]\d[0-5]\d nc$/);
      assert.match(date, /^date 20\d\d[01]\d[0-3]\d nc$/);
      assert.deepEqual(rest, [
        'wait  nc',
        'long wait 0009 nc',
        'registers 9999777788889999aaaabbbbcccc',
        'keys none',
        'type',
        '2348 1769 1e41 2e03 1c0d 4800 0231 2d00 08 0208',
        'graphics 2813 2a00 00 0708',
        'cell 1e41',
        'cursor 0b05',
        'mode 5003',
        '',
      ]);
      const shown = screen.map((text, row) => [row, text] as const).filter(([, text]) => text !== '');
      assert.deepEqual(shown, [
        [1, 'secoXY'],
        [8, '     AAA'],
        [23, `${' '.repeat(78)}ab`],
        [24, 'cde'],
      ]);
      assert.deepEqual([cursor?.row, cursor?.column], [24, 3]);
    });
});
