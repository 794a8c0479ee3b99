// How often the guest has lost control, by reason: the same columns under every technique.

import { t, translated } from '../../base/localization';
import type { ExitRow } from '../../monitor/exitLedger';
import type { Guest } from '../../monitor/guest';
import type { VariableNode } from './node';

export function exitNodes({ ledger: { rows, total, instructions } }: Guest): VariableNode[] {
  const all = { name: t`guest instructions`, value: String(instructions) };
  if (rows.length === 0) return [{ name: t`exits`, value: t`none so far` }, all];
  return [...rows.map(row => exitNode(translated(row.reason), row)), exitNode(t`all`, total), all];
}

const exitNode = (name: string, { count, instructionsPerExit }: ExitRow): VariableNode => ({
  name,
  value: t`${count}, one for ${perExitText(instructionsPerExit)} guest instructions`,
  children: () => [
    { name: t`count`, value: String(count) },
    { name: t`guest instructions for each`, value: perExitText(instructionsPerExit) },
  ],
});

export const perExitText = (instructions: number): string => instructions.toFixed(1);
