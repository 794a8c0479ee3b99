// NASM's predefined single-line macros (manual §5.1), under both spellings: __BITS__ and __?BITS?__.
// Date and time are what the caller says, so that an image does not depend on when it was assembled.
import type { Token } from '../lexer';
import type { PredefinedMacro } from './singleLineMacros';
import { identifierToken, numberToken, stringToken } from './tokens';

/** A moment, as the caller tells it: there is no clock here. */
export interface AssemblyTime {
  /** `2024-02-29` */
  readonly date: string;
  /** `12:34:56` */
  readonly clock: string;
  readonly posixSeconds: number;
}

export const startOfTime: AssemblyTime = { date: '1970-01-01', clock: '00:00:00', posixSeconds: 0 };

/** What of the assembler's state predefined macros show. */
export interface PredefinedValues {
  /** What __?DATE?__ and its kin tell, in UTC. */
  readonly time: AssemblyTime;
  readonly bits: number;
  readonly pass: number;
  readonly format: string;
  readonly sectionName: string;
}

const operator = (text: string, at: Token): Token => ({ ...identifierToken(text, at), kind: 'operator' });

/** The version of NASM whose dialect this is. */
const version = { major: 2, minor: 16, subminor: 1, patch: 0 };

/** Local time is UTC here: what is assembled does not depend on where. */
function dates({ date, clock, posixSeconds }: AssemblyTime): Record<string, PredefinedMacro> {
  const text = (value: string): PredefinedMacro => {
    return use => [stringToken(value, use)];
  };
  const digits = (value: string): PredefinedMacro => {
    return use => numberToken(BigInt(value.replace(/[-:]/g, '')), use);
  };
  return {
    DATE: text(date),
    TIME: text(clock),
    DATE_NUM: digits(date),
    TIME_NUM: digits(clock),
    UTC_DATE: text(date),
    UTC_TIME: text(clock),
    UTC_DATE_NUM: digits(date),
    UTC_TIME_NUM: digits(clock),
    POSIX_TIME: use => numberToken(BigInt(posixSeconds), use),
  };
}

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
    ...dates(values.time),
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
