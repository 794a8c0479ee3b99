// What hovering over a name in a source shows, while the guest stands: of a label its contents, of a number its forms.

import { hex } from '../base/hex';
import { t } from '../base/localization';
import { charactersOf, contentsText } from './console/dataText';
import type { Debuggee } from './debuggee';
import type { Evaluation } from './expressions/evaluate';

const mostBytes = 256;

/** The contents of a label of data, as far as its line goes, or the instruction at one of code; undefined if it is no label. */
export function labelHover(
  name: string,
  linear: number,
  { symbols, memory, text, system }: Debuggee,
): string | undefined {
  if (!symbols.isLabel(name)) return undefined;
  const row = symbols.lines.rowAt(linear);
  const at = `${name} ${hex(linear, 8)}`;
  if (row?.isCode) {
    const { codeIs32Bit } = system.running.level.believed();
    const instruction = text.at(linear, codeIs32Bit ? 32 : 16)?.text;
    return instruction === undefined ? at : `${at}: ${instruction}`;
  }
  const length = row ? row.address + row.length - linear : 4;
  const { bytes } = memory.readBytes({ space: 'gva', address: linear }, Math.min(length, mostBytes));
  return bytes.length === 0 ? t`${at}: not readable` : `${at}: ${contentsText(bytes)}`;
}

/** The characters that a value's bytes are, beside its other forms. */
export function characterForm({ value, bits }: Evaluation): string {
  const characters = bits >= 8 ? charactersOf(value) : undefined;
  return characters === undefined ? '' : ` ${characters}`;
}
