// A listing: every source with, beside each line, the address and the bytes that came of it. What a macro expands to
// stands beside the line that calls it. Leaves out: macro bodies as expanded, cross references, and most of what one
// statement makes if that is much, such as a file that incbin takes in.
import { padded } from '../base/columns';
import { t } from '../base/localization';
import type { AssembledImage, LineEntry } from './image';
import type { SourceFiles } from './preprocess/sourceLines';

const bytesInRow = 8;
/** Of one statement. */
const mostRows = 32;
const addressDigits = 8;
const lineDigits = 5;

/** The listing of all of the image's files, in the order in which they were read. */
export function listing(image: AssembledImage, files: Pick<SourceFiles, 'text'>): string {
  const byPlace = new Map<string, LineEntry[]>();
  for (const entry of image.lines) {
    const place = placeOf(callSite(entry));
    const entries = byPlace.get(place);
    if (entries) entries.push(entry);
    else byPlace.set(place, [entry]);
  }
  return image.files
    .map(file => {
      const lines = (files.text(file) ?? '').split(/\r?\n/);
      if (lines.at(-1) === '') lines.pop();
      const rows = lines.flatMap((text, index) => {
        const entries = byPlace.get(placeOf({ file, line: index + 1 })) ?? [];
        return listedLine(index + 1, text, encodedRows(image, entries));
      });
      return [`; ${file}`, ...rows, ''].join('\n');
    })
    .join('\n');
}

const placeOf = ({ file, line }: { file: string; line: number }): string => `${line}:${file}`;

/** The line in a file that an entry goes back to: of the outermost macro call, or its own. */
const callSite = ({ position, expandedFrom }: LineEntry) => expandedFrom.at(-1) ?? position;

interface Row {
  address: number;
  bytes: string;
}

/** The bytes of a line, in rows of eight; a row begins anew where the addresses jump. */
function encodedRows({ bytes }: AssembledImage, entries: readonly LineEntry[]): Row[] {
  const rows: Row[] = [];
  for (const { address, length, imageOffset } of entries) {
    if (imageOffset === undefined) rows.push({ address, bytes: t`<${length} reserved>` });
    else rows.push(...rowsOf(address, bytes.subarray(imageOffset, imageOffset + length)));
  }
  return rows;
}

function rowsOf(address: number, bytes: Uint8Array): Row[] {
  if (bytes.length > bytesInRow && bytes.every(byte => byte === bytes[0])) {
    return [{ address, bytes: `${hex(bytes[0], 2)} × ${bytes.length}` }];
  }
  const count = Math.ceil(bytes.length / bytesInRow);
  const rows = Array.from({ length: Math.min(count, mostRows) }, (_, row): Row => {
    const start = row * bytesInRow;
    const digits = [...bytes.subarray(start, start + bytesInRow)].map(byte => hex(byte, 2));
    return { address: address + start, bytes: digits.join(' ') };
  });
  const shown = mostRows * bytesInRow;
  if (count > mostRows) rows.push({ address: address + shown, bytes: t`<${bytes.length - shown} more>` });
  return rows;
}

function listedLine(number: number, text: string, [first, ...others]: Row[]): string[] {
  return [
    `${String(number).padStart(lineDigits)} ${columns(first)}  ${text}`.trimEnd(),
    ...others.map(row => `${' '.repeat(lineDigits)} ${columns(row)}`.trimEnd()),
  ];
}

const columns = (row: Row | undefined): string =>
  row === undefined
    ? ' '.repeat(addressDigits + 1 + bytesInRow * 3)
    : `${hex(row.address, addressDigits)} ${padded(row.bytes, bytesInRow * 3)}`;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
