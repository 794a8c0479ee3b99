// The ledger of exits: the same however a guest is stepped or run, under every technique.
import assert from 'node:assert/strict';
import { anyStep, never } from '../../src/debug/goals';
import { techniqueNames } from '../../src/monitor/system';
import { guestFrom } from '../debug/guest';

/** System calls, page faults that are handled, and timer interrupts, again and again. */
const guest = `bits 32
org 0x100000
PAGES equ 0x200000
start:
 lgdt [gdt_pointer]
 mov esp, 0x80000
 jmp 0x08:.in_segment
.in_segment:
 mov ax, 0x10
 mov ds, ax
 mov es, ax
 mov ss, ax
 mov ax, 0x28
 ltr ax
 lidt [idt_pointer]
 mov dword [PAGES], PAGES + 0x1000 + 7
 mov ecx, 0x300
.page:
 mov eax, ecx
 shl eax, 12
 or eax, 7
 mov [PAGES + 0x1000 + ecx * 4], eax
 loop .page
 mov dword [PAGES + 0x1000], 7
 mov eax, PAGES
 mov cr3, eax
 mov eax, cr0
 or eax, 0x80000000
 mov cr0, eax
%macro port 2
 mov al, %2
 out %1, al
%endmacro
 port 0x20, 0x11
 port 0x21, 0x20
 port 0x21, 4
 port 0x21, 1
 port 0x21, 0xfe
 port 0x43, 0x34
 port 0x40, 100
 port 0x40, 0
 mov ax, 0x23
 mov ds, ax
 push 0x23
 push 0x90000
 push 0x202
 push 0x1b
 push program
 iret
program:
 mov ebx, 400
.next:
 mov eax, 1
 int 0x80
 mov dword [0x3f0000], 1
 mov ecx, 50
.wait:
 loop .wait
 dec ebx
 jnz .next
 mov eax, 0
 int 0x80
 jmp $
system_call:
 test eax, eax
 jnz .back
 out 0xf4, al
.back:
 iret
page_fault:
 push eax
 mov dword [PAGES + 0x1000 + 0x3f0 * 4], 0x3f0007
 mov eax, cr2
 invlpg [eax]
 pop eax
 add esp, 4
 mov dword [unmap], 1
 iret
timer:
 push eax
 mov al, 0x20
 out 0x20, al
 mov dword [PAGES + 0x1000 + 0x3f0 * 4], 0
 invlpg [0x3f0000]
 pop eax
 iret
align 8
gdt: dq 0
 dq 0x00cf9b000000ffff
 dq 0x00cf93000000ffff
 dq 0x00cffb000000ffff
 dq 0x00cff3000000ffff
 dw 103, tss - $$, 0x8910, 0
gdt_pointer: dw $ - gdt - 1
 dd gdt
%macro gate 2
 dw %1 - $$, 0x08, %2, 0x0010
%endmacro
idt: times 14 dq 0
 gate page_fault, 0x8e00
 times 0x20 - 15 dq 0
 gate timer, 0x8e00
 times 0x80 - 0x21 dq 0
 gate system_call, 0xee00
idt_pointer: dw $ - idt - 1
 dd idt
tss: dd 0, 0x70000, 0x10
 times 22 dd 0
 dw 0, 104
unmap: dd 0
`;

const expected = {
  none: ['#PF', 'INT 0x80', 'interrupt 0x20'],
  trapAndEmulate: ['#GP', '#NP', '#PF', 'host timer'],
};

describe('the ledger of exits', function () {
  this.slow(5000);
  this.timeout(60_000);
  for (const technique of techniqueNames)
    it(`counts the same stepped and run, under ${technique}`, async () => {
      const [run, stepped] = [await guestFrom(guest, { technique }), await guestFrom(guest, { technique })];
      assert.equal((await run.engine.run(never)).kind, 'ended');
      const byStep = { ...anyStep, waitsAt: () => undefined };
      for (let stop = await stepped.engine.run(byStep); stop.kind !== 'ended'; stop = await stepped.engine.run(byStep));
      const { ledger } = run.system.running;
      assert.deepEqual(ledger, stepped.system.running.ledger);
      assert.deepEqual(
        ledger.rows
          .map(({ reason }) => reason)
          .filter(reason => expected[technique].includes(reason))
          .sort(),
        [...expected[technique]].sort(),
      );
      assert.equal(
        ledger.total.count,
        ledger.rows.reduce((sum, { count }) => sum + count, 0),
      );
      const perExit = ledger.rows.map(({ count, instructionsPerExit }) => Math.round(count * instructionsPerExit));
      assert.deepEqual(new Set(perExit), new Set([ledger.instructions]));
    });
});
