// A program of two sources and a C object in a session: breakpoints in each part, steps from one into the other, errors in the
// right file.
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { gccObject, hasTools } from '../link/tools';
import { InProcess } from './inProcess';

const main = `extern helper, compute
global _start
_start: nop
        call helper
        call compute
        mov al, 1
        out 0xf4, al
        jmp $
`;
const helper = `global helper
helper: mov eax, 7
        ret
`;
const compute = 'int compute(void) {\n  volatile int value = 3;\n  value += 4;\n  return value;\n}\n';

interface Place {
  readonly line: number;
  readonly name: string | undefined;
}

async function place(client: InProcess): Promise<Place> {
  const { stackFrames } = await client.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: 1 });
  const [{ line, source }] = stackFrames;
  return { line, name: source?.name };
}

async function breakAt(client: InProcess, path: string, line: number): Promise<boolean> {
  const { breakpoints } = await client.ask<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
    source: { path },
    breakpoints: [{ line }],
  });
  return breakpoints[0].verified;
}

const onward = (client: InProcess, command: string) =>
  client.until('stopped', () => client.ask(command, { threadId: 1 }));

describe('stepping a linked program', () => {
  it('goes from one source into the other and back, with breakpoints in both', async () => {
    const texts = {
      '/p/main.asm': main.replace(', compute', '').replace('call compute', 'nop'),
      '/p/lib/helper.asm': helper,
    };
    const client = new InProcess(texts);
    await client.launch({ program: Object.keys(texts) });
    assert.equal(await breakAt(client, '/p/lib/helper.asm', 3), true);
    await client.until('stopped', () => client.ask('configurationDone'));
    const seen = [await place(client)];
    for (const command of ['next', 'stepIn', 'continue', 'next', 'next']) {
      await onward(client, command);
      seen.push(await place(client));
    }
    assert.deepEqual(
      seen.map(({ name, line }) => `${name}:${line}`),
      ['main.asm:3', 'main.asm:4', 'helper.asm:2', 'helper.asm:3', 'main.asm:5', 'main.asm:6'],
    );
  });

  it('stops in C, and steps there by line', async function () {
    if (!hasTools()) this.skip();
    const object = gccObject(compute, '-O0', '-g', '-fno-pic', '-fno-asynchronous-unwind-tables');
    const client = new InProcess({ '/p/main.asm': main, '/p/helper.asm': helper, '/p/compute.o': object });
    await client.launch({ program: ['/p/main.asm', '/p/compute.o', '/p/helper.asm'] });
    const { breakpoints } = await client.ask<DebugProtocol.SetFunctionBreakpointsResponse['body']>(
      'setFunctionBreakpoints',
      {
        breakpoints: [{ name: 'compute' }],
      },
    );
    assert.equal(breakpoints[0].verified, true);
    await client.until('stopped', () => client.ask('configurationDone'));
    await onward(client, 'continue');
    const lines = [(await place(client)).line];
    for (let step = 0; step < 3; step++) {
      await onward(client, 'next');
      lines.push((await place(client)).line);
    }
    assert.deepEqual(lines, [1, 2, 3, 4]);
  });

  it('reports what is wrong in the part where it stands', async () => {
    const client = new InProcess({ '/p/main.asm': main, '/p/helper.asm': 'nop\nmov eax, bl\n' });
    await assert.rejects(
      client.launch({ program: ['/p/main.asm', '/p/helper.asm'] }),
      /helper\.asm:2:1: error: the operands differ in size/,
    );
    const outputs = client.events
      .filter(({ event }) => event === 'output')
      .map(({ body }) => body as DebugProtocol.OutputEvent['body']);
    assert.ok(outputs.some(({ source, line }) => source?.path === '/p/helper.asm' && line === 2));
  });
});
