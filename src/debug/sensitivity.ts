// Is the instruction that comes next one of those that decide how x86 can be virtualized: privileged, or sensitive and
// silent? Decided from the opcode table's columns and the guest's state.

import { Cr4 } from '../isa/controlRegisters';
import { unreachable } from '../base/exhaustive';
import type { Instruction } from '../isa/instruction';
import type { Mnemonic } from '../isa/mnemonics';
import type { OpcodeRow, Privilege } from '../isa/opcodeRow';
import { Segment } from '../isa/registers';
import type { ProcessorState } from '../cpu/registers/state';

/** Sensitive instructions that outside their ring fault or do their work, but never lie. */
export const notSilent: readonly Mnemonic[] = ['int', 'callFar', 'jmpFar', 'retFar', 'movToSegment', 'popSegment'];

/** Is it one of those that lie outside their ring? */
export const isSilent = ({ row }: Instruction): boolean =>
  row.sensitive !== undefined && !notSilent.includes(row.mnemonic);

/** Does the instruction need a privilege, in the guest's present mode? */
export function isPrivileged({ row }: Instruction, state: ProcessorState): boolean {
  return row.privilege !== undefined && applies(row.privilege, state);
}

function applies(privilege: Privilege, state: ProcessorState): boolean {
  switch (privilege) {
    case 'cpl0':
    case 'iopl':
    case 'io':
      return true;
    case 'v86Iopl':
      return state.virtual8086;
    case 'cr4.tsd':
      return (state.get('cr4') & Cr4.tsd) !== 0;
    case 'cr4.pce':
      return (state.get('cr4') & Cr4.pce) === 0;
    default:
      return unreachable(privilege);
  }
}

/** They show a selector: what its low two bits say of the ring, in CS and SS. */
const showSelector: readonly Mnemonic[] = ['pushSegment', 'movFromSegment'];

/**
 * Why the instruction is about to go wrong without a trap: the guest runs on the hardware in another ring than it
 * believes, and the instruction shows or changes what the ring decides. Undefined if it is not.
 */
export function silentReason(
  { row, operands }: Instruction,
  believed: ProcessorState,
  hardware: Pick<ProcessorState, 'cpl' | 'virtual8086'>,
): string | undefined {
  if (row.sensitive === undefined || hardware.cpl <= believed.cpl || notSilent.includes(row.mnemonic)) return undefined;
  if (hardware.virtual8086) return isSilentInVirtual8086(row) ? row.sensitive : undefined;
  if (!showSelector.includes(row.mnemonic)) return row.sensitive;
  const showsRing = operands.some(
    operand => operand.kind === 'segment' && (operand.index === Segment.cs || operand.index === Segment.ss),
  );
  return showsRing ? row.sensitive : undefined;
}

/** For a guest in real mode, whose selectors have no ring: what real mode does not know is an invalid opcode in both. */
const isSilentInVirtual8086 = ({ mnemonic, privilege, protectedModeOnly }: OpcodeRow): boolean =>
  !protectedModeOnly && privilege !== 'v86Iopl' && !showSelector.includes(mnemonic);
