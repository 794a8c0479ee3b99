// The ledger of exits as a table of text, for `run --stats`.
import { columnsOf, padded } from '../base/columns';
import { t, translated } from '../base/localization';
import { perExitText } from '../debug/scopes/exitScope';
import type { ExitLedger, ExitRow } from '../monitor/exitLedger';

export function exitTable({ rows, total, instructions }: ExitLedger): string {
  const row = ({ reason, count, instructionsPerExit }: ExitRow): readonly string[] => [
    translated(reason),
    String(count),
    count === 0 ? '-' : perExitText(instructionsPerExit),
  ];
  const lines = [
    [t`exits`, t`count`, t`guest instructions for each`],
    ...rows.map(row),
    row({ ...total, reason: t`all` }),
    [t`guest instructions`, String(instructions), ''],
  ];
  const widths = [0, 1, 2].map(column => Math.max(...lines.map(line => columnsOf(line[column]))));
  const right = (text: string, columns: number): string => ' '.repeat(columns - columnsOf(text)) + text;
  return lines
    .map(([name, ...numbers]) =>
      [padded(name, widths[0]), ...numbers.map((number, index) => right(number, widths[index + 1]))]
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
