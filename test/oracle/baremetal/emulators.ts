// The tools that judge us: NASM assembles a guest; QEMU and Bochs run it, and give what it wrote to port 0xE9.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assembleBootRom, guestsFolder } from './assembleGuest';

const timeoutMs = 30_000;

export interface Emulator {
  readonly name: string;
  /** the reason why it cannot be used here, or undefined */
  readonly missing: string | undefined;
  run(image: Uint8Array): string;
}

const exists = (command: string): boolean => spawnSync(command, ['--help'], { stdio: 'ignore' }).error === undefined;
const missing = (command: string): string | undefined => (exists(command) ? undefined : `${command} is not installed`);

function inTemporaryFolder<Result>(work: (folder: string) => Result): Result {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-baremetal-'));
  try {
    return work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const outputOf = (command: string, parameters: string[], cwd: string): string =>
  spawnSync(command, parameters, { cwd, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'ignore'] }).stdout.toString(
    'latin1',
  );

const nasmMissing = missing('nasm');

/** The image as NASM makes it, or the reason why it cannot be made here. */
export function assembleWithNasm(name: string): Buffer | string {
  if (nasmMissing !== undefined) return nasmMissing;
  return inTemporaryFolder(folder => {
    const image = path.join(folder, 'guest.bin');
    outputOf('nasm', ['-f', 'bin', '-o', image, `${name}.asm`], guestsFolder);
    return fs.readFileSync(image);
  });
}

/** Its time is that of executed instructions, as Bochs' and ours: a busy host does not change what a guest sees. */
const qemuOptions = [
  ...['-icount', 'shift=5,sleep=off'],
  ...['-display', 'none', '-no-reboot', '-m', '32', '-cpu', 'pentium3'],
  ...['-debugcon', 'stdio', '-device', 'isa-debug-exit,iobase=0xf4'],
];

/** TCG; loads Multiboot images itself. */
export const qemu: Emulator = {
  name: 'QEMU',
  missing: missing('qemu-system-i386'),
  run: image =>
    inTemporaryFolder(folder => {
      const file = path.join(folder, 'guest.bin');
      fs.writeFileSync(file, image);
      return outputOf('qemu-system-i386', ['-kernel', file, ...qemuOptions], folder);
    }),
};

/** Started by a ROM of ours, so that no BIOS image is needed. Port 0x8900 ends it. */
export const bochs: Emulator = {
  name: 'Bochs',
  missing: missing('bochs'),
  run: image =>
    inTemporaryFolder(folder => {
      fs.writeFileSync(path.join(folder, 'boot.rom'), assembleBootRom(image));
      fs.writeFileSync(path.join(folder, 'video.rom'), emptyVideoRom());
      fs.writeFileSync(path.join(folder, 'bochsrc'), bochsConfiguration);
      fs.writeFileSync(path.join(folder, 'commands'), 'continue\n');
      return outputOf('bochs', ['-q', '-f', 'bochsrc', '-rc', 'commands'], folder);
    }),
};

const bochsConfiguration = [
  'megs: 32',
  'romimage: file=boot.rom, address=0xffff0000',
  'vgaromimage: file=video.rom',
  'cpu: model=p3_katmai, count=1, ips=100000000, reset_on_triple_fault=0, ignore_bad_msrs=0',
  'clock: sync=none, time0=946684800',
  'display_library: rfb, options="timeout=0"',
  'sound: driver=dummy, waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy',
  'speaker: enabled=0',
  'pci: enabled=0',
  'port_e9_hack: enabled=1',
  'log: log.txt',
  'panic: action=fatal',
  'error: action=ignore',
  'info: action=ignore',
].join('\n');

/** The smallest option ROM: signature, one block, RETF, and a sum of 0. */
function emptyVideoRom(): Uint8Array {
  const rom = new Uint8Array(512);
  rom.set([0x55, 0xaa, 1, 0xcb]);
  rom[511] = -rom.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return rom;
}
