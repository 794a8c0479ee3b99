// The opcode tables as the decoder wants them: an entry for each opcode byte, in it a form for each kind of ModRM byte.

import { operandReaders, readLoadableSegment, type OperandReader } from './decodeOperands';
import { encodingOf, opcodeRows, type Encoding } from './opcodes';
import type { OpcodeRow } from './opcodeRow';

/** A row with its operand readers. */
export interface Form {
  readonly row: OpcodeRow;
  readonly readers: readonly OperandReader[];
}

export interface OpcodeEntry {
  readonly hasModrm: boolean;
  /** by `formIndex` of the ModRM byte; at 0 if there is none */
  readonly forms: readonly (Form | undefined)[];
}

/** 0–7: that value in bits 5:3 with a memory operand; 8–15: with a register. */
export const formIndex = (modrm: number): number => ((modrm >> 3) & 7) | (modrm >= 0xc0 ? 8 : 0);

interface EntryUnderConstruction extends OpcodeEntry {
  readonly forms: (Form | undefined)[];
}
type Map256 = (EntryUnderConstruction | undefined)[];

const makeForm = (row: OpcodeRow): Form => ({
  row,
  readers: row.operands.map(code =>
    code === 'Sw' && row.mnemonic === 'movToSegment' ? readLoadableSegment : operandReaders[code],
  ),
});

function formIndices({ hasModrm, digit, form }: Encoding): readonly number[] {
  if (!hasModrm) return [0];
  const digits = digit === undefined ? [0, 1, 2, 3, 4, 5, 6, 7] : [digit];
  const memory = form === 'register' ? [] : digits;
  const register = form === 'memory' ? [] : digits.map(value => value | 8);
  return [...memory, ...register];
}

function placeRow(maps: { readonly [map in Encoding['map']]: Map256 }, row: OpcodeRow): void {
  const encoding = encodingOf(row);
  const map = maps[encoding.map];
  const form = makeForm(row);
  for (let byte = encoding.byte; byte < encoding.byte + (encoding.addsRegister ? 8 : 1); byte++) {
    const entry = (map[byte] ??= { hasModrm: encoding.hasModrm, forms: new Array<undefined>(16).fill(undefined) });
    for (const index of formIndices(encoding)) {
      if (entry.hasModrm !== encoding.hasModrm || entry.forms[index]) {
        throw new Error(`opcode tables: ${row.opcode} overlaps another row`);
      }
      entry.forms[index] = form;
    }
  }
}

function buildMaps(): { readonly [map in Encoding['map']]: readonly (OpcodeEntry | undefined)[] } {
  const maps = {
    oneByte: new Array<undefined>(256).fill(undefined) as Map256,
    twoByte: new Array<undefined>(256).fill(undefined) as Map256,
  };
  for (const row of opcodeRows) placeRow(maps, row);
  return maps;
}

/** Entries by opcode byte, and by the byte after 0F; `undefined` where the opcode is. */
export const { oneByte: oneByteMap, twoByte: twoByteMap } = buildMaps();
