// Memory operands for cases: a random ModRM form, made to point at a given offset by its displacement or its base.

import { Gpr, Segment, type SegmentIndex } from '../../../src/isa/registers';
import { displacementSize, type Modrm } from '../../semantics/instructionBytes';
import type { Random } from '../../semantics/random';

type MemoryModrm = Extract<Modrm, { readonly kind: 'memory' }>;

interface AddressTerms {
  readonly base: number | undefined;
  readonly index: number | undefined;
  readonly scale: number;
}

/** SDM Vol. 2A table 2-1 */
const pairs16: readonly (readonly [number, number?])[] = [[3, 6], [3, 7], [5, 6], [5, 7], [6], [7], [5], [3]]; // prettier-ignore

export function someModrm(random: Random, addressSize: 16 | 32): MemoryModrm {
  const mod = random.pick([0, 1, 2] as const);
  const rm = random.below(8);
  const sib = addressSize === 32 && rm === 4 ? random.below(256) : undefined;
  const form: MemoryModrm = { kind: 'memory', mod, rm, displacement: 0, ...(sib === undefined ? {} : { sib }) };
  const size = displacementSize(form, addressSize);
  return { ...form, displacement: size === 1 ? random.below(256) - 128 : random.edge() };
}

function terms(modrm: MemoryModrm, addressSize: 16 | 32): AddressTerms {
  const { mod, rm, sib } = modrm;
  if (addressSize === 16) {
    if (mod === 0 && rm === 6) return { base: undefined, index: undefined, scale: 1 };
    const [base, index] = pairs16[rm];
    return { base, index, scale: 1 };
  }
  if (rm !== 4) return { base: mod === 0 && rm === 5 ? undefined : rm, index: undefined, scale: 1 };
  const fields = sib ?? 0x24;
  const index = (fields >> 3) & 7;
  return {
    base: mod === 0 && (fields & 7) === 5 ? undefined : fields & 7,
    index: index === 4 ? undefined : index,
    scale: 1 << (fields >> 6),
  };
}

/** The segment that the address uses without an override. */
export function defaultSegment(modrm: MemoryModrm, addressSize: 16 | 32): SegmentIndex {
  const { base } = terms(modrm, addressSize);
  return base === Gpr.esp || base === Gpr.ebp ? Segment.ss : Segment.ds;
}

const wrap = (value: number, addressSize: 16 | 32): number => (addressSize === 16 ? value & 0xffff : value >>> 0);

export function offsetOf(modrm: MemoryModrm, addressSize: 16 | 32, registers: readonly number[]): number {
  const { base, index, scale } = terms(modrm, addressSize);
  const displacement = displacementSize(modrm, addressSize) === 0 ? 0 : modrm.displacement;
  const sum = (base === undefined ? 0 : registers[base]) + (index === undefined ? 0 : registers[index] * scale);
  return wrap((sum + displacement) | 0, addressSize);
}

/** Changes the displacement if it is wide enough, or else the base register (not ESP), so that the address is `offset`. */
export function pointTo(modrm: MemoryModrm, addressSize: 16 | 32, registers: number[], offset: number): MemoryModrm {
  const missing = offset - offsetOf(modrm, addressSize, registers);
  const size = displacementSize(modrm, addressSize);
  if (size >= 2) return { ...modrm, displacement: (modrm.displacement + missing) | 0 };
  const { base, index, scale } = terms(modrm, addressSize);
  if (base !== undefined && base !== Gpr.esp) {
    const weight = base === index ? 1 + scale : 1;
    registers[base] = (registers[base] + Math.trunc(missing / weight)) >>> 0;
  }
  return modrm;
}
