// The packages of %use (NASM manual §6), as the lines that they stand for.
import { t } from '../../base/localization';
import { AssemblyError } from '../diagnostics';
import type { Token } from '../lexer';
import { messages } from '../messages';
import { smartAlign } from './smartAlign';
import { SourceLine } from './sourceLines';
import { plainText } from './tokens';

const each = (names: string, line: (name: string) => string): string[] => names.split(' ').map(line);

const legacyNames = 'a c d b sp bp si di'.split(' ');

/** `r0` to `r7` beside the names that go back to the 8086. */
function alternativeRegisters(name: string, index: number): string[] {
  const isLetter = name.length === 1;
  const word = isLetter ? `${name}x` : name;
  return [
    `%idefine r${index} r${word}`,
    `%idefine r${index}d e${word}`,
    `%idefine r${index}w ${word}`,
    `%idefine r${index}l ${name}l`,
    ...(isLetter ? [`%idefine r${index}h ${name}h`] : []),
  ];
}

const packages: ReadonlyMap<string, () => readonly string[]> = new Map([
  [
    'fp',
    () => [
      ...each('8 16 32 64 80m 80e 128l 128h', kind => `%idefine float${kind}(x) __?float${kind}?__(x)`),
      ...each('NaN QNaN SNaN', name => `%idefine ${name} __?${name}?__`),
      '%idefine Inf __?Infinity?__',
    ],
  ],
  [
    'ifunc',
    () => [
      '%idefine ilog2(x) __?ilog2e?__(x)',
      ...each('e w f c', kind => `%idefine ilog2${kind}(x) __?ilog2${kind}?__(x)`),
    ],
  ],
  [
    'altreg',
    () => [
      ...legacyNames.flatMap(alternativeRegisters),
      ...each('8 9 10 11 12 13 14 15', n => `%idefine r${n}l r${n}b`),
    ],
  ],
  ['masm', () => ['%idefine ptr', '%idefine offset']],
  ['smartalign', smartAlign],
]);

/** The package that an operand names, in lower case. Throws AssemblyError. */
export function packageName([name]: readonly Token[], directive: Token): string {
  if (name?.kind !== 'identifier' && name?.kind !== 'string')
    throw new AssemblyError(messages.needsOperand(directive.text, t`the name of a package`), name ?? directive);
  return plainText(name).toLowerCase();
}

export const isPackage = (name: string) => packages.has(name);

/** The lines of a package, which stand where it is used. Throws AssemblyError if there is none of that name. */
export function packageLines(name: string, directive: Token): SourceLine[] {
  const lines = packages.get(name);
  if (!lines) throw new AssemblyError(messages.unknownPackage(name, [...packages.keys()]), directive);
  const guard = `__?USE_${name.toUpperCase()}?__`;
  const { file, line } = directive.position;
  const texts = [`%define ${guard}`, `%define __USE_${name.toUpperCase()}__`, ...lines()];
  return texts.map(text => new SourceLine(file, text, line, undefined));
}
