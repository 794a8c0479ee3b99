// Under the pseudo-locale nothing that the command line says is bare English: its own words, what it says of wrong ones, and
// guests that run, trap, fail and are refused.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parseCommandLine } from '../../src/cli/commandLine';
import { usage } from '../../src/cli/usage';
import { bootNames } from '../../src/debug/launch';
import { techniques } from '../../src/monitor/techniques';
import { bareText, inPseudoLocale } from '../bareText';
import { CommandLine, guestFiles } from './process';

describe('the command line under the pseudo-locale', function () {
  this.slow(3000);

  it('--help', () => {
    const commands = ['run', 'walk', 'asm', 'dap'];
    assert.deepEqual(
      bareText(inPseudoLocale(usage), [...commands, ...techniques.map(({ name }) => name), ...bootNames]),
      [],
    );
  });

  const wrong = [
    ['fly'],
    ['run'],
    ['run', 'a', '--fast'],
    ['run', 'a', '--memory'],
    ['run', 'a', '--memory', 'much'],
    ['asm', 'a', 'b'],
    ['asm', 'a', '-f', 'elf64'],
    ['dap', 'a'],
    ['dap', '--no-token=1'],
    ['dap', '--port', '70000'],
  ];
  for (const words of wrong)
    it(words.join(' '), () => {
      const problem = ({ message }: Error): boolean => {
        assert.deepEqual(bareText(message), [], message);
        return true;
      };
      inPseudoLocale(() => assert.throws(() => parseCommandLine(words), problem));
    });

  describe('as a process', () => {
    let cli: CommandLine;
    before(async () => (cli = await CommandLine.inFolderOfGuests()));
    after(() => cli.dispose());

    const runs = [
      'run hello.asm',
      'run hello.asm --stats',
      'run hi.asm',
      'run boot.asm',
      'run warns.asm',
      'run project',
      'run spin.asm --max-instructions 1000',
      'run fault.asm',
      'run nowhere.asm',
      'run bad.asm',
      'run empty',
      'run empty.asm',
      'run nosuch.asm',
      'run kernel.c',
      'run hello.asm --technique magic',
      'run hello.asm --memory 0',
      'run hello.asm --disk odd.img',
      'run hello.asm --entry nowhere',
      'run caller.asm odd.img',
      'run folder.asm',
      'run boot/loader.asm',
      'run hello.asm --symbols nosuch.asm@0x7c00',
      'run boot/main.asm -D 1=2',
      'asm nosuch.asm',
      'asm hello.asm -f elf32',
      'asm hello.asm -o nosuch/out.bin',
      'walk hello.asm --all',
      'walk fault.asm --technique none',
    ];
    // what guests print, and what they are called
    const printed = ['hello', 'first', 'second', 'b'];
    const names = [...printed, ...Object.values(guestFiles).flatMap(text => text.match(/^[\w.]+(?=:)/gm) ?? [])];
    for (const words of runs)
      it(words, async () => {
        const { out, err } = await cli.run(`${words} --locale qps-ploc`);
        assert.deepEqual(bareText(`${out}\n${err}`, [...names, ...words.split(/[ ./]/)]), [], out + err);
      });

    it('walk of the first sample', async () => {
      const folder = path.resolve('media/samples/first-trap');
      const words = fs
        .readdirSync(folder)
        .flatMap(name => fs.readFileSync(path.join(folder, name), 'utf8').match(/[\w.]+(?=:)/g) ?? []);
      const { out, err } = await cli.run(`walk ${folder} --locale qps-ploc`);
      for (const line of `${out}\n${err}`.split('\n')) assert.deepEqual(bareText(line, words), [], line);
    });
  });
});
