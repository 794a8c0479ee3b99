// References to variables: they hold until the guest goes on, whatever the user changes meanwhile, also for clients that
// are not told to ask again.
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InProcess } from './inProcess';

const guest = 'bits 32\norg 0x100000\nstart: mov eax, 1\n mov ebx, 2\nspin: jmp spin\nmsg: dd 0\n';

type Variables = { variables: DebugProtocol.Variable[] };
type Scopes = { scopes: DebugProtocol.Scope[] };

describe('references to variables', () => {
  let client: InProcess;
  let registers: number;
  beforeEach(async () => {
    client = await InProcess.at(guest);
    await client.ask('stackTrace');
    const { scopes } = await client.ask<Scopes>('scopes', { frameId: 1 });
    registers = scopes[0].variablesReference;
  });
  afterEach(() => client.end());

  const valueOf = async (name: string): Promise<string | undefined> => {
    const { variables } = await client.ask<Variables>('variables', { variablesReference: registers });
    return variables.find(variable => variable.name === name)?.value;
  };

  const changes: [what: string, change: () => Promise<unknown>, value: RegExp][] = [
    [
      'setVariable',
      () => client.ask('setVariable', { variablesReference: registers, name: 'ebx', value: '2' }),
      /0x00000002/,
    ],
    ['an assignment', () => client.ask('evaluate', { expression: 'ebx=5', context: 'repl' }), /0x00000005/],
    ['setExpression', () => client.ask('setExpression', { expression: 'ebx', value: '6' }), /0x00000006/],
    ['writeMemory', () => client.ask('writeMemory', { memoryReference: '0x5000', data: 'AAAA' }), /0x00000000/],
  ];
  for (const [what, change, value] of changes) {
    it(`outlive ${what}, and show what has changed`, async () => {
      await change();
      assert.match((await valueOf('ebx')) ?? '', value);
      await change();
    });
  }

  it('are the same for who asks again, so that asking takes no room', async () => {
    const { scopes } = await client.ask<Scopes>('scopes', { frameId: 1 });
    assert.equal(scopes[0].variablesReference, registers);
    const rows = async (): Promise<number[]> => {
      const { variables } = await client.ask<Variables>('variables', { variablesReference: registers });
      return variables.map(({ variablesReference }) => variablesReference);
    };
    assert.deepEqual(await rows(), await rows());
  });

  it('end when the guest goes on', async () => {
    await client.until('stopped', () => client.ask('next', { threadId: 1 }));
    await assert.rejects(valueOf('ebx'), /It was of an earlier stop/);
  });
});
