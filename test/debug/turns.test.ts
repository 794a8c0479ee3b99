// How long a guest keeps its host waiting: whatever it asks of the machine, its turns are short. The bounds are far above what
// a turn takes.
import assert from 'node:assert/strict';
import { Debuggee } from '../../src/debug/debuggee';
import { never } from '../../src/debug/goals';
import { parseLaunchOptions } from '../../src/debug/launch';
import { Breakpoints } from '../../src/debug/breakpoints';
import { guestFrom } from './guest';
import { techniqueNames } from '../../src/monitor/system';

const resetting = 'bits 32\norg 0x100000\nstart:  mov al, 0xfe\n out 0x64, al\n jmp $\n';

/** Runs `text` for so many turns, and gives the longest of them in milliseconds. */
async function longestTurn(text: string, technique: string, turns: number): Promise<number> {
  const options = parseLaunchOptions({ program: 'a.asm', technique, memoryMb: 1024 }, undefined);
  const ends: number[] = [];
  const host = {
    serialOutput: () => {},
    debugOutput: () => {},
    log: () => {},
    turnIsOver: () => true,
    async yieldTurn() {
      if (ends.push(performance.now()) === turns) guest.engine.pause();
    },
  };
  const files = { read: async () => new TextEncoder().encode(text) };
  const guest = await Debuggee.launch(options, files, host, new Breakpoints());
  await guest.engine.run(never);
  guest.dispose();
  return Math.max(...ends.slice(1).map((end, index) => end - ends[index]));
}

/** Instructions in each of an endless loop's turns; `isOver` is asked, with the turn's number, after each run of the system. */
async function turnLengths(
  turns: number,
  isOver: (turn: number, asked: number) => boolean,
): Promise<readonly number[]> {
  const guest = await guestFrom('bits 32\norg 0x100000\nstart: jmp start\n');
  const { host, system } = guest.engine;
  const ends: number[] = [];
  let asked = 0;
  host.turnIsOver = () => isOver(ends.length, ++asked);
  host.yieldTurn = async () => {
    asked = 0;
    if (ends.push(system.running.now) > turns) guest.engine.pause();
  };
  await guest.engine.run(never);
  guest.dispose();
  return ends.slice(1).map((end, index) => end - ends[index]);
}

describe('turns', function () {
  it('do not grow where one run takes all of a turn', async () => {
    const lengths = await turnLengths(50, () => true);
    assert.ok(Math.max(...lengths) < 1100, String(lengths));
  });

  it('grow where many runs fit into a turn, and shrink when they do not any more', async () => {
    const lengths = await turnLengths(20, (turn, asked) => turn > 5 || asked === 40);
    assert.ok(Math.max(...lengths.slice(0, 5)) > 1_000_000, String(lengths));
    assert.ok(lengths[19] < 1100, String(lengths));
  });

  this.slow(10_000);
  for (const technique of techniqueNames) {
    it(`are short while a guest of 1 GiB resets the machine again and again under ${technique}`, async () => {
      // when each reset looked at all of memory, and 64 made a turn, this was 19 seconds
      const longest = await longestTurn(resetting, technique, 200);
      assert.ok(longest < 1000, `${longest} ms`);
    });
  }
});
