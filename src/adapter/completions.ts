// Completions in the Debug Console: names of registers, labels and what else an expression may name.
import type { DebugProtocol } from '@vscode/debugprotocol';

const mostCompletions = 200;
const longestName = 256;

/** `column` is that of the cursor, from 1. */
export function completionsFor(text: string, column: number, names: readonly string[]): DebugProtocol.CompletionItem[] {
  const written =
    /[\w.$?@]*$/.exec(text.slice(Math.max(0, column - 1 - longestName), Math.max(0, column - 1)))?.[0] ?? '';
  const begin = written.toLowerCase();
  return names
    .filter(name => name.toLowerCase().startsWith(begin))
    .slice(0, mostCompletions)
    .map(name => ({
      label: name,
      start: column - 1 - written.length,
      length: written.length,
      type: 'variable' as const,
    }));
}
