// Memory operands: what the ModRM and SIB bytes and the displacement say (SDM Vol. 2A §2.1.5, tables 2-1 to 2-3).

import type { DecodeState } from './decodeState';
import type { MemoryOperand } from './instruction';
import { Gpr, Segment, type SegmentIndex } from './registers';

type Width = MemoryOperand['width'];

/** Base and index of 16-bit addresses by the ModRM byte's low three bits. */
const pairs16: readonly (readonly [base: number, index: number | undefined])[] = [
  [Gpr.ebx, Gpr.esi],
  [Gpr.ebx, Gpr.edi],
  [Gpr.ebp, Gpr.esi],
  [Gpr.ebp, Gpr.edi],
  [Gpr.esi, undefined],
  [Gpr.edi, undefined],
  [Gpr.ebp, undefined],
  [Gpr.ebx, undefined],
];
const scales = [1, 2, 4, 8] as const;

/** A base of (E)SP or (E)BP means the stack segment. */
const defaultSegment = (base: number | undefined): SegmentIndex =>
  base === Gpr.esp || base === Gpr.ebp ? Segment.ss : Segment.ds;

const memory = (
  state: DecodeState,
  width: Width,
  base: number | undefined,
  displacement: number,
  index?: number,
  scale: MemoryOperand['scale'] = 1,
): MemoryOperand => ({
  kind: 'memory',
  segment: state.segmentOverride ?? defaultSegment(base),
  base,
  index,
  scale,
  displacement,
  addressSize: state.addressSize,
  width,
});

/** The displacement that `mod` asks for, 0 to 2. */
const displacementOf = (state: DecodeState): number =>
  state.mod === 0 ? 0 : state.mod === 1 ? state.signedByte() : state.signed(state.addressSize);

function memory16(state: DecodeState, width: Width): MemoryOperand {
  if (state.mod === 0 && state.rm === 6) return memory(state, width, undefined, state.signedWord());
  const [base, index] = pairs16[state.rm];
  return memory(state, width, base, displacementOf(state), index);
}

/** An index of 4 is none; a base of 5 without displacement is none, and has one of 32 bits. */
function memoryWithSib(state: DecodeState, width: Width): MemoryOperand {
  const sib = state.byte();
  const index = (sib >> 3) & 7;
  const hasBase = (sib & 7) !== Gpr.ebp || state.mod !== 0;
  const displacement = hasBase ? displacementOf(state) : state.doubleword();
  const base = hasBase ? sib & 7 : undefined;
  if (index === Gpr.esp) return memory(state, width, base, displacement);
  return memory(state, width, base, displacement, index, scales[sib >> 6]);
}

function memory32(state: DecodeState, width: Width): MemoryOperand {
  if (state.rm === 4) return memoryWithSib(state, width);
  if (state.mod === 0 && state.rm === 5) return memory(state, width, undefined, state.doubleword());
  return memory(state, width, state.rm, displacementOf(state));
}

/** The operand that a ModRM byte with `mod` 0 to 2 describes. */
export const modrmMemory = (state: DecodeState, width: Width): MemoryOperand =>
  state.addressSize === 32 ? memory32(state, width) : memory16(state, width);

/** The operand of MOV between accumulator and memory: nothing but an offset. */
export const offsetMemory = (state: DecodeState, width: Width): MemoryOperand =>
  memory(state, width, undefined, state.signed(state.addressSize));

/** Source of a string instruction, DS:(E)SI; the segment can be overridden. */
export const stringSource = (state: DecodeState, width: Width): MemoryOperand => memory(state, width, Gpr.esi, 0);

/** Destination of a string instruction, always ES:(E)DI. */
export const stringDestination = (state: DecodeState, width: Width): MemoryOperand => ({
  ...memory(state, width, Gpr.edi, 0),
  segment: Segment.es,
});
