// How values of attributes are written down (DWARF 5 §7.5.6, and what came before it).

import { type ByteReader, DwarfError } from './byteReader';
import { type DebugSections, readerAt } from './sections';

export const Form = {
  address: 0x01,
  string: 0x08,
  stringAt: 0x0e,
  referenceInSection: 0x10,
  indirect: 0x16,
  flagPresent: 0x19,
  stringIndex: 0x1a,
  addressIndex: 0x1b,
  lineStringAt: 0x1f,
  implicitConstant: 0x21,
  rangeListIndex: 0x23,
} as const;

type Size = number | 'address' | 'offset' | 'uleb' | 'sleb' | 'text' | 'nothing' | { readonly block: number | 'uleb' };

/** What each form takes of the section. */
const sizes = new Map<number, Size>([
  [Form.address, 'address'],
  [0x03, { block: 2 }],
  [0x04, { block: 4 }],
  [0x05, 2],
  [0x06, 4],
  [0x07, 8],
  [Form.string, 'text'],
  [0x09, { block: 'uleb' }],
  [0x0a, { block: 1 }],
  [0x0b, 1],
  [0x0c, 1],
  [0x0d, 'sleb'],
  [Form.stringAt, 'offset'],
  [0x0f, 'uleb'],
  [Form.referenceInSection, 'offset'],
  [0x11, 1],
  [0x12, 2],
  [0x13, 4],
  [0x14, 8],
  [0x15, 'uleb'],
  [0x17, 'offset'],
  [0x18, { block: 'uleb' }],
  [Form.flagPresent, 'nothing'],
  [Form.stringIndex, 'uleb'],
  [Form.addressIndex, 'uleb'],
  [0x1c, 4],
  [0x1d, 'offset'],
  [0x1e, 16],
  [Form.lineStringAt, 'offset'],
  [0x20, 8],
  [Form.implicitConstant, 'nothing'],
  [0x22, 'uleb'],
  [Form.rangeListIndex, 'uleb'],
  [0x24, 8],
  [0x25, 1],
  [0x26, 2],
  [0x27, 3],
  [0x28, 4],
  [0x29, 1],
  [0x2a, 2],
  [0x2b, 3],
  [0x2c, 4],
  // GNU's: an index of an address or a text, and places in another file
  [0x1f01, 'uleb'],
  [0x1f02, 'uleb'],
  [0x1f20, 'offset'],
  [0x1f21, 'offset'],
]);

const isIn = (form: number, first: number, last: number): boolean => form >= first && form <= last;
export const isReference = (form: number): boolean => isIn(form, Form.referenceInSection, 0x15);
const isStringIndex = (form: number): boolean => form === Form.stringIndex || isIn(form, 0x25, 0x28);
const isAddressIndex = (form: number): boolean => form === Form.addressIndex || isIn(form, 0x29, 0x2c);
export const isAddress = (form: number): boolean => form === Form.address || isAddressIndex(form);

/** How the unit that a value stands in writes its numbers. */
export interface Encoding {
  readonly version: number;
  readonly offsetBytes: 4 | 8;
  readonly addressBytes: number;
}

/** As written: a number, an index or an offset; of a text that stands here, where it begins; of a block, its length. */
export interface Value {
  readonly form: number;
  readonly number: number;
}

export function readValue(reader: ByteReader, form: number, encoding: Encoding, implicit = 0): Value {
  if (form === Form.indirect) return readValue(reader, nestedForm(reader), encoding);
  const size = sizes.get(form);
  if (size === undefined) throw new DwarfError(`form ${form} is unknown`);
  return { form, number: readNumber(reader, form, size, encoding, implicit) };
}

/** An indirect form that names itself would have no end, and one without bytes no constant. */
function nestedForm(reader: ByteReader): number {
  const form = reader.uleb();
  if (form === Form.indirect || form === Form.implicitConstant) throw new DwarfError('a form leads to no value');
  return form;
}

function readNumber(reader: ByteReader, form: number, size: Size, encoding: Encoding, implicit: number): number {
  switch (size) {
    case 'nothing':
      return form === Form.implicitConstant ? implicit : 1;
    case 'address':
      return reader.unsigned(encoding.addressBytes);
    case 'offset':
      return reader.unsigned(offsetBytesOf(form, encoding));
    case 'uleb':
      return reader.uleb();
    case 'sleb':
      return reader.sleb();
    case 'text': {
      const { position } = reader;
      reader.text();
      return position;
    }
    default:
      return typeof size === 'number' ? reader.unsigned(size) : skipBlock(reader, size.block);
  }
}

/** In DWARF 2 a reference across units has the size of an address. */
const offsetBytesOf = (form: number, { version, offsetBytes, addressBytes }: Encoding): number =>
  form === Form.referenceInSection && version <= 2 ? addressBytes : offsetBytes;

function skipBlock(reader: ByteReader, lengthBytes: number | 'uleb'): number {
  const length = lengthBytes === 'uleb' ? reader.uleb() : reader.unsigned(lengthBytes);
  reader.skip(length);
  return length;
}

/** Where the texts and addresses lie that values give by number. */
export interface Bases {
  readonly stringOffsets: number;
  readonly addresses: number;
}

/** The text that a value stands for; undefined if it is none. `section` is the one that it was read from. */
export function textOf(
  { form, number }: Value,
  sections: DebugSections,
  section: string,
  { offsetBytes }: Encoding,
  bases?: Bases,
): string | undefined {
  if (form === Form.string) return readerAt(sections, section, number).text();
  if (form === Form.stringAt) return readerAt(sections, '.debug_str', number).text();
  if (form === Form.lineStringAt) return readerAt(sections, '.debug_line_str', number).text();
  if (!isStringIndex(form) || !bases) return undefined;
  const place = readerAt(sections, '.debug_str_offsets', bases.stringOffsets + number * offsetBytes);
  return readerAt(sections, '.debug_str', place.unsigned(offsetBytes)).text();
}

/** The address that a value stands for; undefined if it is none. */
export function addressOf(
  { form, number }: Value,
  sections: DebugSections,
  { addressBytes }: Encoding,
  { addresses }: Bases,
): number | undefined {
  if (form === Form.address) return number;
  if (!isAddressIndex(form)) return undefined;
  return readerAt(sections, '.debug_addr', addresses + number * addressBytes).unsigned(addressBytes);
}
