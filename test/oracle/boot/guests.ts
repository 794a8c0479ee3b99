// The boot sectors and kernels, and what each is started with: as a hard disk unless said otherwise.

export interface BootGuest {
  /** of the source in guests/ */
  readonly file: string;
  readonly medium: 'disk' | 'floppy' | 'kernel';
  /** keys that are pressed when it has printed `keys?` */
  readonly typed?: true;
  /** for gcc, of sources in C */
  readonly optimization?: '-O0' | '-O2';
}

const disks = [
  ...[
    'hello',
    'dirties',
    'carriage',
    'wrap',
    'scroll',
    'clear',
    'video-memory',
    'cells',
    'write-string',
    'scroll-down',
  ],
  ...[
    'mode13',
    'palette',
    'stosd-clear',
    'segments',
    'memory-size',
    'interrupt',
    'divide',
    'ticks',
    'irq0',
    'user-tick',
  ],
  ...['pit-fast', 'wait', 'serial-setup', 'a20', 'disk-extensions', 'protected', 'no-org', 'far-jump-first'],
  'rom',
  ...['start-inside', 'moves-itself', 'loader-dl', 'loader-80', 'loader-lba', 'disk-write', 'ata-pio', 'paging'],
];
const floppies = ['loader-dl', 'loader-0', 'floppy-geometry', 'disk-write', 'dirties'];
const kernels = ['multiboot', 'multiboot-timer', 'multiboot-ring3', 'multiboot-real-mode'];

export const bootGuests: readonly BootGuest[] = [
  ...disks.map(name => ({ file: `${name}.asm`, medium: 'disk' }) as const),
  { file: 'keyboard.asm', medium: 'disk', typed: true },
  { file: 'scancodes.asm', medium: 'disk', typed: true },
  ...floppies.map(name => ({ file: `${name}.asm`, medium: 'floppy' }) as const),
  ...kernels.map(name => ({ file: `${name}.asm`, medium: 'kernel' }) as const),
  { file: 'kernel.c', medium: 'kernel', optimization: '-O0' },
  { file: 'library.c', medium: 'kernel', optimization: '-O2' },
];

/** The keys a, 1 and Enter: their names for QEMU, their scan codes for us. */
export const typedKeys = { names: ['a', '1', 'ret'], codes: [0x1e, 0x9e, 0x02, 0x82, 0x1c, 0x9c] };
export const prompt = 'keys?\r\n';
