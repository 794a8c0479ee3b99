// Decodes the same bytes with our decoder and with iced-x86, and says where they differ. The differences that are
// meant are named here, each with its reason.

import {
  Code,
  CpuidFeature,
  Decoder,
  DecoderOptions,
  EncodingKind,
  Instruction as IcedInstruction,
  Mnemonic as IcedMnemonic,
  Register,
} from 'iced-x86';
import { decode, maximumInstructionBytes, type Decoded } from '../../src/isa/decode';
import type { Instruction } from '../../src/isa/instruction';
import { conditions } from '../../src/isa/mnemonics';
import { isNameOf } from './icedNames';
import { icedOperandTexts, operandTexts } from './operandText';

/** Bytes per case in a corpus. */
export const slotBytes = 16;

/** Later instructions that earlier processors take for others, hints for no-operations: off, as in our tables. */
const options =
  DecoderOptions.ForceReservedNop |
  DecoderOptions.NoPause |
  DecoderOptions.NoWbnoinvd |
  DecoderOptions.NoMPFX_0FBC |
  DecoderOptions.NoMPFX_0FBD;

/** What this processor has, in iced's terms. Legacy encodings of anything else are undefined opcodes to it. */
const ownFeatures = new Set<CpuidFeature>([
  CpuidFeature.INTEL8086,
  CpuidFeature.INTEL8086_ONLY,
  CpuidFeature.INTEL186,
  CpuidFeature.INTEL286,
  CpuidFeature.INTEL386,
  CpuidFeature.INTEL486,
  CpuidFeature.CMOV,
  CpuidFeature.CPUID,
  CpuidFeature.CX8,
  CpuidFeature.MSR,
  CpuidFeature.MULTIBYTENOP,
  CpuidFeature.RDPMC,
  CpuidFeature.SEP,
  CpuidFeature.TSC,
]);

const isForeign = (iced: IcedInstruction): boolean =>
  iced.encoding !== EncodingKind.Legacy || !iced.cpuidFeatures().every(feature => ownFeatures.has(feature));

/** PREFETCHW counts as a multi-byte NOP with the options above; before it came, 0F 0D was undefined. */
const isPrefetchW = ({ code }: IcedInstruction): boolean => Code[code].endsWith('0F0D');

const isX87 = ({ row: { mnemonic } }: Instruction): boolean => mnemonic === 'esc' || mnemonic === 'x87Probe';

function operandDifference(ours: Instruction, iced: IcedInstruction): string | undefined {
  // x87 instructions have no meaning here, only a length; the source of XLAT is left to its meaning
  if (isX87(ours) || ours.row.mnemonic === 'xlat') return undefined;
  const texts = operandTexts(ours);
  // a selector's register is 16 bits to us whatever the operand size; no more of it is used
  const expected = icedOperandTexts(iced).map((text, i) =>
    ours.row.operands[i] === 'Ew' || ours.row.operands[i] === 'Gw' ? text.replace('r32:', 'r16:') : text,
  );
  // iced gives hints the register of the ModRM byte as second operand
  if (ours.row.mnemonic === 'nop') expected.splice(texts.length);
  const [a, b] = [texts.join(', '), expected.join(', ')];
  return a === b ? undefined : `operands ${a}, iced has ${b}`;
}

function prefixDifference(ours: Instruction, iced: IcedInstruction): string | undefined {
  const override = iced.segmentPrefix === Register.None ? undefined : iced.segmentPrefix - Register.ES;
  if (ours.segmentOverride !== override) return `segment override ${ours.segmentOverride}, iced has ${override}`;
  if (ours.lock !== iced.hasLockPrefix) return `lock ${ours.lock}`;
  if (ours.row.repeatable === undefined) return undefined;
  const repeat = iced.hasRepePrefix ? 'rep' : iced.hasRepnePrefix ? 'repne' : 'none';
  return ours.repeat === repeat ? undefined : `repeat ${ours.repeat}, iced has ${repeat}`;
}

function nameDifference({ row }: Instruction, iced: IcedInstruction): string | undefined {
  const name = IcedMnemonic[iced.mnemonic].toLowerCase();
  if (!isNameOf(row.mnemonic, name)) return `${row.mnemonic}, iced has ${name}`;
  const icedCondition: number = iced.conditionCode;
  const conditionDiffers = row.condition && conditions.indexOf(row.condition) + 1 !== icedCondition;
  return conditionDiffers ? `condition ${row.condition}, iced has ${icedCondition}` : undefined;
}

function instructionDifference(ours: Instruction, iced: IcedInstruction): string | undefined {
  // whether LOCK is allowed is not the decoder's affair; iced knows fewer x87 encodings than bytes can form
  if (iced.isInvalid) return ours.lock || isX87(ours) ? undefined : `${ours.row.mnemonic}, iced: invalid`;
  if (ours.length !== iced.length) return `length ${ours.length}, iced has ${iced.length}`;
  return nameDifference(ours, iced) ?? operandDifference(ours, iced) ?? prefixDifference(ours, iced);
}

function difference(ours: Decoded, iced: IcedInstruction): string | undefined {
  if (ours.kind === 'instruction') return instructionDifference(ours.instruction, iced);
  if (iced.isInvalid) return undefined;
  if (ours.kind === 'invalid' && (isForeign(iced) || isPrefetchW(iced))) return undefined;
  return `${ours.kind}, iced has ${IcedMnemonic[iced.mnemonic]}`;
}

const bytesText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').replace(/../g, '$& ').trim();

/** Differences over a corpus of cases of `slotBytes` each; at most `limit` of them. */
export function compareWithIced(corpus: Uint8Array, codeSize: 16 | 32, limit = 10): readonly string[] {
  const decoder = new Decoder(codeSize, corpus, options);
  const iced = new IcedInstruction();
  const found: string[] = [];
  for (let start = 0; start < corpus.length && found.length < limit; start += slotBytes) {
    decoder.position = start;
    decoder.ip = 0n;
    decoder.decodeOut(iced);
    const text = difference(decode(corpus, start, maximumInstructionBytes, codeSize), iced);
    if (text) found.push(`${codeSize}-bit ${bytesText(corpus.subarray(start, start + slotBytes))}: ${text}`);
  }
  decoder.free();
  iced.free();
  return found;
}
