// The call stack of guests that keep no frame pointers: calls in 16 and 32-bit code, handlers in the same ring and in an
// inner one, nested, returned, and over a kernel's stack that no handler was seen to enter.
import assert from 'node:assert/strict';
import { never, StepOut } from '../../src/debug/goals';
import { callStack } from '../../src/debug/stack';
import { breakAt, guestFrom, type TestGuest } from './guest';

const names = (guest: TestGuest): string[] =>
  callStack(guest.engine, guest.memory).map(frame => {
    if (frame.kind === 'label') return `-- ${frame.text}`;
    return frame.kind === 'guest' ? (guest.symbols.describe(frame.linear) ?? '?') : frame.frame.statement.handler;
  });

/** Runs to `label`. */
async function stopAt(guest: TestGuest, label: string): Promise<void> {
  breakAt(guest, label);
  const stop = await guest.engine.run(never, { mostSteps: 100_000 });
  assert.equal(stop.kind, 'breakpoint');
}

const calls = (bits: number, origin: string): string => `bits ${bits}
org ${origin}
start:
  ${bits === 16 ? 'mov sp, 0x7000' : 'mov esp, 0x80000'}
  push ${bits === 16 ? '0x1234' : 'dword 0x12345678'}
  call outer
  hlt
outer:
  ${bits === 16 ? 'sub sp, 8' : 'sub esp, 8'}
  call inner
  ret
inner:
  push ${bits === 16 ? 'bx' : 'ebx'}
here:
  nop
  hlt
`;

/** How a kernel of 32 bits begins that has tables of its own. `task` is the selector of its TSS. */
const kernelAt = (origin: number, task: number): string => `bits 32
org ${origin}
start:
  mov esp, 0x70000
  lgdt [gdtr]
  lidt [idtr]
  mov dword [tss + 4], 0x80000
  mov dword [tss + 8], 0x10
  mov ax, ${task}
  ltr ax
`;

/** Ring 0 with a GDT of its own, a TSS, gates for INT 0x30 and INT 0x31, and a program in ring 3. */
const rings = `${kernelAt(0x100000, 0x28)}
  mov ax, 0x23
  mov ds, ax
  push dword 0x23
  push dword 0x90000
  push dword 2
  push dword 0x1b
  push dword user
  iret
user:
  call ask
again:
  call ask
  jmp $
ask:
  int 0x30
  ret
service:
  call work
  iret
work:
  int 0x31
  ret
nested:
  nop
  iret
align 8
gdt:
  dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00cffa000000ffff, 0x00cff2000000ffff
  dw 103, tss - $$, 0x8910, 0
gdtr: dw $ - gdt - 1
  dd gdt
idt:
  times 0x30 dq 0
  dw service - $$, 0x08, 0xee00, 0x0010
  dw nested - $$, 0x08, 0x8e00, 0x0010
idtr: dw $ - idt - 1
  dd idt
align 4
tss: times 104 db 0
`;

/** A kernel of 32 bits, and a task in virtual-8086 mode, with IOPL 3, that asks it. */
const virtual8086 = `${kernelAt(0x20000, 0x18)}
  times 4 push dword 0
  push dword 0x9000
  push dword 0x00011000
  push dword 0x23002
  push dword 0x2000
  push dword task - $$
  iret
service:
  call nested
  iret
nested:
  nop
  ret
bits 16
task:
  call ask
  jmp $
ask:
  int 0x30
  ret
align 8
gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
  dw 103, tss - $$, 0x8902, 0
gdtr: dw $ - gdt - 1
  dd gdt
idt:
  times 0x30 dq 0
  dw service - $$, 0x08, 0xee00, 0x0002
idtr: dw $ - idt - 1
  dd idt
align 4
tss: times 104 db 0
`;

describe('the call stack', () => {
  for (const [bits, origin] of [
    [32, '0x100000'],
    [16, '0x7c00'],
  ] as const) {
    it(`finds calls in ${bits}-bit code`, async () => {
      const guest = await guestFrom(calls(bits, origin));
      await stopAt(guest, 'here');
      const [inner, outer, start] = names(guest);
      assert.equal(inner, 'here');
      assert.match(outer, /^outer\+/);
      assert.match(start, /^start\+/);
      assert.deepEqual(names(guest).slice(3), []);
    });
  }

  const whole = [
    'nested',
    '-- int 0x31 · ring 0 → 0',
    'work+0x2',
    'service+0x5',
    '-- int 0x30 · ring 3 → 0',
    'ask+0x2',
    'again',
  ];
  for (const technique of ['none', 'trapAndEmulate']) {
    it(`goes through handlers to the program under ${technique}`, async () => {
      const guest = await guestFrom(rings, { technique });
      await stopAt(guest, 'nested');
      assert.deepEqual(names(guest), whole);
    });

    it(`forgets handlers that have returned under ${technique}`, async () => {
      const guest = await guestFrom(rings, { technique });
      await stopAt(guest, 'again');
      assert.deepEqual(names(guest), ['again']);
      await stopAt(guest, 'nested');
      assert.deepEqual(names(guest), [...whole.slice(0, -1), 'again+0x5']);
    });

    it(`steps out of each level under ${technique}`, async () => {
      const guest = await guestFrom(rings, { technique });
      await stopAt(guest, 'nested');
      breakAt(guest);
      for (const expected of ['work+0x2', 'service+0x5', 'ask+0x2', 'again']) {
        const top = callStack(guest.engine, guest.memory).find(frame => frame.kind === 'guest');
        assert.ok(top?.kind === 'guest' && top.returns);
        await guest.engine.run(new StepOut(guest.engine, top.returns), { mostSteps: 100_000 });
        assert.equal(names(guest)[0], expected);
      }
    });

    it(`finds the program below a handler that nobody saw enter, under ${technique}`, async () => {
      const guest = await guestFrom(rings, { technique });
      await stopAt(guest, 'work');
      guest.engine.crossings.clear();
      assert.deepEqual(names(guest), ['work', 'service+0x5', '-- ring 3 → 0', 'ask+0x2', 'again']);
    });
  }

  for (const technique of ['none', 'trapAndEmulate'])
    it(`goes through a handler to a task in virtual-8086 mode under ${technique}`, async () => {
      const guest = await guestFrom(virtual8086, { technique, boot: 'flat32' });
      await stopAt(guest, 'nested');
      const below = ['ask+0x2', 'task+0x3'];
      assert.deepEqual(names(guest), ['nested', 'service+0x5', '-- int 0x30 · ring 3 → 0', ...below]);
      guest.engine.crossings.clear();
      assert.deepEqual(names(guest), ['nested', 'service+0x5', '-- ring 3 → 0', ...below]);
    });

  it('ends where the stack cannot be read', async () => {
    const guest = await guestFrom('bits 32\norg 0x100000\nmov esp, 0xfffffff0\nhere: nop\nhlt\n');
    await stopAt(guest, 'here');
    assert.deepEqual(names(guest), ['here']);
  });
});
