// Every captured case of the real 80286 runs on our processor in real mode and must end with the same registers, memory,
// defined flags and exceptions, but for what `laterProcessors.ts` explains, as often as it says.
import assert from 'node:assert/strict';
import { formNames, missing, readForm } from './cases';
import { type LaterDifference, laterDifferences } from './laterProcessors';
import { CaseRunner } from './runCase';
import { noteInSummary, skipBecause } from '../../summary';

describe('captured 80286 cases', function () {
  const reason = missing;
  if (reason !== undefined) {
    it('are not here', function () {
      skipBecause(this, reason);
    });
    return;
  }
  const seen = new Map<LaterDifference, number>();
  let ran = 0;

  for (const name of formNames())
    it(name, () => {
      const form = readForm(name);
      const runner = new CaseRunner();
      for (const captured of form.cases) {
        const found = runner.differences(captured, form);
        ran++;
        if (found.length === 0) continue;
        const explanation = laterDifferences.find(
          row => row.applies(captured, form) && found.every(line => row.outcome.test(line)),
        );
        assert.ok(explanation, `#${captured.idx} ${captured.name}: ${found.join('; ')}`);
        seen.set(explanation, (seen.get(explanation) ?? 0) + 1);
      }
    });

  it('differ on a later processor as often as the table says', function () {
    noteInSummary(this, `captured 80286: ${ran} cases compared`);
    const counts = laterDifferences.map(row => [row.reason, seen.get(row) ?? 0]);
    assert.deepEqual(
      counts,
      laterDifferences.map(({ reason, cases }) => [reason, cases]),
    );
  });
});
