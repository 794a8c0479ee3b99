// Large tables under Variables come in pages.
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InProcess } from './inProcess';
import { ringsGuest } from './ringsGuest';

type Rows = DebugProtocol.VariablesResponse['body']['variables'];

describe('tables under Variables', () => {
  it('give how many rows they have, and those that are asked for', async () => {
    const client = await InProcess.at(ringsGuest);
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'program' }] });
    await client.until('stopped', () => client.ask('continue', { threadId: 1 }));
    const { stackFrames } = await client.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: 1 });
    const { scopes } = await client.ask<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: stackFrames[0].id });
    const rowsOf = async (variablesReference: number, more: object = {}): Promise<Rows> =>
      (await client.ask<{ variables: Rows }>('variables', { variablesReference, ...more })).variables;

    const segments = await rowsOf(scopes.find(({ name }) => name === 'Segments')?.variablesReference ?? 0);
    const idt = segments.find(({ name }) => name === 'IDT');
    assert.equal(idt?.indexedVariables, 0x81);
    const page = await rowsOf(idt?.variablesReference ?? 0, { filter: 'indexed', start: 0x7f, count: 100 });
    assert.deepEqual(
      page.map(({ name }) => name),
      ['0x7f', '0x80'],
    );
    assert.match(page[1].value, /^interrupt gate 32-bit, .*system_call/);
    assert.equal((await rowsOf(idt?.variablesReference ?? 0)).length, 0x81);

    const memory = await rowsOf(scopes.find(({ name }) => name === 'Memory')?.variablesReference ?? 0);
    assert.deepEqual(
      memory.map(({ name }) => name),
      ['mapped', 'walk of CS:EIP', 'walk of SS:ESP', 'walk of CR2'],
    );
    const walk = await rowsOf(memory[1].variablesReference);
    assert.deepEqual(
      walk.map(({ name, memoryReference = '' }) => [name, memoryReference.slice(0, 4)]),
      [
        ['guest-virtual', 'gva:'],
        ['guest-physical', 'gpa:'],
        ['host-physical', 'hpa:'],
      ],
    );
    client.end();
  });
});
