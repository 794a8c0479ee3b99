// What each frame of the stack has for itself: its name, its registers, and what expressions mean in it.
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InProcess } from './inProcess';

const calls = `bits 32
org 0x100000
start:
    mov esp, 0x80000
    mov ebp, 0x1234
    mov eax, 7
    call outer
outer:
    push ebp
    mov ebp, esp
    call inner
    leave
    ret
inner:
    mov eax, 9
here:
    jmp here
`;

async function frames(client: InProcess): Promise<DebugProtocol.StackFrame[]> {
  return (await client.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: 1 })).stackFrames;
}

async function registersOf(client: InProcess, frameId: number): Promise<Map<string, string>> {
  const { scopes } = await client.ask<DebugProtocol.ScopesResponse['body']>('scopes', { frameId });
  const variablesReference = scopes.find(({ name }) => name === 'Registers')?.variablesReference;
  const { variables } = await client.ask<DebugProtocol.VariablesResponse['body']>('variables', { variablesReference });
  return new Map(variables.map(({ name, value }) => [name, value]));
}

async function atHere(): Promise<InProcess> {
  const client = await InProcess.at(calls);
  await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'here' }] });
  await client.until('stopped', () => client.ask('continue', { threadId: 1 }));
  return client;
}

describe('a frame', () => {
  it('of a caller is named by its call, also if that is the last instruction of its function', async () => {
    const client = await atHere();
    const found = await frames(client);
    assert.deepEqual(
      found.map(({ name, line }) => [name, line]),
      [
        ['here', 17],
        ['outer+0x3', 11],
        ['start+0xf', 7],
      ],
    );
    client.end();
  });

  it('has its own registers, as far as the stack tells them', async () => {
    const client = await atHere();
    const found = await frames(client);
    const rows = ['eip', 'esp', 'ebp', 'eax'];
    const values: (string | undefined)[][] = [];
    for (const { id } of found) {
      const registers = await registersOf(client, id);
      values.push(rows.map(name => registers.get(name)?.split(' ').slice(0, 3).join(' ')));
    }
    assert.deepEqual(values, [
      ['0x00100023 here', '0x0007fff4', '0x0007fff8', '0x00000009'],
      ['0x0010001c outer+0x8', '0x0007fff8', '0x0007fff8', 'not known here'],
      ['0x00100014 outer', '0x00080000', '0x00001234', 'not known here'],
    ]);
    client.end();
  });

  it('is what an expression that names it is about', async () => {
    const client = await atHere();
    const [inner, outer, start] = await frames(client);
    const value = async (expression: string, { id: frameId }: DebugProtocol.StackFrame): Promise<string> =>
      String((await client.ask('evaluate', { expression, frameId, context: 'watch' })).result).split(' ')[0];
    assert.equal(await value('ebp', start), '0x00001234');
    assert.equal(await value('[ebp]', outer), '0x00001234');
    assert.equal(await value('al', inner), '0x09');
    assert.equal(await value('cr0.pe', outer), '1');
    await assert.rejects(value('al', outer), /"al" is not known in this frame/);
    client.end();
  });
});
