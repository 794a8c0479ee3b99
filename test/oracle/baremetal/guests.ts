// The bare-metal guests, and the lines of their output in which an emulator is known to be wrong.

export interface KnownWrong {
  readonly emulator: 'QEMU' | 'Bochs';
  /** of the emulator's line or lines, under the guest's headings */
  readonly lines: RegExp;
  readonly reason: string;
}

export interface BareMetalGuest {
  /** of the source in guests/ and of the output in expected/ */
  readonly name: string;
  readonly knownWrong: readonly KnownWrong[];
  /** where the emulator cannot run it at all, the reason */
  readonly notOn?: { readonly emulator: KnownWrong['emulator']; readonly reason: string };
}

const qemu = (lines: RegExp, reason: string): KnownWrong => ({ emulator: 'QEMU', lines, reason });

export const guests: readonly BareMetalGuest[] = [
  {
    name: 'privileged',
    knownWrong: [
      qemu(/^mov cr[157]:/, 'checks the ring before the number of the control register'),
      qemu(/^rdpmc:/, 'has no RDPMC'),
      qemu(/^int1:/, 'has no INT1'),
      qemu(/^rdmsr unknown:/, 'reads MSRs that do not exist as 0'),
    ],
  },
];
