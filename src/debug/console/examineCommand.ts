// `x/16xb ADDRESS`: memory as gdb's command shows it. A count, a format (x d u c s i) and a size (b h w), in any order.

import { hex } from '../../base/hex';
import { marked, t } from '../../base/localization';
import type { Debuggee } from '../debuggee';
import { evaluate } from '../expressions/evaluate';
import { parse } from '../expressions/parse';
import { errors, type UserError } from '../userError';
import type { ConsoleCommand } from './command';
import { characterOf, numberAt, stringText } from './dataText';

interface Format {
  readonly count: number;
  readonly letter: string;
  readonly size: 1 | 2 | 4;
}

const sizes: ReadonlyMap<string, 1 | 2 | 4> = new Map([
  ['b', 1],
  ['h', 2],
  ['w', 4],
]);
const mostUnits = 1024;
const longestString = 200;
const bytesInLine = 16;
const usage = 'x[/COUNT FORMAT SIZE] ADDRESS';

export const examineCommand: ConsoleCommand = {
  name: 'x',
  usage,
  purpose: marked`memory, as in gdb: x/16xb ADDRESS; formats x d u c, s strings, i instructions; sizes b h w`,
  run(argument, debuggee, context) {
    const [, letters = '', address = ''] = /^(?:\/\s*(\w*))?\s+(\S.*)$/s.exec(argument) ?? [];
    const format = formatOf(letters);
    if (address === '' || !format) throw errors.commandUsage(usage);
    return examine(format, evaluate(parse(address), context).value >>> 0, debuggee);
  },
};

function formatOf(letters: string): Format | undefined {
  const [, digits = ''] = /^(\d*)/.exec(letters) ?? [];
  const rest = letters.slice(digits.length).toLowerCase();
  const [letter, ...others] = [...rest].filter(each => 'xducsi'.includes(each));
  const [size, ...otherSizes] = [...rest].filter(each => sizes.has(each));
  const count = digits === '' ? 1 : Number(digits);
  const isUnderstood = [...rest].every(each => 'xducsibhw'.includes(each));
  if (!isUnderstood || others.length + otherSizes.length > 0 || count < 1 || count > mostUnits) return undefined;
  return { count, letter: letter ?? 'x', size: sizes.get(size ?? '') ?? (letter === 'c' ? 1 : 4) };
}

function examine(format: Format, address: number, debuggee: Debuggee): readonly string[] {
  switch (format.letter) {
    case 's':
      return strings(format.count, address, debuggee);
    case 'i':
      return instructions(format.count, address, debuggee);
    default:
      return numbers(format, address, debuggee);
  }
}

function strings(count: number, address: number, debuggee: Debuggee): readonly string[] {
  const lines: string[] = [];
  for (let next = address; lines.length < count;) {
    const bytes = bytesAt(next, longestString, debuggee, lines.length > 0 ? 0 : 1);
    if (bytes.length === 0) break;
    const end = bytes.indexOf(0);
    const text = end < 0 ? bytes : bytes.subarray(0, end);
    lines.push(`${debuggee.explainer.placeAt(next)}: ${stringText(text)}${end < 0 ? '…' : ''}`);
    next += text.length + (end < 0 ? 0 : 1);
  }
  return lines;
}

function instructions(count: number, address: number, debuggee: Debuggee): readonly string[] {
  const { codeIs32Bit } = debuggee.system.running.level.believed();
  const lines: string[] = [];
  for (let next = address; lines.length < count;) {
    const instruction = debuggee.text.at(next, codeIs32Bit ? 32 : 16);
    if (!instruction && lines.length > 0) break;
    if (!instruction) throw unreadable(next);
    lines.push(`${debuggee.explainer.placeAt(next)}: ${instruction.text}`);
    next += Math.max(1, instruction.length);
  }
  return lines;
}

function numbers({ count, letter, size }: Format, address: number, debuggee: Debuggee): readonly string[] {
  const bytes = bytesAt(address, count * size, debuggee, size);
  const perLine = bytesInLine / size;
  const lines: string[] = [];
  for (let first = 0; first < count && first * size < bytes.length; first += perLine) {
    const inLine = Math.min(perLine, count - first, Math.floor(bytes.length / size) - first);
    const units = Array.from({ length: inLine }, (_, index) =>
      unitText(numberAt(bytes, (first + index) * size, size), letter, size),
    );
    lines.push(`${debuggee.explainer.placeAt(address + first * size)}: ${units.join('  ')}`);
  }
  return lines;
}

function unitText(value: number, letter: string, size: number): string {
  const signed = value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value;
  switch (letter) {
    case 'd':
      return String(signed);
    case 'u':
      return String(value);
    case 'c':
      return `${signed} '${characterOf(value & 0xff)}'`;
    default:
      return hex(value, size * 2);
  }
}

/** Those before the first hole, `least` or more. @throws UserError */
function bytesAt(address: number, length: number, { memory }: Debuggee, least: number): Uint8Array {
  const { bytes } = memory.readBytes({ space: 'gva', address: address >>> 0 }, length);
  if (bytes.length < least) throw unreadable(address);
  return bytes;
}

const unreadable = (address: number): UserError => errors.unreadable(hex(address >>> 0, 8), t`nothing is mapped there`);
