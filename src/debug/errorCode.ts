// Error codes of exceptions, bit by bit (SDM Vol. 3A §4.7, §6.13).

import { hex } from '../base/hex';
import { marked, t, translated } from '../base/localization';
import { PageFaultError, SelectorError, Vector } from '../isa/exceptions';

export interface ErrorCodeField {
  readonly name: string;
  readonly value: number;
  readonly meaning: string;
}

interface BitMeaning {
  readonly bit: number;
  readonly name: string;
  readonly set: string;
  readonly clear: string;
}

const pageFaultBits: readonly BitMeaning[] = [
  {
    bit: PageFaultError.present,
    name: 'P',
    set: marked`the page is present, but does not allow this`,
    clear: marked`the page is not present`,
  },
  { bit: PageFaultError.write, name: 'W/R', set: marked`a write`, clear: marked`a read` },
  {
    bit: PageFaultError.user,
    name: 'U/S',
    set: marked`from user mode (CPL 3)`,
    clear: marked`from supervisor mode (CPL 0 to 2)`,
  },
  {
    bit: PageFaultError.reserved,
    name: 'RSVD',
    set: marked`a reserved bit is set in a page-table entry`,
    clear: marked`no reserved bit is set`,
  },
];

const selectorVectors: readonly number[] = [
  Vector.invalidTss,
  Vector.segmentNotPresent,
  Vector.stackFault,
  Vector.generalProtection,
];

/** The fields of an error code; empty where the code says nothing. */
export function errorCodeFields(vector: number, code: number): ErrorCodeField[] {
  if (vector === Vector.pageFault) {
    return pageFaultBits.map(({ bit, name, set, clear }) => {
      const value = code & bit ? 1 : 0;
      return { name, value, meaning: translated(value ? set : clear) };
    });
  }
  if (!selectorVectors.includes(vector) || code === 0) return [];
  const inIdt = (code & SelectorError.idt) !== 0;
  const index = code >>> 3;
  return [
    {
      name: 'EXT',
      value: code & SelectorError.external,
      meaning: code & SelectorError.external ? t`while an event was being delivered` : t`by the program's own doing`,
    },
    { name: t`table`, value: (code >> 1) & 3, meaning: tableName(code) },
    {
      name: t`index`,
      value: index,
      meaning: inIdt ? t`vector ${hex(index, 2)}` : t`selector ${hex(code & 0xfffc, 4)}`,
    },
  ];
}

const tableName = (code: number): string =>
  code & SelectorError.idt ? t`the IDT` : code & SelectorError.ldt ? t`the LDT` : t`the GDT`;

/** One sentence, without a full stop: `a write from user mode (CPL 3): the page is not present`. */
export function errorCodeText(vector: number, code: number): string | undefined {
  const fields = errorCodeFields(vector, code);
  if (fields.length === 0) return undefined;
  if (vector === Vector.pageFault) {
    const [present, , , reserved] = fields;
    return t`${accessText(code)}: ${reserved.value ? reserved.meaning : present.meaning}`;
  }
  const [external, table, index] = fields;
  return t`${table.meaning}, ${index.meaning}, ${external.meaning}`;
}

function accessText(code: number): string {
  if (code & PageFaultError.user)
    return code & PageFaultError.write ? t`a write from user mode (CPL 3)` : t`a read from user mode (CPL 3)`;
  return code & PageFaultError.write
    ? t`a write from supervisor mode (CPL 0 to 2)`
    : t`a read from supervisor mode (CPL 0 to 2)`;
}
