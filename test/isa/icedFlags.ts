// Which flags an instruction reads, writes and leaves undefined, as iced-x86 knows it.

import { Decoder, DecoderOptions, type Instruction as IcedInstruction, RflagsBits } from 'iced-x86';
import type { OpcodeRow } from '../../src/isa/opcodeRow';
import { sampleEncoding } from './sampleEncoding';

const options = DecoderOptions.ForceReservedNop | DecoderOptions.NoInvalidCheck;

/** What `look` finds in iced's view of a sample of the row, with a memory operand where there can be one. */
export function askIced<T>(row: OpcodeRow, look: (iced: IcedInstruction) => T): T {
  const decoder = new Decoder(32, Uint8Array.from(sampleEncoding(row, 'memory')), options);
  const iced = decoder.decode();
  const answer = look(iced);
  iced.free();
  decoder.free();
  return answer;
}

const flagBits: readonly (readonly [letter: string, bit: number])[] = [
  ['o', RflagsBits.OF],
  ['s', RflagsBits.SF],
  ['z', RflagsBits.ZF],
  ['a', RflagsBits.AF],
  ['p', RflagsBits.PF],
  ['c', RflagsBits.CF],
  ['d', RflagsBits.DF],
  ['i', RflagsBits.IF],
];
const lettersOf = (bits: number): string => flagBits.map(([letter, bit]) => (bits & bit ? letter : '')).join('');

/** Letters of `oszapcdi`. */
export interface FlagEffects {
  readonly read: string;
  /** with a defined result */
  readonly written: string;
  readonly leftUndefined: string;
}

export const flagEffects = (row: OpcodeRow): FlagEffects =>
  askIced(row, iced => ({
    read: lettersOf(iced.rflagsRead),
    written: lettersOf(iced.rflagsWritten | iced.rflagsCleared | iced.rflagsSet),
    leftUndefined: lettersOf(iced.rflagsUndefined),
  }));
