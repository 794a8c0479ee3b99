// Debian's QEMU, translating (TCG). It loads Multiboot images itself.
import { type Peer, versionOf } from './peer';

const program = 'qemu-system-i386';
const version = (): string | undefined => versionOf(program, '--version', /version [\d.]+/);

const options = [
  ...['-accel', 'tcg,thread=single', '-m', '64', '-net', 'none', '-no-reboot'],
  ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio'],
  ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'],
];

export const qemu: Peer = {
  name: 'qemu',
  title: 'QEMU TCG',
  hasHostClock: true,
  missing: () => (version() === undefined ? `${program} is not installed` : undefined),
  version: () => version() ?? '',
  command: (file, folder) => ({ program, parameters: ['-kernel', file, ...options], folder }),
};
