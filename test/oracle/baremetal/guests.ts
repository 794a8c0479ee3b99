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

const wrong =
  (emulator: KnownWrong['emulator']) =>
  (lines: RegExp, reason: string): KnownWrong => ({ emulator, lines, reason });
const qemu = wrong('QEMU');
const bochs = wrong('Bochs');

const stackLimits = qemu(/\d+ bytes wanted|^ESP above the limit/, 'does not check the limits of stacks');

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
  {
    name: 'segments',
    knownWrong: [qemu(/^ltr: null:/, 'loads TR with a null selector')],
  },
  {
    name: 'limits',
    knownWrong: [],
    notOn: { emulator: 'QEMU', reason: 'it does not check segment limits' },
  },
  {
    name: 'transfers',
    knownWrong: [
      qemu(/^target not present:/, 'checks the rings after presence, or the other way round'),
      qemu(/^to conforming, 3 parameters:/, 'switches the stack for a gate to conforming code'),
      qemu(/^not present: #TS/, 'takes a stack segment that is not present for an invalid TSS'),
      qemu(/^to ring 3 with SS not present:/, 'raises #NP for a stack segment'),
      stackLimits,
    ],
  },
  {
    name: 'interrupts',
    knownWrong: [
      qemu(/^(bound|ud2):/, 'leaves the EXT bit out of an error code'),
      qemu(/^not present: /, 'takes a stack segment that is not present for an invalid TSS'),
      qemu(/^(null|RPL 3|DPL 3, RPL 3|code|read-only|beyond|local): #TS/, 'leaves the EXT bit out of an error code'),
      qemu(/^ordinary: /, 'does not push RF for a fault'),
      qemu(/^EIP beyond the limit:/, 'does not check segment limits'),
      stackLimits,
      bochs(/^SS not present: #NP/, 'IRET raises #SS for a stack segment (SDM Vol. 3A §6.15 #SS, Vol. 2A IRET)'),
      qemu(/^SS not present: #NP/, 'the same'),
    ],
  },
  {
    name: 'paging',
    knownWrong: [
      qemu(/^(xchg \[mem\]|cmpxchg8b):/, 'reads before it checks that it may write'),
      qemu(/^(pushad, part of it|enter):/, 'pushes one by one'),
      qemu(/^accessed flag, table read-only:/, 'writes another byte of the descriptor, which the manual leaves open'),
    ],
  },
  {
    name: 'debug',
    knownWrong: [
      bochs(/^rep movsb/, 'does not push RF between the iterations of a string instruction (SDM Vol. 3B §17.3.1.1)'),
      bochs(/^together with TF:/, 'reports the next instruction with the step'),
      qemu(/^together with TF:/, 'the same'),
      qemu(/^lss, then nop:/, 'holds debug traps back after LSS, which only MOV SS and POP SS do'),
      qemu(/^int1:/, 'has no INT1'),
      qemu(/^(on )?rep movsb/, 'does not know RF between the iterations of a string instruction'),
      qemu(/^(word|dword) watch (at an odd address|unaligned)/, 'does not align watched addresses'),
      qemu(/^two watches, both hit:/, 'reports the first of several watches'),
      qemu(/^with TF:/, 'steps one instruction too many after a watch'),
      qemu(/^held back by mov ss:/, 'does not hold debug traps back'),
      qemu(/^GD:/, 'has no DR7.GD'),
      qemu(/^dr7 as read:/, 'keeps reserved bits of DR7'),
    ],
  },
  {
    name: 'virtual8086',
    knownWrong: [
      qemu(/^(word at ffff|32-bit address beyond|push at sp = 1)/, 'does not check segment limits'),
      qemu(/^int 0x21: to ring 1:/, 'leaves virtual-8086 mode for a ring other than 0'),
      qemu(/^iret with VM in the image:/, 'lets ring 3 return to virtual-8086 mode'),
    ],
  },
  {
    name: 'tasks',
    knownWrong: [
      bochs(/^CS DPL 0, RPL 3:/, 'checks the stack segment before the code segment (SDM Vol. 3A table 7-1)'),
      qemu(/ caught in /, 'is still at the old task’s EIP when the new state is found to be wrong'),
      qemu(/^T flag:/, 'does not know the T flag of a TSS'),
    ],
  },
  {
    name: 'controlRegisters',
    knownWrong: [],
    notOn: { emulator: 'QEMU', reason: 'it does not refuse wrong values of CR0, and is lost' },
  },
  {
    name: 'alignment',
    knownWrong: [],
    notOn: { emulator: 'QEMU', reason: 'it does not check alignment' },
  },
  {
    name: 'realMode',
    knownWrong: [],
    notOn: { emulator: 'QEMU', reason: 'it does not check segment limits, and is lost' },
  },
  {
    name: 'hardwareInterrupts',
    knownWrong: [bochs(/^(poll|the output of mode 0 stays high: no second edge):/, 'its 8259A does not answer polls')],
  },
];
