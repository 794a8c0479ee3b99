// The command line as a process: what each command prints, and its exit code, for good input and bad.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { CommandLine, outcomeOf } from './process';

describe('the command line', function () {
  this.slow(3000);
  let cli: CommandLine;

  before(async () => (cli = await CommandLine.inFolderOfGuests()));
  after(() => cli.dispose());

  const good: [words: string, code: number, out: RegExp][] = [
    ['--help', 0, /ringside run FILE/],
    ['', 0, /ringside run FILE/],
    ['--version', 0, /^ringside \d+\.\d+\.\d+\n$/],
    ['run hello.asm', 0, /^hello\n$/],
    ['run hello.asm --technique none', 0, /^hello\n$/],
    ['run hi.asm', 0, /^$/],
    ['run boot.asm', 0, /^b$/],
    ['run boot.asm --technique none', 0, /^b$/],
    ['run exit.asm', 43, /^$/],
    ['run overwrite.asm --technique none', 0, /^$/],
    ['run overwrite.asm', 0, /^$/],
    ['asm hello.asm -o - ', 0, /hello\n\0$/],
    ['run caller.asm callee.asm', 0, /^c$/],
    ['run caller.asm callee.asm --address 0x20000 --technique none', 0, /^c$/],
    ['asm callee.asm -f elf32 -o -', 0, /^\x7fELF/],
    ['asm hello.asm -o /dev/null -l -', 0, /9 0010000e ee +out dx, al/],
    [
      'walk hello.asm',
      0,
      /^#1 #GP · hello\.asm:9 start\.next\+0x5: out dx, al\n {2}why +`out dx, al` talks to a device.*\n {2}intercept .*\n {2}decode .*\n {2}check .*\n {2}host .*\n {2}emulate .*\n {2}resume/,
    ],
    ['walk hello.asm --all', 0, /^#1 #PF · bookkeeping .*\n {2}why +the page at .* is used for the first time/],
    ['walk fault.asm --technique none', 4, /^$/],
    ['walk loads.asm --symbols loaded.asm@0x200000', 0, /#GP · .*loaded\.asm:3 there: cli/],
    ["run boot/main.asm -D LETTER='a'", 0, /^a$/],
    ["run boot/loader.asm -I boot/include -DLETTER='b'", 0, /^b$/],
    ["asm boot/loader.asm -Iboot/include -DLETTER='b' -o /dev/null -l -", 0, /mov al, LETTER/],
  ];
  for (const [words, code, out] of good) {
    it(`ringside ${words}`, async () => {
      const result = await cli.run(words);
      assert.match(result.out, out);
      assert.equal(result.code, code, result.err);
    });
  }

  it('a trace has a line of JSON for each event, with its cause', async () => {
    assert.equal((await cli.run('run hello.asm --trace trace.jsonl')).code, 0);
    const lines = fs.readFileSync(path.join(cli.folder, 'trace.jsonl'), 'utf8').trimEnd().split('\n');
    const events = lines.map(
      line => JSON.parse(line) as { number: number; kind: string; port?: number; sentence: string },
    );
    assert.deepEqual(
      events.map(({ number }) => number),
      events.map((_, index) => index + 1),
    );
    const outs = events.filter(({ kind, port }) => kind === 'monitorEntry' && port === 0x3f8);
    assert.equal(outs.length, 'hello\n'.length);
    for (const { sentence } of outs) assert.match(sentence, /^out dx, al at .*: port 0x3f8 \(/);
  });

  const bad: [words: string, code: number, err: RegExp][] = [
    ['fly', 2, /no command "fly"/],
    ['run', 2, /No file was named/],
    ['run a b', 2, /a cannot be read/],
    ['asm a b', 2, /"b" is a second one/],
    ['asm hello.asm -f elf64', 2, /no format "elf64"/],
    ['asm hello.asm -f elf32', 2, /^hello\.asm:2:1: error: a source that is linked has no `org`/],
    ['run caller.asm', 2, /^caller\.asm:4:\d+: error: `letter` stands elsewhere/],
    ['run caller.asm odd.img', 2, /^caller\.asm:4:2: error: `letter` is defined in no part/],
    ['run caller.asm callee.asm --address here', 2, /"address" is "here"/],
    ['run hello.asm --all', 2, /no option "--all"/],
    ['run hello.asm --fast', 2, /This command has no option "--fast"\. `ringside --help`/],
    ['run hello.asm --memory', 2, /The option "--memory" needs a value/],
    ['dap --no-token=1', 2, /The option "--no-token" takes no value/],
    ['dap hello.asm', 2, /This command takes no file/],
    ['run hi.asm', 0, /^ringside: The guest's text screen at the end:\n {2}\| first\n {2}\| second\n/m],
    ['walk hi.asm', 0, /^ {2}\| second\n/m],
    ['run hello.asm', 0, /^(?!.*screen)/s],
    ['run hello.asm --stats', 0, /^exits +count +guest instructions for each\n#GP +\d+ +\d+\.\d\n[^]*\nall /m],
    ['run hello.asm --trace nosuch/trace.jsonl', 2, /nosuch\/trace\.jsonl cannot be written: there is no such file/],
    ['run hello.asm --trace /dev/full', 2, /\/dev\/full cannot be written/],
    ['walk hello.asm --stats', 2, /no option "--stats"/],
    ['run warns.asm', 0, /^ringside: warns\.asm:6:\d+: warning: /],
    ['run kernel.c', 2, /kernel\.c is source for a compiler.*gcc -m32/],
    ['run caller.asm kernel.c', 2, /kernel\.c is source for a compiler.*gcc -m32/],
    ['asm kernel.c', 2, /kernel\.c is source for a compiler.*gcc -m32/],
    ['asm binary.bin', 2, /^ringside: binary\.bin is a binary file and no assembly source.*\n$/],
    ['run project', 0, /project is a folder; its main source is project\/main\.asm/],
    ['run nosuch.asm', 2, /nosuch.asm cannot be read: there is no such file/],
    ['run empty', 2, /folder empty has no main source/],
    ['run empty.asm', 2, /holds no code/],
    ['run hello.asm --technique magic', 2, /no technique "magic"/],
    ['run hello.asm --memory 0', 2, /from 1 to 1024/],
    ['run hello.asm --memory much', 2, /"much", which is not a whole number/],
    ['run hello.asm --disk no.img', 2, /no.img cannot be read/],
    ['run hello.asm --disk odd.img', 2, /odd.img is 1 bytes/],
    ['run hello.asm --boot tape', 2, /no way to boot called "tape"/],
    ['run hello.asm --entry nowhere', 2, /no label "nowhere" to start at/],
    ['run hello.asm --floppy hello.asm --floppy a --floppy b', 2, /at most 2 paths/],
    ['run folder.asm', 2, /cannot read `empty`: it is a folder/],
    ['run boot/loader.asm', 2, /cannot read `loader\.inc` \(looked in boot, \/.*ringside-cli-\w+\)/],
    ['asm boot/loader.asm -I inc', 2, /\(looked in boot, \/.*ringside-cli-\w+, \/.*ringside-cli-\w+\/inc\)/],
    ['run hello.asm --symbols nosuch.asm@0x7c00', 2, /nosuch\.asm cannot be read.*"symbols"/],
    ['run hello.asm --symbols hello.asm@here', 2, /"address":"here"/],
    ['run boot/main.asm -D 1=2', 2, /"1=2", which is no definition/],
    ['run bad.asm', 2, /^bad\.asm:2:\d+: error: .*nowhere.*\nbad\.asm:3:\d+: error/],
    ['asm bad.asm', 2, /^bad\.asm:2:\d+: error/],
    ['asm nosuch.asm', 2, /nosuch.asm cannot be read/],
    ['asm hello.asm -o nosuch/out.bin', 2, /nosuch\/out.bin cannot be written: there is no such file/],
    ['dap --port 70000', 2, /ports end at 65535/],
    ['run fault.asm', 4, /Triple fault\. It began with #GP.*int 0x80 at boom.*no entry/],
    ['run fault.asm --technique none', 4, /Triple fault\. It began with #GP.*int 0x80 at boom.*no entry/],
    ['run nowhere.asm --technique none', 4, /Triple fault/],
    ['run nowhere.asm', 4, /Triple fault/],
    ['run spin.asm --max-instructions 1000', 6, /--max-instructions, at start\+0x1 \(0x00100001\)/],
    ['run spin.asm --max-instructions 1000 --technique none', 6, /--max-instructions, at start\+0x1/],
  ];
  for (const [words, code, err] of bad) {
    it(`ringside ${words} says what is wrong`, async () => {
      const result = await cli.run(words);
      assert.match(result.err, err);
      assert.equal(result.code, code);
    });
  }

  it('Ctrl+C ends a guest that never would', async () => {
    const process = cli.begin(['run', 'prints-and-spins.asm']);
    const ended = outcomeOf(process);
    // the line that says how the guest was started
    await new Promise(resolve => process.stderr?.once('data', resolve));
    process.kill('SIGINT');
    const { code, err } = await ended;
    assert.equal(code, 130);
    assert.match(err, /Interrupted at spin /);
  });

  it('a reader that has seen enough is no error', async () => {
    const process = cli.begin(['walk', 'hello.asm']);
    process.stdout?.once('data', () => process.stdout?.destroy());
    const code = await new Promise(resolve => process.once('exit', resolve));
    assert.equal(code, 0);
  });
});
