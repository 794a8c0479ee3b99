// The guest's tables in words, what is mapped, and the walk of an address, in the Debug Console; and that looking changes nothing.
import assert from 'node:assert/strict';
import { runCommand } from '../../src/debug/console/commands';
import { never } from '../../src/debug/goals';
import { memoryNodes, tableNodes } from '../../src/debug/scopes/tableNodes';
import { mappedRanges } from '../../src/debug/tables/pageTables';
import { techniqueNames } from '../../src/monitor/system';
import { ringsGuest } from '../adapter/ringsGuest';
import { breakAt, guestFrom, type TestGuest } from './guest';

/** 1: code, not present; 2: expand-down data; 3: a call gate; 4: LDT; 5: reserved; and two page tables with a large page. */
const paged = `bits 32
org 0x100000
DIRECTORY equ 0x200000
start:
 lgdt [gdt_pointer]
 mov ax, 0x20
 lldt ax
 mov dword [DIRECTORY], DIRECTORY + 0x1000 + 7
 mov dword [DIRECTORY + 4 * 4], 0x00400083
 mov ecx, 0x3ff
.page:
 mov eax, ecx
 shl eax, 12
 or eax, 3
 mov [DIRECTORY + 0x1000 + ecx * 4], eax
 loop .page
 mov dword [DIRECTORY + 0x1000 + 5 * 4], 0x9007
 mov dword [DIRECTORY + 0x1000 + 6 * 4], 0
 mov eax, cr4
 or eax, 0x10
 mov cr4, eax
 mov eax, DIRECTORY
 mov cr3, eax
 mov eax, cr0
 or eax, 0x80000000
 mov cr0, eax
there: jmp $
align 8
gdt: dq 0
 dq 0x00cf1b000000ffff
 dq 0x00409600000000ff
 dq 0x0010ec0200081234
 dq 0x000082300000000f
 dq 0x0000880000000000
gdt_pointer: dw $ - gdt - 1
 dd gdt
`;

/** A boot sector in protected mode. */
const booted = `bits 16
org 0x7c00
 cli
 xor ax, ax
 mov ds, ax
 lgdt [gdt_pointer]
 mov eax, cr0
 or al, 1
 mov cr0, eax
 jmp 8:there
bits 32
there: jmp $
gdt: dq 0, 0x00cf9b000000ffff
gdt_pointer: dw $ - gdt - 1
 dd gdt
 times 510-($-$$) db 0
 dw 0xaa55
`;

/** Each page is mapped, and none beside the next. */
const scattered = `bits 32
org 0x100000
DIRECTORY equ 0x200000
start: mov ecx, 1024
.entry:
 mov dword [DIRECTORY + ecx * 4 - 4], DIRECTORY + 0x1000 + 3
 mov dword [DIRECTORY + 0x1000 + ecx * 4 - 4], 3
 loop .entry
 mov dword [DIRECTORY + 0x1000 + 0x100 * 4], 0x100003
 mov eax, DIRECTORY
 mov cr3, eax
 mov eax, cr0
 or eax, 0x80000000
 mov cr0, eax
there: jmp $
`;

async function at(text: string, label: string, technique = 'none'): Promise<TestGuest> {
  const guest = await guestFrom(text, { technique, memoryMb: 16 });
  breakAt(guest, label);
  await guest.engine.run(never);
  return guest;
}

const typed = (guest: TestGuest, command: string): readonly string[] => runCommand(command, guest, guest.context) ?? [];

describe('tables', function () {
  this.slow(2000);
  for (const technique of techniqueNames) {
    it(`the GDT is the guest's own, in words, under ${technique}`, async () => {
      const [title, ...entries] = typed(await at(paged, 'there', technique), 'info gdt');
      assert.match(title, /^GDT at 0x00100[0-9a-f]{3}, entries: 6$/);
      assert.deepEqual(entries, [
        '0x08: code 32-bit, base 0, limit 4 GiB, DPL 0, readable, not present',
        '0x10: data 32-bit, base 0, limit 256 B, DPL 0, writable, expand-down',
        '0x18: call gate 32-bit, to 0x0008:0x00101234, DPL 3, parameters 2',
        '0x20: LDT, base 0x00300000, limit 16 B, DPL 0',
        '0x28: reserved type 8, base 0, limit 1 B, DPL 0',
      ]);
    });

    it(`what is mapped is what the guest has mapped, under ${technique}`, async () => {
      assert.deepEqual(typed(await at(paged, 'there', technique), 'info tab'), [
        '0x00001000–0x00004fff: guest-physical 0x00001000, supervisor, writable',
        '0x00005000–0x00005fff: guest-physical 0x00009000, user, writable',
        '0x00007000–0x003fffff: guest-physical 0x00007000, supervisor, writable',
        '0x01000000–0x013fffff: guest-physical 0x00400000, supervisor, writable',
      ]);
    });

    it(`an address is walked entry by entry, under ${technique}`, async () => {
      const guest = await at(paged, 'there', technique);
      const host = (physical: number) =>
        `0x${(physical + (technique === 'none' ? 0 : 0x800000)).toString(16).padStart(8, '0')}`;
      assert.deepEqual(typed(guest, 'walk 0x5123'), [
        'guest-virtual 0x00005123',
        'PDE at guest-physical 0x00200000: 0x00201007: present, user, writable',
        'PTE at guest-physical 0x00201014: 0x00009007: present, user, writable',
        'guest-physical 0x00009123',
        `host-physical ${host(0x9123)}`,
      ]);
      assert.deepEqual(typed(guest, 'walk 0x1000000 + 4'), [
        'guest-virtual 0x01000004',
        'PDE at guest-physical 0x00200010: 0x00400083: present, supervisor, writable, 4 MiB page',
        'guest-physical 0x00400004',
        `host-physical ${host(0x400004)}`,
      ]);
      assert.deepEqual(typed(guest, 'walk 0x6000').slice(2), [
        'PTE at guest-physical 0x00201018: 0x00000000: not present',
        'nothing is mapped there',
      ]);
    });
  }

  it('the IDT names the handlers, the TSS its stacks', async () => {
    const guest = await at(ringsGuest, 'system_call');
    const idt = typed(guest, 'info idt');
    assert.equal(idt.length, 2);
    assert.match(idt[1], /^0x80: interrupt gate 32-bit, to 0x0008:0x00100[0-9a-f]{3}, DPL 3 system_call \(/);
    const tss = typed(guest, 'info tss');
    assert.match(tss[1], /^tss\+0x4 \(0x[0-9a-f]{8}\) ESP0: 0x00070000$/);
    assert.match(tss[2], /SS0: 0x0010$/);
    assert.deepEqual(typed(guest, 'info ldt'), ['The guest has no LDT now.']);
    const registers = typed(guest, 'info regs');
    for (const register of [/^eax +0x00000007/, /^tr .* TSS 32-bit, busy DPL 0$/])
      assert.ok(registers.some(line => register.test(line)));
  });

  it('in real mode there is the interrupt table', async () => {
    const guest = await guestFrom('bits 16\norg 0x7c00\n jmp $\n times 510-($-$$) db 0\n dw 0xaa55\n');
    const [title, first] = typed(guest, 'info idt');
    assert.match(title, /^IDT at 0x00000000, entries: 256$/);
    assert.match(first, /^0x00 #DE: to 0xf000:0x/);
    assert.deepEqual(typed(guest, 'info gdt'), ['The guest has no GDT now.']);
    assert.deepEqual(typed(guest, 'info tss'), ['The guest has no TSS now.']);
    assert.equal(mappedRanges(guest.system.running.level).ranges.length, 1);
  });

  it('after a reset no LDT is loaded, though its register holds one', async () => {
    assert.deepEqual(typed(await at(booted, 'there'), 'info ldt'), ['The guest has no LDT now.']);
  });

  it('of a million ranges those that are many enough are listed', async () => {
    const guest = await at(scattered, 'there');
    const lines = typed(guest, 'info tab');
    assert.equal(lines.length, 201);
    assert.equal(lines.at(-1), '… and at least 9800 more');
    assert.equal(memoryNodes(guest)[0].value, 'ranges: at least 10000');
  });

  it('looking at them changes nothing', async () => {
    const guest = await at(paged, 'there', 'trapAndEmulate');
    const before = Buffer.from(guest.system.running.memory.slice(0, 16 << 20));
    for (const node of [...tableNodes(guest), ...memoryNodes(guest)]) {
      node.children?.();
      for (let index = 0; index < Math.min(node.rows?.count ?? 0, 1000); index++) node.rows?.at(index);
    }
    assert.ok(before.equals(Buffer.from(guest.system.running.memory.slice(0, 16 << 20))));
  });

  for (const command of ['info', 'info everything', 'walk'])
    it(`${command} is refused with how it is written`, async () => {
      const guest = await at(ringsGuest, 'start');
      assert.throws(() => typed(guest, command), /This command is written so: (info|walk)/);
    });
});
