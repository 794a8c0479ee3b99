// A guest that has halted until there is input: its run waits where somebody can give any, and repeats exactly.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { guestPhysical } from '../../src/base/address';
import { never } from '../../src/debug/goals';
import { techniqueNames, type TechniqueName } from '../../src/monitor/system';
import { guestFrom, type TestGuest } from './guest';

const sleeper = fs.readFileSync('test/debug/guests/sleeper.asm', 'utf8');
const hCode = 0x48;

const asleep = (technique: TechniqueName): Promise<TestGuest> =>
  guestFrom(sleeper, { technique, defines: ['MASK=0xed'] });

/** Waits through so many pauses before the key comes; gives where it came, and the time at the end. */
async function wokenAfter(pauses: number, technique: TechniqueName): Promise<unknown> {
  const guest = await asleep(technique);
  const { engine, system } = guest;
  let left = pauses;
  engine.host.waitsForInput = () => {
    if (left-- > 0) setImmediate(() => engine.pause());
    else setImmediate(() => system.running.door.accept({ kind: 'keys', codes: [hCode] }));
  };
  for (let paused = 0; paused < pauses; paused++) assert.deepEqual(await engine.run(never), { kind: 'pause' });
  assert.deepEqual(await engine.run(never), { kind: 'ended', ending: { kind: 'exit', code: 1 } });
  guest.dispose();
  return { inputs: system.running.door.log.inputs, end: system.running.position };
}

for (const technique of techniqueNames)
  describe(`a guest that sleeps until there is input, under ${technique}`, () => {
    it('has ended where nobody can give it any', async () => {
      const guest = await asleep(technique);
      const ending = { kind: 'halted', interruptsOn: true, inFirmware: false };
      assert.deepEqual(await guest.engine.run(never), { kind: 'ended', ending });
      guest.dispose();
    });

    it('makes the same run however long it has waited', async () => {
      assert.deepEqual(await wokenAfter(3, technique), await wokenAfter(0, technique));
    });

    it('takes no more steps than it is allowed while it waits', async () => {
      const guest = await asleep(technique);
      guest.engine.host.waitsForInput = () =>
        void setImmediate(() =>
          guest.system.running.door.accept({ kind: 'memory', address: guestPhysical(0), bytes: Uint8Array.of(0) }),
        );
      assert.deepEqual(await guest.engine.run(never, { mostSteps: 1000 }), { kind: 'limit' });
      guest.engine.host.waitsForInput = () => assert.fail('it has input');
      guest.system.running.door.accept({ kind: 'keys', codes: [hCode] });
      assert.equal((await guest.engine.run(never)).kind, 'ended');
      guest.dispose();
    });
  });
