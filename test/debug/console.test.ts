// Commands of the Debug Console: memory as gdb shows it, help, what is refused; and that expressions stay expressions.
import assert from 'node:assert/strict';
import { commands, runCommand } from '../../src/debug/console/commands';
import { UserError } from '../../src/debug/userError';
import { guestFrom, type TestGuest } from './guest';

const source = `bits 32
org 0x100000
start: jmp start
 nop
bytes: db 1, 2, 0xff, 'A'
words: dw 0x8000, 2
dwords: dd 0x12345678, -1
text: db "hello", 10, 0
 db "second", 0
`;

describe('the Debug Console', () => {
  let guest: TestGuest;
  before(async () => (guest = await guestFrom(source)));
  const typed = (command: string): readonly string[] | undefined => runCommand(command, guest, guest.context);

  const cases: [command: string, lines: (string | RegExp)[]][] = [
    ['x/4xb bytes', [/^bytes \(0x[0-9a-f]{8}\): 0x01 {2}0x02 {2}0xff {2}0x41$/]],
    ['x/4db bytes', [/: 1 {2}2 {2}-1 {2}65$/]],
    ['x/4ub bytes', [/: 1 {2}2 {2}255 {2}65$/]],
    ['x/2c bytes + 2', [/: -1 '\\xff' {2}65 'A'$/]],
    ['x/2dh words', [/: -32768 {2}2$/]],
    ['x/2xw dwords', [/^dwords .*: 0x12345678 {2}0xffffffff$/]],
    ['x dwords', [/: 0x12345678$/]],
    ['x/20xb bytes', [/^bytes .*(0x[0-9a-f]{2} *){16}$/, /^text .*: 0x68 {2}0x65 {2}0x6c {2}0x6c$/]],
    ['x/s text', [/^text .*: "hello\\n"$/]],
    ['x/2s text', [/: "hello\\n"$/, /^text\+0x7 .*: "second"$/]],
    ['x/2i start', [/^start .*: jmp start$/, /: nop$/]],
    ['X/1XB 0x100000', [/: 0xeb$/]],
    ['x/1xb 0b1_0000_0000_0000_0000_0000', [/: 0xeb$/]],
  ];
  for (const [command, lines] of cases)
    it(command, () => {
      const answer = typed(command) ?? [];
      assert.equal(answer.length, lines.length);
      lines.forEach((line, index) => assert.match(answer[index], line instanceof RegExp ? line : new RegExp(line)));
    });

  it('a label of the name of a command is reckoned with', async () => {
    const named = await guestFrom('bits 32\norg 0x100000\nx: jmp x\n');
    const answer = (command: string) => runCommand(command, named, named.context);
    for (const expression of ['x', 'x + 4', 'x == 5']) assert.equal(answer(expression), undefined);
    assert.match(answer('x/1xb x')?.[0] ?? '', /: 0xeb$/);
  });

  it('help names every command', () => {
    const lines = typed('help') ?? [];
    for (const { usage } of commands)
      assert.ok(
        lines.some(line => line.startsWith(usage)),
        usage,
      );
  });

  const refused: [command: string, problem: RegExp][] = [
    ['x/16q start', /written so: x\[\/COUNT FORMAT SIZE\] ADDRESS/],
    ['x/0xb start', /written so/],
    ['x/99999xb start', /written so/],
    ['x/xd start', /written so/],
    ['x/4xb', /written so/],
    ['x/4xb nowhere', /"nowhere" is neither a register nor a label/],
    ['x/4xb 0xe0000000', /0xe0000000 cannot be read/],
    ['x/2i 0xe0000000', /0xe0000000 cannot be read/],
  ];
  for (const [command, problem] of refused)
    it(`${command} is refused`, () =>
      assert.throws(
        () => typed(command),
        (error: unknown) => error instanceof UserError && problem.test(error.message),
      ));

  for (const expression of ['eax + 1', 'eax = 5', '[esp]', 'start', 'nothing like it', '', 'xor'])
    it(`"${expression}" is no command`, () => assert.equal(typed(expression), undefined));
});
