// The instructions that make the classic x86 hard to virtualize: they read or change privileged state and do not trap
// (Robin & Irvine, "Analysis of the Intel Pentium's Ability to Support a Secure Virtual Machine Monitor", 2000; they
// count MOV to and from a segment register as one, which makes 18). Each sentence says what a guest kernel that was
// pushed out of ring 0 gets instead of what it expects.

import { marked } from '../../base/localization';
import type { Mnemonic } from '../mnemonics';

const transferUsesRealCpl = marked`Segment and gate checks use the real CPL, so a guest kernel outside ring 0 faults, or changes ring, where on the bare machine it would not.`;

export const sensitiveReasons: { readonly [mnemonic in Mnemonic]?: string } = {
  sgdt: marked`Stores the real GDTR, so the guest sees the monitor's descriptor table instead of its own.`,
  sidt: marked`Stores the real IDTR, so the guest sees the monitor's interrupt table instead of its own.`,
  sldt: marked`Stores the real LDTR, so the guest sees the monitor's selector instead of its own.`,
  str: marked`Stores the real task register, so the guest sees the selector of the monitor's TSS.`,
  smsw: marked`Stores the low half of the real CR0, so the guest sees PE, MP, EM and TS as the monitor has set them.`,
  pushf: marked`Stores the real IF and IOPL, so the guest sees whether the monitor, not itself, has enabled interrupts.`,
  popf: marked`Ignores IF when CPL > IOPL, and IOPL when CPL > 0, without a fault: the guest believes it has disabled interrupts.`,
  lar: marked`Looks at the real descriptor table and compares DPL with the real CPL, so a segment of the guest kernel may seem inaccessible.`,
  lsl: marked`Looks at the real descriptor table and compares DPL with the real CPL, so the limit of a guest kernel segment may seem unreadable.`,
  verr: marked`Compares DPL with the real CPL, so the guest kernel is told that its own segment cannot be read.`,
  verw: marked`Compares DPL with the real CPL, so the guest kernel is told that its own segment cannot be written.`,
  pushSegment: marked`Stores the real selector: the low two bits of CS and SS show the ring in which the guest really runs.`,
  popSegment: marked`Loads the real segment register, and checks the selector against the real CPL, not that which the guest believes it has.`,
  movFromSegment: marked`Copies the real selector: the low two bits of CS and SS show the ring in which the guest really runs.`,
  movToSegment: marked`Loads the real segment register, and checks the selector against the real CPL, not that which the guest believes it has.`,
  callFar: transferUsesRealCpl,
  jmpFar: transferUsesRealCpl,
  retFar: transferUsesRealCpl,
  int: marked`Goes through the real IDT: the gate's DPL is compared with the real CPL, and the monitor's handler runs, not the guest's.`,
};
