// Bits of the control registers and of DR6/DR7 (SDM Vol. 3A §2.5, Vol. 3B §17.2).

import { marked } from '../base/localization';

export const Cr0 = {
  pe: 1 << 0,
  mp: 1 << 1,
  em: 1 << 2,
  ts: 1 << 3,
  et: 1 << 4,
  ne: 1 << 5,
  wp: 1 << 16,
  am: 1 << 18,
  nw: 1 << 29,
  cd: 1 << 30,
  pg: 0x80000000 | 0,
} as const;

export const Cr4 = {
  vme: 1 << 0,
  pvi: 1 << 1,
  tsd: 1 << 2,
  de: 1 << 3,
  pse: 1 << 4,
  pae: 1 << 5,
  mce: 1 << 6,
  pge: 1 << 7,
  pce: 1 << 8,
} as const;

/** The bits that this processor implements; setting any other is #GP(0). */
export const cr4Supported = Cr4.tsd | Cr4.de | Cr4.pse | Cr4.pge | Cr4.pce | Cr4.mce;

export const Dr6 = { bd: 1 << 13, bs: 1 << 14, bt: 1 << 15, fixedOnes: 0xffff0ff0 | 0 } as const;
export const Dr7 = { gd: 1 << 13, fixedOnes: 1 << 10, enables: 0xff } as const;

export interface BitRow {
  readonly bit: number;
  readonly name: string;
  /** translated where it is shown */
  readonly meaning: string;
}

export const cr0Bits: readonly BitRow[] = [
  { bit: 0, name: 'PE', meaning: marked`protection enable: protected mode` },
  { bit: 1, name: 'MP', meaning: marked`monitor coprocessor: WAIT honours TS` },
  { bit: 2, name: 'EM', meaning: marked`emulation: x87 instructions raise #NM` },
  { bit: 3, name: 'TS', meaning: marked`task switched: x87 instructions raise #NM` },
  { bit: 4, name: 'ET', meaning: marked`extension type, fixed at 1` },
  { bit: 5, name: 'NE', meaning: marked`numeric error: x87 errors raise #MF` },
  { bit: 16, name: 'WP', meaning: marked`write protect: supervisor writes honour read-only pages` },
  { bit: 18, name: 'AM', meaning: marked`alignment mask: EFLAGS.AC takes effect at CPL 3` },
  { bit: 29, name: 'NW', meaning: marked`not write-through` },
  { bit: 30, name: 'CD', meaning: marked`cache disable` },
  { bit: 31, name: 'PG', meaning: marked`paging` },
];

export const cr4Bits: readonly BitRow[] = [
  { bit: 0, name: 'VME', meaning: marked`virtual-8086 mode extensions` },
  { bit: 1, name: 'PVI', meaning: marked`protected-mode virtual interrupts` },
  { bit: 2, name: 'TSD', meaning: marked`time stamp disable: RDTSC only at CPL 0` },
  { bit: 3, name: 'DE', meaning: marked`debugging extensions: I/O breakpoints` },
  { bit: 4, name: 'PSE', meaning: marked`page size extensions: 4 MiB pages` },
  { bit: 5, name: 'PAE', meaning: marked`physical address extension` },
  { bit: 6, name: 'MCE', meaning: marked`machine-check enable` },
  { bit: 7, name: 'PGE', meaning: marked`page global enable` },
  { bit: 8, name: 'PCE', meaning: marked`RDPMC at any CPL` },
];
