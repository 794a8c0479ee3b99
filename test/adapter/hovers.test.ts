// Hovering over names of a source: contents of labels, forms of registers; completions of commands; what is not grey.
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InProcess } from './inProcess';

const source = `bits 32
org 0x100000
start: mov eax, 'ELF'
 mov ebx, text
there: jmp there
text: db "hello", 10, 0
numbers: dd 1, 2, -1
halves: dw 3, 4, 5
`;

async function standing(more: object = {}): Promise<InProcess> {
  const client = new InProcess({ 'guest.asm': source });
  await client.ask('initialize', { adapterID: 'ringside', supportsVariableType: true, ...more });
  await client.ask('launch', { program: 'guest.asm', technique: 'none', stopOnEntry: true });
  await client.until('stopped', () => client.ask('configurationDone'));
  await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'there' }] });
  await client.until('stopped', () => client.ask('continue', { threadId: 1 }));
  return client;
}

describe('hovers', () => {
  const cases: [name: string, shown: RegExp][] = [
    ['text', /^text 0x[0-9a-f]{8}: "hello\\n\\0"$/],
    ['numbers', /^numbers 0x[0-9a-f]{8}: 0x00000001, 0x00000002, 0xffffffff$/],
    ['halves', /^halves 0x[0-9a-f]{8}: 0x0003, 0x0004, 0x0005$/],
    ['there', /^there 0x[0-9a-f]{8}: jmp there$/],
    ['eax', /^0x00464c45 \(4607045\) 'ELF'$/],
    ['ebx', /^0x[0-9a-f]{8} \(\d+\) text$/],
    ['gdtr', /^0x[0-9a-f]{8} /],
    ['cs:eip', /there$/],
  ];
  for (const [name, shown] of cases)
    it(name, async () => {
      const client = await standing();
      const { result } = await client.ask<{ result: string }>('evaluate', { expression: name, context: 'hover' });
      assert.match(result, shown);
      client.end();
    });

  it('values with a symbol are said to be numbers, to a client that knows types', async () => {
    const client = await standing();
    const typeOf = async (expression: string): Promise<string | undefined> =>
      (await client.ask<{ type?: string }>('evaluate', { expression, context: 'watch' })).type;
    assert.deepEqual([await typeOf('ebx'), await typeOf('eax')], ['number', undefined]);
    const { stackFrames } = await client.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: 1 });
    const { scopes } = await client.ask<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: stackFrames[0].id });
    const { variables } = await client.ask<DebugProtocol.VariablesResponse['body']>('variables', {
      variablesReference: scopes[0].variablesReference,
    });
    assert.equal(variables.find(({ name }) => name === 'ebx')?.type, 'number');
    client.end();
  });

  it('commands are completed, and what follows them', async () => {
    const client = await standing();
    const labels = async (text: string): Promise<string[]> =>
      (
        await client.ask<DebugProtocol.CompletionsResponse['body']>('completions', { text, column: text.length + 1 })
      ).targets.map(({ label }) => label);
    assert.ok((await labels('inf')).includes('info'));
    assert.deepEqual(
      (await labels('info id')).filter(label => label === 'idt'),
      ['idt'],
    );
    assert.ok(!(await labels('why inf')).includes('info'));
    assert.ok((await labels('why th')).includes('there'));
    client.end();
  });
});
