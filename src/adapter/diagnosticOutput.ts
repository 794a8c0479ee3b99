// The assembler's messages in the Debug Console, each with the place that a click leads to.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { fileName } from '../debug/paths';
import { diagnosticText } from '../debug/assembledSource';
import type { Diagnostic } from '../asm/assemble';
import type { Client } from './client';

export function diagnosticOutput(
  diagnostics: readonly Diagnostic[],
  paths: ReadonlyMap<string, string>,
  client: Client,
): DebugProtocol.OutputEvent['body'][] {
  return diagnostics.map(diagnostic => {
    const { file, line, column } = diagnostic.position;
    const path = paths.get(file);
    return {
      category: diagnostic.severity === 'error' ? 'stderr' : 'console',
      output: `${diagnosticText(diagnostic)}\n`,
      ...(path === undefined ? {} : { source: { name: fileName(path), path } }),
      line: client.lineOut(line),
      column: client.columnOut(column),
    };
  });
}
