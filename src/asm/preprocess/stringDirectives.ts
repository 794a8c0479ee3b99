// %strlen, %strcat, %substr, %defstr, %deftok: directives that make a single-line macro out of strings
// (NASM manual §4.1.10–4.2.3). Each is given its operands and returns the body of the macro.
import { t } from '../../base/localization';
import { AssemblyError } from '../diagnostics';
import { isOperator, type Token, tokenize } from '../lexer';
import { messages } from '../messages';
import { boundedText, numberToken, plainText, relocated, splitAtCommas, stringToken } from './tokens';

/** Evaluates an operand that must be a number. */
export type NumberOf = (tokens: readonly Token[], directive: Token) => bigint;

type StringDirective = (operands: readonly Token[], directive: Token, numberOf: NumberOf) => Token[];

function text(token: Token | undefined, directive: Token): string {
  if (token?.kind !== 'string')
    throw new AssemblyError(messages.needsOperand(directive.text, t`a string`), token ?? directive);
  return plainText(token);
}

const concatenate: StringDirective = (operands, directive) => {
  const parts = operands.filter(token => !isOperator(token, ','));
  boundedText(parts, directive);
  return [stringToken(parts.map(token => text(token, directive)).join(''), directive)];
};

/** `%substr name "text" first[,count]`: positions from 1; a negative count counts back from the end. */
const substring: StringDirective = (operands, directive, numberOf) => {
  const whole = text(operands[0], directive);
  const rest = isOperator(operands[1], ',') ? operands.slice(2) : operands.slice(1);
  const [first, count] = splitAtCommas(rest, '({').map(part => Number(numberOf(part, directive)));
  if (first === undefined)
    throw new AssemblyError(messages.needsOperand(directive.text, t`a start position`), directive);
  const start = Math.max(first - 1, 0);
  const end = count === undefined ? start + 1 : count < 0 ? whole.length + count + 1 : start + count;
  return [stringToken(whole.slice(start, end), directive)];
};

export const stringDirectives: ReadonlyMap<string, StringDirective> = new Map<string, StringDirective>([
  [
    'strlen',
    (operands, directive) =>
      numberToken(BigInt(new TextEncoder().encode(text(operands[0], directive)).length), directive),
  ],
  ['strcat', concatenate],
  ['substr', substring],
  ['defstr', (operands, directive) => [stringToken(boundedText(operands, directive), directive)]],
  [
    'deftok',
    (operands, directive) => relocated(tokenize(text(operands[0], directive), directive.position), directive, false),
  ],
]);
