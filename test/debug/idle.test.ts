// A guest that waits for its timer, where time passes as on a real machine: how long, what ends the wait, and that its run is the same.
import assert from 'node:assert/strict';
import { never } from '../../src/debug/goals';
import { ticksPerSecond } from '../../src/devices/virtualTime';
import { techniqueNames } from '../../src/monitor/system';
import { guestFrom, type TestGuest } from './guest';

/** Waits for ten ticks of the BIOS's clock, which come 18.2 times in a second. */
const waits = 'bits 16\norg 0x7c00\n sti\n mov cx, 10\nwait: hlt\n loop wait\n mov al, 0\n out 0xf4, al\n';
const secondsOfWaits = 10 / 18.2;

describe('idle time', () => {
  for (const technique of techniqueNames) {
    const start = (): Promise<TestGuest> => guestFrom(waits, { technique, boot: 'bootSector' });

    /** The waits that the host has been asked for, in ticks; each takes a turn of the event loop. */
    function waitsOf(guest: TestGuest): number[] {
      const asked: number[] = [];
      guest.engine.host.idle = ticks => {
        asked.push(ticks);
        return new Promise(resolve => setImmediate(resolve));
      };
      return asked;
    }

    it(`is waited for in pieces of a tick, under ${technique}`, async () => {
      const guest = await start();
      const asked = waitsOf(guest);
      await guest.engine.run(never);
      const seconds = asked.reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond;
      assert.ok(asked.length >= 9 && Math.abs(seconds - secondsOfWaits) < 0.06, `${asked.length} waits, ${seconds} s`);
      guest.dispose();
    });

    it(`makes no other run of it, under ${technique}`, async () => {
      const [waited, skipped, unpaced] = [await start(), await start(), await start()];
      waitsOf(waited);
      skipped.engine.skipsIdleTime = true;
      const asked = waitsOf(skipped);
      for (const guest of [waited, skipped, unpaced]) await guest.engine.run(never);
      assert.deepEqual(asked, []);
      assert.deepEqual(waited.system.running.position, unpaced.system.running.position);
      assert.deepEqual(skipped.system.running.position, unpaced.system.running.position);
      for (const guest of [waited, skipped, unpaced]) guest.dispose();
    });

    it(`is cut short by a pause and by input, under ${technique}`, async () => {
      const guest = await start();
      const { engine, system } = guest;
      let asked = 0;
      engine.host.idle = () => {
        if (asked++ === 0) setImmediate(() => system.running.door.accept({ kind: 'keys', codes: [0x1e] }));
        else setImmediate(() => engine.pause());
        return new Promise(() => {}); // for ever
      };
      assert.deepEqual(await engine.run(never), { kind: 'pause' });
      assert.equal(asked, 2);
      guest.dispose();
    });
  }
});
