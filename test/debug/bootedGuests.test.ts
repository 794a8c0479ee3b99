// Guests as people bring them: each in its own source in `guests`, started as F5 and `run` do it.
import assert from 'node:assert/strict';
import { techniqueNames } from '../../src/monitor/system';
import { runBooted } from './bootedGuest';

interface Expected {
  readonly serial?: string;
  readonly exitCode?: number;
  readonly ending?: RegExp;
}

const guests: Readonly<Record<string, Expected>> = {
  'x87.asm': { serial: '', exitCode: 4, ending: /#NM .* raised by fld .*no x87 unit/ },
  'arpl-read-only.asm': { serial: 'N\n' },
};

for (const technique of techniqueNames)
  describe(`guests under ${technique}`, () => {
    for (const [program, expected] of Object.entries(guests))
      it(program, async () => {
        const { serial, exitCode, ending } = await runBooted(program, { technique });
        assert.deepEqual([serial, exitCode], [expected.serial ?? '', expected.exitCode ?? 0]);
        if (expected.ending) assert.match(ending, expected.ending);
      });
  });

describe('guests in real mode', () => {
  it('write to low memory without a trap', async () => {
    const { debuggee } = await runBooted('low-writes.asm', { technique: 'trapAndEmulate' });
    const exits = [...debuggee.system.exits.values()].reduce((sum, count) => sum + count, 0);
    assert.ok(exits < 100, `${exits} exits for 4000 writes`);
  });
});
