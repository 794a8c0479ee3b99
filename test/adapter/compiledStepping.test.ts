// Kernels of C and GNU assembly in a session: steps by source line, breakpoints, and function names, as gdb has them.
import assert from 'node:assert/strict';
import path from 'node:path';
import { compile, cSource, hasCompiler, sampleProgram, source } from '../symbols/dwarf/compiled';
import { type Debugged, withAdapter } from './adapterProcess';

const lineOf = (text: string): number => cSource.slice(0, cSource.indexOf(text)).split('\n').length;
const at = (guest: Debugged) => guest.place().then(({ name, line }) => `${name.replace(/\+.*/, '')}:${line}`);
const here = (name: string, text: string) => `${name}:${lineOf(text)}`;

describe('stepping compiled code', function () {
  this.slow(4000);
  before(function () {
    if (!hasCompiler) this.skip();
  });

  const launched = async (guest: Debugged, options: readonly string[], lines: readonly string[]): Promise<void> => {
    const program = sampleProgram('-g', ...options);
    await guest.launch({ program, technique: 'none' });
    const file = path.join(path.dirname(program), 'main.c');
    const breakpoints = lines.map(text => ({ line: lineOf(text) }));
    const { body } = await guest.client.setBreakpointsRequest({ source: { path: file }, breakpoints });
    assert.deepEqual(
      body.breakpoints.map(({ verified, line }) => [verified, line]),
      breakpoints.map(({ line }) => [true, line]),
    );
    await guest.begin();
  };

  for (const options of [['-O0'], ['-O0', '-gdwarf-4'], ['-O0', '-gdwarf-2']]) {
    it(`goes line by line with ${options.join(' ')}`, () =>
      withAdapter(async guest => {
        await launched(guest, options, ['table[1] = 2']);
        const seen = [await at(guest)];
        for (let step = 0; step < 4; step++) {
          await guest.next();
          seen.push(await at(guest));
        }
        assert.deepEqual(seen, [
          here('run', 'table[1] = 2'),
          here('run', 'int r = sum(5)'),
          here('run', 'if (r > 3)'),
          here('run', 'r += choose(r & 3)'),
          here('run', 'note(r);'),
        ]);
      }));
  }

  it('steps into a function, over a loop of one line, and out', () =>
    withAdapter(async guest => {
      await launched(guest, ['-O0'], ['int r = sum(5)', 'while (seen < kind) seen++']);
      await guest.stepIn();
      assert.equal(await at(guest), here('sum', '__attribute__((noinline)) int sum'));
      await guest.next();
      await guest.next();
      assert.equal(await at(guest), here('sum', 'for (int i = 0'));
      const frames = (await guest.stack()).map(({ name, line }) => `${name.replace(/\+.*/, '')}:${line}`);
      assert.deepEqual(frames.slice(0, 2), [here('sum', 'for (int i = 0'), here('run', 'int r = sum(5)')]);
      await guest.stepOut();
      assert.equal(await at(guest), here('run', 'int r = sum(5)'), 'back in the middle of the line');
      await guest.next();
      assert.equal(await at(guest), here('run', 'if (r > 3)'));
      await guest.goOn();
      assert.equal(await at(guest), here('choose', 'while (seen < kind)'));
      await guest.next();
      assert.equal(await at(guest), here('choose', 'return seen;'), 'a line that goes round is one step');
    }));

  it('stops in optimized code at each round of a loop, and at a function of its own', () =>
    withAdapter(async guest => {
      await launched(guest, ['-O2'], ['s += square(i)', 'seen = value']);
      const seen: (string | undefined)[] = [];
      for (let stop = 0; stop < 6; stop++) {
        if (stop > 0) await guest.goOn();
        seen.push((await guest.stack())[0].name);
      }
      const [loop] = seen;
      assert.match(loop ?? '', /^sum\+/);
      assert.deepEqual(seen, [...new Array<string | undefined>(5).fill(loop), 'note']);
    }));

  it('steps through GNU assembly line by line', () =>
    withAdapter(async guest => {
      const program = sampleProgram('-g', '-O2');
      await guest.launch({ program, technique: 'none', stopOnEntry: true });
      await guest.begin();
      const seen = [];
      for (let step = 0; step < 6; step++) {
        if (step > 0) await guest.next();
        const { name, line, source } = await guest.place();
        seen.push([name, line, source]);
      }
      assert.deepEqual(
        seen.map(([, line, source]) => [line, source]),
        [9, 10, 11, 12, 13, 14].map(line => [line, 'start.S']),
      );
      assert.equal(seen[0][0], '_start');
    }));

  /** The second function's frame lies over what the first one has left behind: return addresses of calls long past. */
  const stale = `int deep(int n) {
  volatile char room[40];
  room[n & 31] = 1;
  return n > 0 ? deep(n - 1) + room[0] : 0;
}
int shallow(int n) {
  volatile int room[100];
  room[n] = n;
  return room[n] + 1;
}
void _start(void) {
  volatile int result = deep(9);
  result = shallow(3);
  result = 5;
  for (;;) result++;
}
`;
  for (const options of [['-O0'], ['-O1', '-fno-inline']]) {
    it(`is not misled by calls long past, with ${options.join(' ')}`, () =>
      withAdapter(async guest => {
        const file = source('stale.c', stale);
        await guest.launch({ program: compile([file], ['-g', ...options]), technique: 'none' });
        await guest.client.setBreakpointsRequest({ source: { path: file }, breakpoints: [{ line: 9 }] });
        await guest.begin();
        const names = (await guest.stack()).map(({ name }) => name.replace(/\+.*/, ''));
        assert.deepEqual(names, ['shallow', '_start']);
        await guest.stepOut();
        assert.equal((await guest.place()).line, 13);
        await guest.next();
        assert.equal((await guest.place()).line, 14);
      }));
  }

  it('takes functions as breakpoints, under a monitor too', () =>
    withAdapter(async guest => {
      const program = sampleProgram('-g', '-O0');
      await guest.launch({ program, technique: 'trapAndEmulate' });
      const { body } = await guest.client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'choose' }] });
      assert.equal(body.breakpoints[0].verified, true);
      assert.equal(body.breakpoints[0].line, lineOf('__attribute__((noinline)) int choose'));
      await guest.begin();
      assert.equal((await guest.place()).name, 'choose');
    }));
});
