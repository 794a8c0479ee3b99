// Requests that are right by their type and ask for very much: they are answered, or refused in words, at once. The
// bound is far above what an answer takes, and far below what these took when they were done as asked.
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InProcess, refusal } from './inProcess';

const boundMs = 3000;

const guest = `bits 32
org 0x100000
start: nop
.l: jmp .l
constructor: dd 0x1234
__proto__: dd 5
toString: dd 6
normal: dd 7
times 5000 db 0x90, 0x31, 0xc0
`;

describe('requests for very much', () => {
  let client: InProcess;
  before(async () => (client = await InProcess.at(guest)));
  after(() => client.end());

  const chain = (link: string, times: number): object => ({ expression: `${link.repeat(times)}1`, context: 'watch' });
  const requests: [what: string, command: string, args: object, answer: RegExp | undefined][] = [
    ['a long sum', 'evaluate', chain('1+', 2000), undefined],
    ['a longer sum', 'evaluate', chain('1+', 5000), /at most 4096/],
    ['many brackets', 'evaluate', chain('(', 4000), /nested too deeply/],
    ['many signs', 'evaluate', chain('-', 4000), /nested too deeply/],
    ['many indirections', 'evaluate', chain('*', 4000), /nested too deeply/],
    ['a long name', 'evaluate', { expression: 'a'.repeat(4000) }, /neither a register nor a label/],
    ['much white space', 'setFunctionBreakpoints', { breakpoints: [{ name: ' '.repeat(4000) }] }, undefined],
    [
      'white space that ends in vain',
      'setDataBreakpoints',
      { breakpoints: [{ dataId: `${' '.repeat(4000)}/1` }] },
      undefined,
    ],
    ['a completion far along', 'completions', { text: `${'a'.repeat(4000)} `, column: 2 ** 40 }, undefined],
    ['a completion before the text', 'completions', { text: 'eax', column: -5 }, undefined],
    ['all of memory', 'readMemory', { memoryReference: '0', count: 2 ** 50 }, undefined],
    ['memory beyond all addresses', 'readMemory', { memoryReference: '0', offset: 2 ** 52, count: 2 ** 50 }, undefined],
    ['memory before all addresses', 'readMemory', { memoryReference: '0', offset: -(2 ** 52), count: 9 }, undefined],
    [
      'rows far behind',
      'disassemble',
      { memoryReference: 'gva:0x100000', instructionOffset: 1e9, instructionCount: 1 },
      /from -2000 to 2000/,
    ],
    [
      'rows far before',
      'disassemble',
      { memoryReference: 'gva:0x100000', instructionOffset: -1e9, instructionCount: 1 },
      /from -2000 to 2000/,
    ],
    [
      'as many rows as there may be',
      'disassemble',
      { memoryReference: 'gva:0x103000', instructionOffset: -2000, instructionCount: 2000 },
      undefined,
    ],
    [
      'rows where nothing is mapped',
      'disassemble',
      { memoryReference: 'gva:0xf0000000', instructionOffset: -2000, instructionCount: 2000 },
      undefined,
    ],
    [
      'rows beyond all addresses',
      'disassemble',
      { memoryReference: '0', offset: 2 ** 52, instructionCount: 2000 },
      undefined,
    ],
    [
      'many breakpoints on one line',
      'setBreakpoints',
      { source: { path: 'guest.asm' }, lines: Array(1000).fill(3) },
      undefined,
    ],
    [
      'a range of all lines',
      'breakpointLocations',
      { source: { path: 'guest.asm' }, line: -(2 ** 50), endLine: 2 ** 50 },
      undefined,
    ],
    ['frames far down', 'stackTrace', { startFrame: 2 ** 50, levels: 2 ** 50 }, undefined],
  ];
  for (const [what, command, args, answer] of requests) {
    it(`are answered: ${what}`, async () => {
      const before = performance.now();
      const response = await client.send(command, args);
      const took = performance.now() - before;
      if (answer) assert.match(refusal(response), answer);
      else assert.equal(refusal(response), '');
      assert.ok(took < boundMs, `${took} ms`);
    });
  }

  it('get exactly as many rows as they ask for', async () => {
    const rows = async (instructionOffset: number): Promise<DebugProtocol.DisassembledInstruction[]> => {
      const args = { memoryReference: 'gva:0x103000', instructionOffset, instructionCount: 1500 };
      return (await client.ask<{ instructions: DebugProtocol.DisassembledInstruction[] }>('disassemble', args))
        .instructions;
    };
    for (const offset of [-2000, -1500, 0, 2000]) assert.equal((await rows(offset)).length, 1500);
    assert.equal(Number((await rows(-1499))[1499].address), 0x103000);
  });

  const names = ['constructor', '__proto__', 'toString', 'normal'];
  for (const [index, value] of ['0x00001234', '0x00000005', '0x00000006', '0x00000007'].entries()) {
    it(`know the label ${names[index]}`, async () => {
      const { result } = await client.ask('evaluate', { expression: `dword [${names[index]}]` });
      assert.match(String(result), new RegExp(value));
      const { breakpoints } = await client.ask<{ breakpoints: DebugProtocol.Breakpoint[] }>('setFunctionBreakpoints', {
        breakpoints: [{ name: names[index], condition: `${names[index]} > 0` }],
      });
      assert.equal(breakpoints[0].verified, true);
    });
  }

  it('say that a name of JavaScript is none of the guest', async () => {
    const text = refusal(await client.send('evaluate', { expression: 'hasOwnProperty' }));
    assert.match(text, /neither a register nor a label/);
  });
});
