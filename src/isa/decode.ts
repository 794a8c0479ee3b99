// The instruction decoder for 16 and 32-bit code: bytes to `Instruction` (SDM Vol. 2A chapter 2, Vol. 2D Appendix A).
// It judges only what the bytes alone decide. Whether LOCK, the privilege level or the mode allow the instruction is
// checked where instructions are given their meaning.

import { DecodeState, maximumInstructionBytes } from './decodeState';
import { formIndex, oneByteMap, twoByteMap, type Form } from './decodeTable';
import type { Instruction, Operand } from './instruction';
import { Segment } from './registers';

export type Decoded =
  | { readonly kind: 'instruction'; readonly instruction: Instruction }
  /** #UD; `length` counts the bytes up to that which made it invalid */
  | { readonly kind: 'invalid'; readonly length: number }
  /** more than 15 bytes: #GP(0) */
  | { readonly kind: 'tooLong' }
  /** the instruction goes on beyond the bytes that are available */
  | { readonly kind: 'incomplete' };

export { maximumInstructionBytes } from './decodeState';

const state = new DecodeState();
const tooLong: Decoded = { kind: 'tooLong' };
const incomplete: Decoded = { kind: 'incomplete' };

const otherSize = (size: 16 | 32): 16 | 32 => (size === 32 ? 16 : 32);

/** Takes the prefixes, in any order and number; of each kind the last counts. Returns the opcode's first byte. */
function readPrefixes(codeSize: 16 | 32): number {
  for (;;) {
    const byte = state.byte();
    // prettier-ignore
    switch (byte) {
      case 0x26: state.segmentOverride = Segment.es; break;
      case 0x2e: state.segmentOverride = Segment.cs; break;
      case 0x36: state.segmentOverride = Segment.ss; break;
      case 0x3e: state.segmentOverride = Segment.ds; break;
      case 0x64: state.segmentOverride = Segment.fs; break;
      case 0x65: state.segmentOverride = Segment.gs; break;
      case 0x66: state.operandSize = otherSize(codeSize); break;
      case 0x67: state.addressSize = otherSize(codeSize); break;
      case 0xf0: state.lock = true; break;
      case 0xf2: state.repeat = 'repne'; break;
      case 0xf3: state.repeat = 'rep'; break;
      default: return byte;
    }
  }
}

/** Reads the opcode, and the ModRM byte where it has one. */
function readOpcode(codeSize: 16 | 32): Form | undefined {
  const first = readPrefixes(codeSize);
  state.opcode = first === 0x0f ? state.byte() : first;
  const entry = first === 0x0f ? twoByteMap[state.opcode] : oneByteMap[first];
  if (!entry?.hasModrm) return entry?.forms[0];
  state.modrm = state.byte();
  return entry.forms[formIndex(state.modrm)];
}

function readOperands({ readers }: Form): Operand[] | undefined {
  const operands: Operand[] = [];
  for (const read of readers) {
    const operand = read(state);
    if (operand === undefined) return undefined;
    operands.push(operand);
  }
  return operands;
}

const complete = ({ row }: Form, operands: readonly Operand[]): Decoded => ({
  kind: 'instruction',
  instruction: {
    row,
    length: state.length,
    operandSize: state.operandSize,
    addressSize: state.addressSize,
    lock: state.lock,
    repeat: state.repeat,
    segmentOverride: state.segmentOverride,
    operands,
    fields: state.fields,
  },
});

/**
 * Decodes the instruction at `bytes[start]`, of which `available` bytes may be looked at. `codeSize` is D of CS.
 * Never throws; see `Decoded` for what may come back instead of an instruction.
 */
export function decode(bytes: Uint8Array, start: number, available: number, codeSize: 16 | 32): Decoded {
  state.begin(bytes, start, start + Math.min(available, maximumInstructionBytes), codeSize);
  const form = readOpcode(codeSize);
  const operands = form && !state.overrun ? readOperands(form) : undefined;
  if (state.overrun) return available < maximumInstructionBytes ? incomplete : tooLong;
  return form && operands ? complete(form, operands) : { kind: 'invalid', length: state.length };
}
