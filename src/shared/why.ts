// Why an instruction of the guest did, or did not, trap, over the debug protocol: a request of this project's own.

import type { Fact } from './where';

/** Request: about the instruction at an address, or where none is named about the one that has trapped or comes next. */
export const whyRequest = 'ringside/why';

export interface WhyRequest {
  /** such as `gva:0x00007c00`, `0x7c00`: what `instructionPointerReference` of a stack frame has */
  address?: string;
}

/** Its text is the instruction. */
export interface WhyAnswer extends Fact {
  class: 'privileged' | 'silent' | 'sensitive' | 'innocuous';
  classText: string;
  /** by the rights that the guest believes to have, now */
  believed: { allowed: boolean; deciding: string };
  outcomes: WhyOutcome[];
  /** all of it, to be shown */
  lines: string[];
}

export interface WhyOutcome {
  technique: string;
  /** the session's technique */
  isCurrent: boolean;
  kind: 'runs' | 'faults' | 'emulated' | 'reflected' | 'silent' | 'depends';
  /** such as `CPL 1 > IOPL 0`, on the hardware */
  deciding: string;
  text: string;
}
