// The lexer of the debugger's expressions: names, numbers and character constants as the assembler reads them, operators.

import { characterConstant, parseInteger, stringBytes } from '../../asm/literals';
import { t } from '../../base/localization';
import { errors } from '../userError';

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly column: number }
  | { readonly kind: 'name'; readonly text: string; readonly column: number }
  | { readonly kind: 'operator'; readonly text: string; readonly column: number }
  | { readonly kind: 'end'; readonly column: number };

const operators = [
  ...['<<', '>>', '<=', '>=', '==', '!=', '&&', '||'],
  ...['+', '-', '*', '/', '%', '&', '|', '^', '~', '!', '<', '>', '(', ')', '[', ']', ':', '=', ','],
];

/** `$name` is the label of that name even if it is spelt like a register, as in NASM. */
const namePattern = /^\$?[a-z_.?@][\w.$#@~?]*/i;
const numberPattern = /^(\$?\d[\w]*)/;
const characterPattern = /^'([^']{1,4})'/;

/** The value of a numeral, or undefined if it is none. */
export function parseNumber(text: string): number | undefined {
  const value = parseInteger(text);
  return value === undefined ? undefined : Number(value);
}

/** The tokens of `text`, ending with `end`. @throws UserError */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let column = 0;
  while (column < text.length) {
    const rest = text.slice(column);
    const space = /^\s+/.exec(rest)?.[0].length ?? 0;
    if (space > 0) column += space;
    else {
      const [token, length] = next(text, rest, column);
      found.push(token);
      column += length;
    }
  }
  found.push({ kind: 'end', column });
  return found;
}

function next(text: string, rest: string, column: number): [Token, number] {
  const numeral = numberPattern.exec(rest)?.[0];
  if (numeral !== undefined) return [number(text, numeral, column), numeral.length];
  const name = namePattern.exec(rest)?.[0];
  if (name !== undefined) return [{ kind: 'name', text: name, column }, name.length];
  if (rest.startsWith('$')) return [{ kind: 'name', text: '$', column }, 1];
  const characters = characterPattern.exec(rest);
  if (characters) return [{ kind: 'number', value: characterValue(characters[1] ?? ''), column }, characters[0].length];
  const operator = operators.find(candidate => rest.startsWith(candidate));
  if (operator === undefined) throw errors.expression(text, column, t`"${rest.charAt(0)}" has no meaning`);
  return [{ kind: 'operator', text: operator, column }, operator.length];
}

function number(text: string, numeral: string, column: number): Token {
  const value = parseNumber(numeral);
  if (value === undefined || value > Number.MAX_SAFE_INTEGER) {
    throw errors.expression(text, column, t`"${numeral}" is not a number`);
  }
  return { kind: 'number', value, column };
}

/** Four bytes at most. */
const characterValue = (characters: string): number =>
  Number(characterConstant(stringBytes(characters, "'").subarray(0, 4)));
