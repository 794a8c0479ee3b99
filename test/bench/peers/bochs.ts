// Debian's Bochs. It loads no Multiboot images, so a ROM of ours stands in for the BIOS and starts the guest.
import fs from 'node:fs';
import path from 'node:path';
import { assembleFile } from '../image';
import { type Peer, versionOf } from './peer';

const program = 'bochs';
const serialFile = 'serial.txt';
const peersFolder = path.resolve('test/bench/peers');
const version = (): string | undefined => versionOf(program, '--help', /Bochs x86 Emulator [\d.]+/);

const configuration = [
  'megs: 64',
  'romimage: file=boot.rom, address=0xfff80000',
  'vgaromimage: file=video.rom',
  'cpu: count=1, ips=100000000, reset_on_triple_fault=0',
  'clock: sync=none, time0=946684800',
  'display_library: rfb, options="timeout=0"',
  'sound: driver=dummy, waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy',
  'speaker: enabled=0',
  'pci: enabled=0',
  `com1: enabled=1, mode=file, dev=${serialFile}`,
  'log: log.txt',
  'panic: action=fatal',
  'error: action=ignore',
  'info: action=ignore',
];

export const bochs: Peer = {
  name: 'bochs',
  title: 'Bochs',
  missing: () => (version() === undefined ? `${program} is not installed` : undefined),
  version: () => version() ?? '',
  command(file, folder) {
    fs.copyFileSync(file, path.join(folder, 'guest.bin'));
    const source = fs.readFileSync(path.join(peersFolder, 'bootRom.asm'), 'utf8');
    fs.writeFileSync(path.join(folder, 'boot.rom'), assembleFile(folder, 'bootRom.asm', source));
    fs.writeFileSync(path.join(folder, 'video.rom'), emptyVideoRom());
    fs.writeFileSync(path.join(folder, 'bochsrc'), configuration.join('\n'));
    fs.writeFileSync(path.join(folder, 'commands'), 'continue\n');
    return { program, parameters: ['-q', '-f', 'bochsrc', '-rc', 'commands'], folder };
  },
  serialOutput: folder => fs.readFileSync(path.join(folder, serialFile), 'latin1'),
};

/** The smallest option ROM: signature, one block, RETF, and bytes that add up to 0. */
function emptyVideoRom(): Uint8Array {
  const rom = new Uint8Array(512);
  rom.set([0x55, 0xaa, 1, 0xcb]);
  rom[511] = -rom.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return rom;
}
