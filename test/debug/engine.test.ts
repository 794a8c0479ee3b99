// Run control where instructions go by unseen: breakpoints in hot loops, steps over long calls and handlers, repeats,
// limits, and what a filter's condition may ask.
import assert from 'node:assert/strict';
import { never, StepIn, StepOver } from '../../src/debug/goals';
import { timerInterrupts } from '../timerInterrupts';
import { breakAt, guestFrom, type TestGuest } from './guest';

const loop = `bits 32
org 0x100000
start:
  mov esp, 0x80000
  call count
after:
  nop
  rep stosb
  jmp $
count:
  mov ecx, 3000000
.next:
  inc eax
  dec ecx
  jnz .next
  ret
`;

/** The same access faults each time; the handler, which counts in ESI, skips it. */
const faulting = `bits 32
org 0x100000
  mov esp, 0x80000
  lidt [idtr]
  mov dword [0x200000], 0x83
  mov eax, cr4
  or eax, 0x10
  mov cr4, eax
  mov eax, 0x200000
  mov cr3, eax
  mov eax, cr0
  or eax, 0x80010000
  mov cr0, eax
  xor esi, esi
  xor edx, edx
work:
  nop
faulting:
  mov eax, [0x400000]
  inc edx
  mov dword [0x200004], 0
  invlpg [0x400000]
  jmp work
make_present:
  mov dword [0x200004], 0x83
  ret
  times 4096 db 0x90
fault:
  inc esi
  add esp, 4
  add dword [esp], 5
  iret
align 8
idt: times 14 dq 0
  dw fault - $$, 0x08, 0x8e00, 0x0010
idtr: dw $ - idt - 1
  dd idt
`;

/** The timer ticks every few instructions, into a handler that counts. */
const ticking = `bits 32
org 0x100000
  mov esp, 0x80000
  lidt [idtr]
  ${timerInterrupts(0xfe, 2)}
  xor eax, eax
  sti
work:
  inc eax
  nop
  jmp work
tick:
  push eax
  inc dword [ticks]
  mov al, 0x20
  out 0x20, al
  pop eax
  iret
ticks: dd 0
align 8
idt: times 32 dq 0
  dw tick - $$, 0x08, 0x8e00, 0x0010
idtr: dw $ - idt - 1
  dd idt
`;

const eip = (guest: TestGuest): string | undefined => guest.symbols.describe(guest.context.lookUp('$').read());
/** A few instructions a turn, so that a test sees many turns. */
const impatient = (guest: TestGuest): TestGuest => {
  let asked = 0;
  guest.engine.host.turnIsOver = () => ++asked % 4 === 0;
  return guest;
};

/** Faults with an error code and without one, and then an interrupt, which has no error code either. */
const events = `bits 32
MINUS equ -1
org 0x100000
  mov esp, 0x80000
  lidt [idtr]
  mov eax, MINUS
invalid:
  ud2
refused:
  mov fs, [selector]
  jmp $
skip_invalid:
  add dword [esp], 2
  iret
skip_refused:
  add esp, 4
  add dword [esp], 7
  iret
selector: dw 0x1000
align 8
idt: times 6 dq 0
  dw skip_invalid - $$, 0x08, 0x8e00, 0x0010
  times 6 dq 0
  dw skip_refused - $$, 0x08, 0x8e00, 0x0010
idtr: dw $ - idt - 1
  dd idt
`;

describe('the condition of a filter', () => {
  const exceptions = ['exception'];
  const stopsAt: [condition: string, label: string | undefined, technique?: string, filters?: string[]][] = [
    ['vector == 13', 'skip_refused'],
    ['cpl == 0 && error != 0', 'skip_refused'],
    ['cpl == 0 && error == 0x1000', 'skip_refused'],
    ['error & 0x1000', 'skip_refused'],
    ['error', 'skip_refused'],
    ['!error', 'skip_invalid'],
    ['error == 0x1000 || eax == MINUS', 'skip_invalid'],
    ['-error < 0 || [error] == 0', 'skip_refused'],
    ['vector in (1, 13)', 'skip_refused'],
    ['vector in (1, 2)', undefined],
  ];
  for (const [condition, label, technique = 'none', filters = exceptions] of stopsAt)
    it(`${condition} ${label ? `holds first at ${label}` : 'never holds'} of ${filters.join(' and ')}`, async () => {
      const guest = await guestFrom(events, { technique });
      guest.breakpoints.setFilters(filters.map(filter => ({ filter, condition })));
      const stop = await guest.engine.run(never, { mostSteps: 1000 });
      assert.equal(stop.kind, label === undefined ? 'limit' : 'event');
      assert.ok(!('problem' in stop && stop.problem));
      if (label) assert.equal(eip(guest), label);
    });

  it('knows the event, and no other expression does', async () => {
    const guest = await guestFrom(events);
    assert.throws(() => guest.context.lookUp('vector'), /There is no vector here/);
  });
});

describe('a pause', () => {
  it('is for the run that it was asked of, in the monitor too', async () => {
    const guest = await guestFrom(loop, { technique: 'trapAndEmulate' });
    guest.breakpoints.setFilters([{ filter: 'monitorEntry' }]);
    await guest.engine.run(never, { mostSteps: 1000 });
    assert.ok(guest.engine.inMonitor);
    guest.breakpoints.setFilters([]);
    guest.engine.pause();
    await guest.engine.stepMonitor('over');
    assert.equal((await guest.engine.run(never, { mostSteps: 1000 })).kind, 'limit');
  });

  it('is for a run that stops where it sets out, too', async () => {
    const guest = await guestFrom(loop);
    breakAt(guest, 'start');
    guest.engine.pause();
    assert.equal((await guest.engine.run(never, { judgesFirst: true })).kind, 'breakpoint');
    breakAt(guest);
    assert.equal((await guest.engine.run(never, { mostSteps: 1000 })).kind, 'limit');
  });
});

for (const technique of ['none', 'trapAndEmulate']) {
  describe(`run control under ${technique}`, () => {
    it('stops at a breakpoint in a loop that has become hot, at the right time', async () => {
      const guest = await guestFrom(loop, { technique });
      const addresses = [guest.symbols.valueOf('count.next') ?? 0];
      guest.breakpoints.replace('x', 'instruction', [{ addresses, hitCondition: '200000' }]);
      assert.equal((await guest.engine.run(never)).kind, 'breakpoint');
      assert.equal(guest.context.lookUp('eax').read(), 199_999);
    });

    it('stops at a breakpoint that is set while the loop is hot', async () => {
      const guest = await guestFrom(loop, { technique });
      await guest.engine.run(never, { mostSteps: 1_000_000 });
      breakAt(guest, 'count.next');
      assert.equal((await guest.engine.run(never)).kind, 'breakpoint');
      const before = guest.context.lookUp('eax').read();
      await guest.engine.run(never);
      assert.equal(guest.context.lookUp('eax').read(), before + 1);
    });

    it('judges a condition that does not hold without leaving its turn', async () => {
      const guest = await guestFrom(loop, { technique });
      let turns = 0;
      guest.engine.host.yieldTurn = async () => void turns++;
      let judged = 0;
      const judge = guest.breakpoints.judge.bind(guest.breakpoints);
      guest.breakpoints.judge = (...parts) => (judged++, judge(...parts));
      const addresses = [guest.symbols.valueOf('count.next') ?? 0];
      guest.breakpoints.replace('x', 'instruction', [{ addresses, condition: 'eax == 100000' }]);
      assert.equal((await guest.engine.run(never)).kind, 'breakpoint');
      assert.deepEqual([guest.context.lookUp('eax').read(), judged, turns], [100_000, 100_001, 1]);
    });

    it('goes exactly as far as it may', async () => {
      const guest = await guestFrom(loop, { technique });
      for (const mostSteps of [1, 10, 1000, 50_000]) {
        const before = guest.system.running.now;
        assert.equal((await guest.engine.run(never, { mostSteps })).kind, 'limit');
        assert.ok(guest.system.running.now - before <= mostSteps);
      }
    });

    it('steps over a long call at full speed, as far as a run would go', async () => {
      const stepped = impatient(await guestFrom(loop, { technique }));
      const ran = await guestFrom(loop, { technique });
      breakAt(ran, 'after');
      await ran.engine.run(never);
      await stepped.engine.run(new StepOver(stepped.engine, 'statement'));
      const start = performance.now();
      await stepped.engine.run(new StepOver(stepped.engine, 'statement'));
      assert.ok(performance.now() - start < 2000);
      assert.deepEqual([eip(stepped), stepped.system.running.now], ['after', ran.system.running.now]);
    });

    it('takes a repeated instruction iteration by iteration if asked for instructions', async () => {
      const guest = await guestFrom('bits 32\norg 0x100000\n mov edi, 0x9000\n mov ecx, 3\n rep stosb\nend: jmp $\n', {
        technique,
      });
      const steps = [];
      for (let step = 0; step < 6; step++) {
        await guest.engine.run(new StepIn(guest.engine, 'instruction'), { pastMonitor: true });
        steps.push(guest.context.lookUp('ecx').read());
      }
      assert.deepEqual(steps, [0, 3, 2, 1, 0, 0]);
    });

    it('stops at the first instruction of a handler, wherever it sets out from', async () => {
      const guest = await guestFrom(faulting, { technique });
      await guest.engine.run(never, { mostSteps: 100_000 });
      for (let round = 0; round < 3; round++) {
        breakAt(guest, 'faulting');
        assert.equal((await guest.engine.run(never)).kind, 'breakpoint');
        const before = guest.context.lookUp('esi').read();
        breakAt(guest, 'fault');
        assert.equal((await guest.engine.run(never)).kind, 'breakpoint');
        assert.equal(eip(guest), 'fault');
        assert.equal(guest.context.lookUp('esi').read(), before, 'no handler has run');
      }
    });

    it('stops each time at an instruction that a handler does in its stead', async () => {
      const guest = await guestFrom(faulting, { technique });
      breakAt(guest, 'faulting');
      for (let round = 0; round < 5; round++) {
        const before = guest.context.lookUp('esi').read();
        assert.equal((await guest.engine.run(never, { mostSteps: 100_000 })).kind, 'breakpoint');
        assert.equal(guest.context.lookUp('esi').read(), round === 0 ? before : before + 1);
      }
    });

    it('passes over the return from a fault to the instruction', async () => {
      const guest = await guestFrom(faulting.replace('add dword [esp], 5', 'call make_present'), { technique });
      breakAt(guest, 'faulting');
      for (let round = 0; round < 5; round++) {
        const before = guest.context.lookUp('edx').read();
        assert.equal((await guest.engine.run(never, { mostSteps: 100_000 })).kind, 'breakpoint');
        assert.equal(guest.context.lookUp('edx').read(), round === 0 ? before : before + 1, 'one round');
        assert.equal(guest.context.lookUp('esi').read(), round, 'one fault each round');
      }
    });

    it('passes over an interrupt that comes before the instruction', async () => {
      const guest = await guestFrom(ticking, { technique });
      breakAt(guest, 'work');
      assert.equal((await guest.engine.run(never)).kind, 'breakpoint');
      // wherever the timer strikes: each step is one instruction further, each run one round
      for (let round = 0; round < 400; round++) {
        const expected = ['work+0x1', 'work+0x2', 'work'];
        for (const place of expected) {
          await guest.engine.run(new StepOver(guest.engine, 'statement'));
          assert.equal(eip(guest), place);
        }
        const before = guest.context.lookUp('eax').read();
        assert.equal((await guest.engine.run(never)).kind, 'breakpoint');
        assert.equal(guest.context.lookUp('eax').read(), before + 1);
      }
      assert.ok((guest.context.read(guest.context.lookUp('ticks').read(), 4) ?? 0) > 3);
    });
  });
}
