// The walk through the first sample under each technique, as a transcript that is kept. `UPDATE_GOLDEN=1` writes it anew.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { withAdapter } from './adapterProcess';
import { Transcript } from './transcript';

const program = path.resolve('media/samples/first-trap/first-trap.asm');
const source = { path: program, name: 'first-trap.asm' };
const lineOf = (file: string, text: RegExp): number =>
  fs
    .readFileSync(path.join(path.dirname(program), file), 'utf8')
    .split('\n')
    .findIndex(line => text.test(line)) + 1;

describe('walk of the first sample', function () {
  this.slow(10_000);

  for (const technique of ['none', 'trapAndEmulate']) {
    it(`is what it was, under ${technique}`, () =>
      withAdapter(async guest => {
        const transcript = new Transcript(guest);
        transcript.note(`launch under ${technique}, breakpoints in kernel and program`);
        await guest.launch({ program, technique });
        const kernelEntry = lineOf('first-trap.asm', /^ +lgdt/);
        await transcript.ask('setBreakpoints', { source, breakpoints: [{ line: kernelEntry }] });
        await transcript.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'user_write_file' }] });
        await transcript.goOn('configurationDone', {});

        transcript.note('the first privileged instruction: into the monitor, if there is one, and out');
        for (let step = 0; step < 2; step++) await transcript.goOn('stepIn');
        if (technique !== 'none') {
          const throughIt = ['next', 'stepIn', 'stepOut', 'stepOut'];
          for (const command of throughIt) await transcript.goOn(command);
          await transcript.ask('evaluate', { expression: 'cpl == 0 && hw.cpl == 1', context: 'watch' });
        }

        transcript.note('the program asks for a file: into the kernel, and back');
        await transcript.goOn('continue');
        await transcript.goOn('next');
        await transcript.goOn('stepIn', { threadId: 1, targetId: 2 });
        await transcript.ask('evaluate', { expression: 'cpl', context: 'watch' });
        await transcript.goOn('stepOut');
        await transcript.ask('evaluate', { expression: 'cpl', context: 'watch' });

        transcript.note('a page fault on the way');
        await transcript.ask('setExceptionBreakpoints', {
          filters: [],
          filterOptions: [{ filterId: 'exception', condition: 'vector == 14' }],
        });
        await transcript.goOn('continue');
        await transcript.ask('exceptionInfo', { threadId: 1 });

        transcript.note('to the end');
        await transcript.ask('setExceptionBreakpoints', { filters: [] });
        await transcript.end('continue');
        compare(`first-trap.${technique}.txt`, transcript.text);
      }));
  }
});

function compare(name: string, text: string): void {
  const file = path.resolve('test/adapter/golden', name);
  if (process.env.UPDATE_GOLDEN) fs.writeFileSync(file, text);
  assert.equal(text, fs.readFileSync(file, 'utf8'));
}
