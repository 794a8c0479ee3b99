// What a step into shows: what the guest's instruction has caused; and everything, if that is wanted.
import assert from 'node:assert/strict';
import { InProcess } from './inProcess';
import type { DebugProtocol } from '@vscode/debugprotocol';

/** Waits for the BIOS's timer, and for a handler of its own. */
const waiting = `bits 16
org 0x7c00
start:
    sti
.wait:
    hlt
    nop
    jmp .wait
times 510 - ($ - $$) db 0
dw 0xaa55
`;

const ownHandler = waiting
  .replace('sti\n', 'cli\n    mov word [8 * 4], own\n    mov word [8 * 4 + 2], 0\n    sti\n')
  .replace(
    'times',
    `own:
    push ax
    mov al, 0x20
    out 0x20, al
    pop ax
    iret
times`,
  );

/** Its first instruction is fetched through a page that the shadow tables lack. */
const kernel = `bits 32
org 0x100000
start:
    lgdt [table]
    mov eax, 1
table: dw 0x17
    dd gdt
gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
`;

async function stepsOf(client: InProcess, count: number): Promise<string[]> {
  const names: string[] = [];
  for (let step = 0; step < count; step++) {
    await client.until('stopped', () => client.ask('stepIn', { threadId: 1 }));
    names.push((await top(client)).name);
  }
  return names;
}

async function top(client: InProcess): Promise<DebugProtocol.StackFrame> {
  const { stackFrames } = await client.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: 1 });
  return stackFrames[0];
}

describe('step into', () => {
  for (const technique of ['none', 'trapAndEmulate']) {
    it(`goes over the ticks of the BIOS under ${technique}, also at a HLT that waits for one`, async () => {
      const client = await InProcess.at(waiting, { technique });
      // into the monitor and out of it at each HLT, whose emulation is the guest's
      const names = (await stepsOf(client, 60)).filter(name => !name.startsWith('monitor'));
      assert.deepEqual(
        names.filter(name => !/^start/.test(name)),
        [],
      );
      client.end();
    });

    it(`enters a handler of the guest's own that a HLT waits for, under ${technique}`, async () => {
      const client = await InProcess.at(ownHandler, { technique });
      assert.ok((await stepsOf(client, 160)).includes('own'));
      client.end();
    });
  }

  it('stops in the BIOS where everything is wanted', async () => {
    const client = await InProcess.at(waiting, { stepIntoEverything: true });
    const names = await stepsOf(client, 8);
    assert.ok(
      names.some(name => !name.startsWith('start')),
      names.join(),
    );
    client.end();
  });

  it('is for the trap of the instruction, not for hidden faults before it', async () => {
    const client = await InProcess.at(kernel, { technique: 'trapAndEmulate' });
    const [stop] = [await client.until('stopped', () => client.ask('stepIn', { threadId: 1 }))];
    const { description } = stop.body as DebugProtocol.StoppedEvent['body'];
    assert.match(
      description ?? '',
      /^`lgdt .*` is privileged; the kernel is really in ring 1, so the processor called the monitor$/,
    );
    client.end();
  });

  it('shows hidden faults from the request that asks for everything on', async () => {
    const client = await InProcess.at(kernel, { technique: 'trapAndEmulate' });
    await client.ask('stepIntoEverything', { on: true });
    const stop = await client.until('stopped', () => client.ask('stepIn', { threadId: 1 }));
    const { description } = stop.body as DebugProtocol.StoppedEvent['body'];
    assert.match(description ?? '', /is used for the first time/);
    client.end();
  });
});

/** A kernel that switches paging on in a call, and the address space in another. */
const pagingKernel = `bits 32
org 0x100000
start:
    mov esp, 0x80000
    call paging
    call other_space
    nop
    jmp $
paging:
    mov edi, 0x201000
    mov eax, 7
    mov ecx, 1024
.fill:
    stosd
    add eax, 4096
    loop .fill
    mov dword [0x200000], 0x201007
    mov dword [0x202000], 0x201007
    mov eax, 0x200000
    mov cr3, eax
    mov eax, cr0
    or eax, 1 << 31
    mov cr0, eax
    ret
other_space:
    mov eax, 0x202000
    mov cr3, eax
    ret
`;

describe('step over', () => {
  for (const technique of ['none', 'trapAndEmulate'])
    it(`comes back from calls that change the address space under ${technique}`, async () => {
      const client = await InProcess.at(pagingKernel, { technique });
      const lines: number[] = [];
      for (let step = 0; step < 4; step++) {
        await client.until('stopped', () => client.ask('next', { threadId: 1 }));
        lines.push((await top(client)).line);
      }
      assert.deepEqual(lines, [5, 6, 7, 8]);
      client.end();
    });
});

describe('steps by a key that is held', () => {
  const loop =
    'bits 32\nstart:\n    call note\n    jmp start\nnote:\n    mov ecx, 2000\n.count:\n    loop .count\n    ret\n';

  it('are answered all, and come to nothing while one is under way', async () => {
    const client = await InProcess.at(loop, { technique: 'trapAndEmulate' });
    const before = client.events.filter(({ event }) => event === 'stopped').length;
    const answers = await Promise.all(Array.from({ length: 90 }, () => client.send('next', { threadId: 1 })));
    assert.deepEqual(new Set(answers.map(({ success }) => success)), new Set([true]));
    await client.until('stopped', () => client.send('next', { threadId: 1 }));
    assert.ok(client.events.filter(({ event }) => event === 'stopped').length > before);
    client.end();
  });

  it('are refused while the guest runs for another reason', async () => {
    const client = await InProcess.at(loop);
    await client.ask('continue', { threadId: 1 });
    assert.equal((await client.send('next', { threadId: 1 })).success, false);
    client.end();
  });
});
