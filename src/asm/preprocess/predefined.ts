// NASM's predefined single-line macros (manual §5.1), under both spellings: __BITS__ and __?BITS?__.
// Left out: date and time, which would make an image depend on when it was assembled.
import type { Token } from '../lexer';
import type { PredefinedMacro } from './singleLineMacros';
import { identifierToken, numberToken, stringToken } from './tokens';

/** What of the assembler's state predefined macros show. */
export interface PredefinedValues {
  readonly bits: number;
  readonly pass: number;
  readonly format: string;
  readonly sectionName: string;
}

const operator = (text: string, at: Token): Token => ({ ...identifierToken(text, at), kind: 'operator' });

/** The version of NASM whose dialect this is. */
const version = { major: 2, minor: 16, subminor: 1, patch: 0 };

export function predefinedMacros(values: PredefinedValues): ReadonlyMap<string, PredefinedMacro> {
  const number =
    (value: () => number): PredefinedMacro =>
    use =>
      numberToken(BigInt(value()), use);
  const { major, minor, subminor, patch } = version;
  const macros: Record<string, PredefinedMacro> = {
    LINE: use => numberToken(BigInt(use.position.line), use),
    FILE: use => [stringToken(use.position.file, use)],
    BITS: number(() => values.bits),
    PASS: number(() => (values.pass === 1 ? 1 : 2)),
    SECT: use => [
      operator('[', use),
      identifierToken('section', use),
      identifierToken(values.sectionName, use),
      operator(']', use),
    ],
    OUTPUT_FORMAT: use => [identifierToken(values.format, use)],
    NASM_MAJOR: number(() => major),
    NASM_MINOR: number(() => minor),
    NASM_SUBMINOR: number(() => subminor),
    NASM_PATCHLEVEL: number(() => patch),
    NASM_VERSION_ID: number(() => (major << 24) | (minor << 16) | (subminor << 8) | patch),
    NASM_VER: use => [stringToken(`${major}.${minor}.0${subminor}`, use)],
  };
  return new Map(
    Object.entries(macros).flatMap(([name, macro]) => [
      [`__${name}__`, macro],
      [`__?${name}?__`, macro],
    ]),
  );
}
