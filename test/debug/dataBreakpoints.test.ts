// Data breakpoints through the engine: where they stop, what they say, under both techniques.
import assert from 'node:assert/strict';
import type { BreakpointRequest } from '../../src/debug/breakpoints';
import { never, StepOver } from '../../src/debug/goals';
import type { Stop } from '../../src/debug/stop';
import { guestFrom, type TestGuest } from './guest';

const program = `bits 32
org 0x100000
start:
  mov esp, 0x80000
  xor eax, eax
.loop:
  inc eax
  mov [count], eax
  mov edx, [other]
  cmp eax, [count]
  call add
  jmp .loop
add:
  add byte [other + 1], 3
  ret
times 4096 - ($ - $$) db 0
count: dd 0
other: dd 0
times 8192 - ($ - $$) db 0
elsewhere: dd 0
end:
`;

type Terms = Partial<BreakpointRequest>;

function watch(guest: TestGuest, label: string, kind: 'r' | 'w' | 'rw', bytes = 4, terms: Terms = {}): number {
  const first = guest.symbols.valueOf(label) ?? -1;
  const range = { first, last: first + bytes - 1, reads: kind !== 'w', writes: kind !== 'r' };
  const [{ id }] = guest.breakpoints.replace(`${label} ${kind}`, 'data', [{ addresses: [], range, ...terms }]);
  return id;
}

const said = (guest: TestGuest, stop: Stop): string =>
  stop.kind === 'access' ? guest.explainer.access(stop.access).summary : stop.kind;
const run = async (guest: TestGuest): Promise<string> => said(guest, await guest.engine.run(never));
const eip = (guest: TestGuest): string | undefined => guest.symbols.describe(guest.context.lookUp('$').read());

for (const technique of ['none', 'trapAndEmulate']) {
  describe(`data breakpoints under ${technique}`, () => {
    it('stop after the instruction that wrote, with the old and the new value', async () => {
      const guest = await guestFrom(program, { technique });
      const id = watch(guest, 'count', 'w');
      const stop = await guest.engine.run(never);
      assert.deepEqual(stop.kind === 'access' && stop.ids, [id]);
      assert.equal(
        said(guest, stop),
        'start.loop+0x1 (0x00100008) wrote 4 bytes at count (0x00101000): 0x00000000 → 0x00000001',
      );
      assert.equal(eip(guest), 'start.loop+0x6');
      assert.match(await run(guest), /0x00000001 → 0x00000002$/);
    });

    it('tell reads from writes', async () => {
      const guest = await guestFrom(program, { technique });
      watch(guest, 'other', 'r');
      assert.match(await run(guest), /^start.loop\+0x6 .* read 4 bytes at other .*: 0x00000000$/);
      assert.match(await run(guest), /^add .* read 1 byte at other\+0x1 .*: 0x0[03]$/);
      watch(guest, 'other', 'rw');
      watch(guest, 'other', 'r', 4, { addresses: [], range: undefined });
      assert.match(await run(guest), /^start.loop\+0x6 .* read/);
      assert.match(await run(guest), /^add .* wrote 1 byte at other\+0x1 .*: 0x03 → 0x06$/);
    });

    it('watch no more than their bytes', async () => {
      const guest = await guestFrom(program, { technique });
      watch(guest, 'other', 'w', 1);
      const stop = await guest.engine.run(never, { mostSteps: 100_000 });
      assert.equal(stop.kind, 'limit');
    });

    it('have conditions and hit counts, judged after the access', async () => {
      const guest = await guestFrom(program, { technique });
      watch(guest, 'count', 'w', 4, { condition: '[count] == 500' });
      assert.match(await run(guest), /0x000001f3 → 0x000001f4$/);
      watch(guest, 'count', 'w', 4, { hitCondition: '300' });
      assert.match(await run(guest), /→ 0x00000320$/);
    });

    it('stop a step over a call', async () => {
      const guest = await guestFrom(program, { technique });
      guest.breakpoints.replace('x', 'instruction', [
        { addresses: [(guest.symbols.valueOf('start.loop') ?? 0) + 0x12] },
      ]);
      assert.equal(await run(guest), 'breakpoint');
      watch(guest, 'other', 'w');
      const stop = await guest.engine.run(new StepOver(guest.engine, 'statement'));
      assert.match(said(guest, stop), /^add .* wrote/);
    });

    it('that are set, and taken away, while the loop is hot work at once', async () => {
      const guest = await guestFrom(program, { technique });
      await guest.engine.run(never, { mostSteps: 500_000 });
      watch(guest, 'count', 'w');
      const before = guest.context.read(guest.symbols.valueOf('count') ?? 0, 4) ?? 0;
      await run(guest);
      assert.ok((guest.context.lookUp('eax').read() ?? 0) - before <= 1);
      watch(guest, 'count', 'w', 4, { range: undefined });
      assert.equal((await guest.engine.run(never, { mostSteps: 100_000 })).kind, 'limit');
    });

    it('see what the processor pushes for an interrupt, and say so', async () => {
      const guest = await guestFrom(
        `bits 32
org 0x100000
  mov esp, stack
  lidt [idtr]
fault: ud2
handler: jmp $
align 8
idt: times 6 dq 0
  dw handler - $$, 0x08, 0x8e00, 0x0010
idtr: dw $ - idt - 1
  dd idt
times 4096 db 0
stack: dd 0
`,
        { technique },
      );
      const first = (guest.symbols.valueOf('stack') ?? 0) - 12;
      guest.breakpoints.replace('x', 'data', [
        { addresses: [], range: { first, last: first + 3, reads: false, writes: true } },
      ]);
      assert.match(await run(guest), /^the delivery of #UD before fault \(0x[0-9a-f]+\) wrote 4 bytes/);
      assert.equal(eip(guest), 'handler');
    });

    it('see what the monitor, or nobody, emulates: each element of a repeated instruction', async () => {
      const guest = await guestFrom(
        `bits 32
org 0x100000
  mov edi, buffer
  mov ecx, 64
  mov dx, 0x3f8
  rep insb
  jmp $
times 4096 db 0
buffer: times 64 db 0xaa
`,
        { technique },
      );
      const first = (guest.symbols.valueOf('buffer') ?? 0) + 9;
      guest.breakpoints.replace('x', 'data', [
        { addresses: [], range: { first, last: first, reads: false, writes: true } },
      ]);
      assert.match(await run(guest), /wrote 1 byte at buffer\+0x9 .*0xaa → 0x00$/);
      assert.equal(guest.context.lookUp('ecx').read(), 54);
    });

    it('leave code that does not touch their pages as fast as it was', async () => {
      const guest = await guestFrom(program, { technique });
      await guest.engine.run(never, { mostSteps: 1_000_000 });
      watch(guest, 'elsewhere', 'rw');
      let steps = 0;
      const step = guest.system.step.bind(guest.system);
      guest.system.step = () => (steps++, step());
      assert.equal((await guest.engine.run(never, { mostSteps: 1_000_000 })).kind, 'limit');
      assert.ok(steps < 2000, `${steps} steps`);
    });
  });
}
