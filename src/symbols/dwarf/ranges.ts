// The places of code that is not in one piece, such as a function whose seldom used part lies elsewhere: .debug_ranges of
// DWARF 3 and 4 (§2.17.3), .debug_rnglists of DWARF 5 (§2.17.3, §7.25).

import { type ByteReader, DwarfError } from './byteReader';
import { addressOf, type Bases, type Encoding, Form, type Value } from './forms';
import { type Budget, type DebugSections, readerAt } from './sections';

/** [first, end) */
export interface CodeRange {
  readonly first: number;
  readonly end: number;
}

export interface RangeContext {
  readonly sections: DebugSections;
  readonly budget: Budget;
  readonly encoding: Encoding;
  readonly bases: Bases & { readonly rangeLists: number };
  /** of the unit: what offsets are added to */
  readonly base: number;
}

/** @throws DwarfError */
export function rangesAt(value: Value, context: RangeContext): CodeRange[] {
  return context.encoding.version >= 5 ? listedRanges(value, context) : oldRanges(value.number, context);
}

function oldRanges(offset: number, { sections, budget, encoding: { addressBytes }, base }: RangeContext): CodeRange[] {
  const reader = readerAt(sections, '.debug_ranges', offset);
  const largest = 2 ** (8 * addressBytes) - 1;
  const ranges: CodeRange[] = [];
  for (let from = base; ;) {
    budget.take();
    const [first, end] = [reader.unsigned(addressBytes), reader.unsigned(addressBytes)];
    if (first === 0 && end === 0) return ranges;
    if (first === largest) from = end;
    else ranges.push({ first: from + first, end: from + end });
  }
}

const Entry = {
  endOfList: 0,
  baseAddressIndex: 1,
  startIndexEndIndex: 2,
  startIndexLength: 3,
  offsetPair: 4,
  baseAddress: 5,
  startEnd: 6,
  startLength: 7,
} as const;

function listedRanges(value: Value, context: RangeContext): CodeRange[] {
  const reader = readerAt(context.sections, '.debug_rnglists', listOffset(value, context));
  const { addressBytes } = context.encoding;
  const ranges: CodeRange[] = [];
  const address = (): number => reader.unsigned(addressBytes);
  const indexed = (): number => addressAt(reader, context);
  const put = (first: number, end: number): void => void ranges.push({ first, end });
  for (let from = context.base; ;) {
    context.budget.take();
    switch (reader.unsigned(1)) {
      case Entry.endOfList:
        return ranges;
      case Entry.baseAddressIndex:
        from = indexed();
        break;
      case Entry.startIndexEndIndex:
        put(indexed(), indexed());
        break;
      case Entry.startIndexLength:
        putLength(indexed(), reader.uleb(), put);
        break;
      case Entry.offsetPair:
        put(from + reader.uleb(), from + reader.uleb());
        break;
      case Entry.baseAddress:
        from = address();
        break;
      case Entry.startEnd:
        put(address(), address());
        break;
      case Entry.startLength:
        putLength(address(), reader.uleb(), put);
        break;
      default:
        throw new DwarfError('a range list has an unknown entry');
    }
  }
}

const putLength = (first: number, length: number, put: (first: number, end: number) => void): void =>
  put(first, first + length);

function listOffset({ form, number }: Value, { sections, encoding, bases }: RangeContext): number {
  if (form !== Form.rangeListIndex) return number;
  const { offsetBytes } = encoding;
  const place = readerAt(sections, '.debug_rnglists', bases.rangeLists + number * offsetBytes);
  return bases.rangeLists + place.unsigned(offsetBytes);
}

function addressAt(reader: ByteReader, { sections, encoding, bases }: RangeContext): number {
  return addressOf({ form: Form.addressIndex, number: reader.uleb() }, sections, encoding, bases) ?? 0;
}
