// Where processors differ from each other, or from the order of checks in the manual, without either being wrong. A
// difference that one of these rows accounts for is none. AMD's processors are what these were seen on.

import { Vector } from '../../../src/isa/exceptions';
import type { Instruction } from '../../../src/isa/instruction';
import type { Mnemonic } from '../../../src/isa/mnemonics';
import { Gpr } from '../../../src/isa/registers';
import type { NativeCase, Outcome } from './nativeCase';

export interface Comparison {
  readonly native: NativeCase;
  readonly instruction: Instruction;
  readonly theirs: Outcome;
  readonly ours: Outcome;
}

interface VendorDifference {
  readonly mnemonics: readonly Mnemonic[];
  readonly why: string;
  readonly accountsFor: (comparison: Comparison) => boolean;
}

const bothFault = ({ theirs, ours }: Comparison): boolean =>
  theirs.exception !== undefined && ours.exception !== undefined;

/** Bytes that only they changed became 0. */
const sameButForZeros = (theirs: Outcome, ours: Outcome): boolean =>
  [...ours.changes].every(([address, value]) => theirs.changes.get(address) === value) &&
  [...theirs.changes].every(([address, value]) => ours.changes.get(address) === value || value === 0);

export const vendorDifferences: readonly VendorDifference[] = [
  {
    mnemonics: ['pushSegment'],
    why: 'with 32-bit operand size Intel writes the selector’s two bytes, AMD four, which may be misaligned or not there',
    accountsFor: ({ theirs, ours, instruction }) =>
      instruction.operandSize === 32 && (theirs.exception !== undefined || sameButForZeros(theirs, ours)),
  },
  {
    mnemonics: ['popSegment'],
    why: 'with 32-bit operand size Intel reads the selector’s two bytes, AMD four',
    accountsFor: ({ theirs, instruction }) => instruction.operandSize === 32 && theirs.exception !== undefined,
  },
  {
    mnemonics: ['callNear', 'callFar', 'retFar', 'iret'],
    why: 'of two faults the manual’s order decides for us; AMD touches the stack first, and leaves there what it pushed',
    accountsFor: bothFault,
  },
  {
    mnemonics: ['enter', 'pusha', 'popa'],
    why: 'AMD leaves undone what comes after a fault, and done what came before; the stack pointer stays',
    accountsFor: bothFault,
  },
  {
    mnemonics: ['cmps'],
    why: 'of two faults ours is that of the first operand; some of AMD’s processors read the second one first',
    accountsFor: bothFault,
  },
  {
    mnemonics: ['shld', 'shrd'],
    why: 'a count above 16 with 16-bit operands is undefined: Intel brings in the destination again, AMD the source',
    accountsFor: ({ native, instruction: { operandSize, operands } }) => {
      const amount = operands[2];
      const count = amount.kind === 'immediate' ? amount.value : native.registers[Gpr.ecx];
      return operandSize === 16 && (count & 31) > 16;
    },
  },
  {
    mnemonics: ['arpl'],
    why: 'AMD checks the destination for writing only where it writes',
    accountsFor: ({ ours }) =>
      ours.exception?.vector === Vector.pageFault || ours.exception?.vector === Vector.generalProtection,
  },
];
