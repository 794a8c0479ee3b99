// What a terminal sends for a key (xterm control sequences, "PC-Style Function Keys"), as a PC's keyboard would: pressed and released.
import { chord, typed } from '../../shared/scanCodes';

const escape = '\x1b';

/** After ESC and [ or O. */
const sequences: Readonly<Record<string, string>> = {
  A: 'ArrowUp',
  B: 'ArrowDown',
  C: 'ArrowRight',
  D: 'ArrowLeft',
  F: 'End',
  H: 'Home',
  P: 'F1',
  Q: 'F2',
  R: 'F3',
  S: 'F4',
};

/** The number of `ESC [ number ~`. */
const numbered: Readonly<Record<string, string>> = {
  1: 'Home',
  2: 'Insert',
  3: 'Delete',
  4: 'End',
  5: 'PageUp',
  6: 'PageDown',
  11: 'F1',
  12: 'F2',
  13: 'F3',
  14: 'F4',
  15: 'F5',
  17: 'F6',
  18: 'F7',
  19: 'F8',
  20: 'F9',
  21: 'F10',
  23: 'F11',
  24: 'F12',
};

/** The bits of a sequence's modifier, less 1. */
const modifiers: readonly (readonly [bit: number, key: string])[] = [
  [1, 'ShiftLeft'],
  [2, 'AltLeft'],
  [4, 'ControlLeft'],
];

const sequence = new RegExp(`^${escape}(?:\\[(\\d*)(?:;(\\d+))?([A-Z~])|O([A-Z]))`);

/** Of all that came at once. An ESC that begins nothing is the key; before a character it is Alt. */
export function scanCodesOf(input: string): number[] {
  const codes: number[] = [];
  for (let rest = input; rest !== '';) {
    const found = sequence.exec(rest);
    const taken = found ? found[0].length : characterLength(rest);
    codes.push(...(found ? keyOfSequence(found) : keysOf(rest.slice(0, taken))));
    rest = rest.slice(taken);
  }
  return codes;
}

/** In UTF-16, with an ESC before it. */
function characterLength(text: string): number {
  const [first, second] = text;
  return first === escape && second !== undefined && second !== escape ? 1 + second.length : first.length;
}

function keyOfSequence([, number, modifier, final, single]: readonly (string | undefined)[]): number[] {
  const key = final === '~' ? numbered[number ?? ''] : sequences[final ?? single ?? ''];
  if (key === undefined) return [];
  const held = Number(modifier ?? 1) - 1;
  return chord(...modifiers.filter(([bit]) => held & bit).map(([, name]) => name), key);
}

function keysOf(text: string): number[] {
  if (text === escape) return chord('Escape');
  const character = text.startsWith(escape) ? text.slice(1) : text;
  const codes = codesOf(character);
  if (character === text) return codes;
  const [pressed, released] = [chord('AltLeft').slice(0, 1), chord('AltLeft').slice(1)];
  return [...pressed, ...codes, ...released];
}

function codesOf(character: string): number[] {
  const code = character.charCodeAt(0);
  if (character === '\x7f') return chord('Backspace');
  if (character === '\x00') return chord('ControlLeft', 'Space');
  const isControl = code < 0x1b && !'\t\r\n'.includes(character);
  if (isControl) return chord('ControlLeft', `Key${String.fromCharCode(code + 0x40)}`);
  return [...typed(character).codes];
}
