// Fields whose number only a linker knows, since it depends on where a section or an external symbol comes to lie. An object
// holds them as relocations; in a flat image there are none, for all addresses are known in the last pass.
import { AssemblyError, type Extent } from './diagnostics';
import { messages } from './messages';
import { type Base, isScalar, type Value } from './value';

export interface Fixup {
  /** of the field, in the bytes that it belongs to */
  readonly offset: number;
  readonly bytes: 1 | 2 | 4;
  /** undefined: a number that is an address already, seen from a place that is none yet */
  readonly base: Base | undefined;
  /** The field holds the distance from itself, not the address. */
  readonly relative: boolean;
}

export interface FixedField {
  readonly fixup: Fixup;
  /** what stands in the field until then */
  readonly addend: bigint;
}

/** Where the bytes stand that have the field. */
export interface FieldPlace {
  readonly section: Base;
  /** of the bytes, in the section */
  readonly start: bigint;
}

/** The field at `offset` for `value`; undefined if its number is known now. Throws AssemblyError if no linker can make it. */
export function fixedField(
  value: Value,
  { section, start }: FieldPlace,
  offset: number,
  bytes: number,
  extent: Extent,
): FixedField | undefined {
  const { constant, bases } = value;
  if (isScalar(value)) return undefined;
  const base = bases.find(({ factor }) => factor === 1n)?.base;
  const relative = bases.length === 2 && bases.some(term => term.base === section && term.factor === -1n);
  if (base === undefined || bases.length !== (relative ? 2 : 1)) {
    throw new AssemblyError(messages.notRelocatable(), extent);
  }
  const fixup = { offset, bytes: fieldBytes(bytes, extent), base, relative };
  return { fixup, addend: relative ? constant + start + BigInt(offset) : constant };
}

/** The field at `offset` that holds the distance of `value` from `tail` bytes behind the field's beginning. */
export function distanceField(
  value: Value,
  { section }: FieldPlace,
  { offset, bytes, tail }: { readonly offset: number; readonly bytes: number; readonly tail: number },
  extent: Extent,
): FixedField | undefined {
  const { constant, bases } = value;
  const [term] = bases;
  if (bases.length > 1 || (term !== undefined && term.factor !== 1n)) {
    throw new AssemblyError(messages.notRelocatable(), extent);
  }
  if (term?.base === section) return undefined;
  const fixup = { offset, bytes: fieldBytes(bytes, extent), base: term?.base, relative: true };
  return { fixup, addend: constant - BigInt(tail) };
}

/** An address has 32 bits in an object, also where there is room for more. */
function fieldBytes(bytes: number, extent: Extent): Fixup['bytes'] {
  if (bytes === 1 || bytes === 2 || bytes === 4) return bytes;
  if (bytes === 8) return 4;
  throw new AssemblyError(messages.notRelocatable(), extent);
}

/** Writes what stands in the field until it is filled in. */
export function writeAddend(bytes: Uint8Array, { fixup, addend }: FixedField) {
  for (let index = 0; index < fixup.bytes; index++) {
    bytes[fixup.offset + index] = Number(BigInt.asUintN(8, addend >> BigInt(8 * index)));
  }
}
