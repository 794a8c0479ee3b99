// The commands of the Debug Console. What is none of them is an expression.

import { marked, t, translated } from '../../base/localization';
import type { Debuggee } from '../debuggee';
import type { ExpressionContext } from '../expressions/evaluate';
import type { ConsoleCommand } from './command';
import { examineCommand } from './examineCommand';
import { eventsCommand } from './eventsCommand';
import { infoCommand, walkCommand } from './infoCommands';
import { whyCommand } from './whyCommand';

const help: ConsoleCommand = {
  name: 'help',
  usage: 'help',
  purpose: marked`what can be typed here`,
  run: () => [
    ...commands.map(({ usage, purpose }) => `${usage.padEnd(usageWidth)}  ${translated(purpose)}`),
    t`Anything else is an expression, such as eax + 4 * ecx, dword [ebp-8], byte [es:edi], cr0.pe, hw.eflags, or eax = 5.`,
  ],
};

export const commands: readonly ConsoleCommand[] = [
  examineCommand,
  infoCommand,
  walkCommand,
  whyCommand,
  eventsCommand,
  help,
];
const usageWidth = Math.max(...commands.map(({ usage }) => usage.length));

/** The lines that a command answers; undefined if `typed` is none. */
export function runCommand(
  typed: string,
  debuggee: Debuggee,
  context: ExpressionContext,
): readonly string[] | undefined {
  const [, word = '', argument = ''] = /^\s*([a-z]+)((?:\/|\s).*)?$/is.exec(typed) ?? [];
  const command = commands.find(({ name }) => name === word.toLowerCase());
  // a label of that name comes first, and what is reckoned with it
  const isReckoning = /^\s*($|[-+*=<>!&|^%?:])/.test(argument);
  if (!command || (isReckoning && debuggee.symbols.valueOf(word) !== undefined)) return undefined;
  return command.run(argument, debuggee, context);
}
