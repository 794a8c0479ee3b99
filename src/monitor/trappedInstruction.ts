// What a visit of the monitor is about: for lists of what has happened. The monitor fills it in as it finds out.

import type { Linear } from '../base/address';
import type { Instruction } from '../isa/instruction';

export interface TrappedInstruction {
  /** where the guest lost control; undefined before its registers are taken off the hardware */
  linear: Linear | undefined;
  codeSize: 16 | 32;
  /** base of its code segment */
  codeBase: Linear;
  /** that the monitor carried out; undefined where it did not have to look */
  instruction: Instruction | undefined;
  /** of an IN or OUT */
  port: number | undefined;
}
