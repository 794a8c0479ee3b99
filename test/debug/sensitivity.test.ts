// Which instructions the filter "Sensitive but silent" stops before, in a guest that believes in ring 0.
import assert from 'node:assert/strict';
import { never } from '../../src/debug/goals';
import { guestFrom } from './guest';

const instructions = [
  ...['sgdt [0x600]', 'sidt [0x600]', 'smsw ax', 'pushf', 'popf', 'push cs', 'pop bx', 'mov ax, cs', 'mov ax, ds'],
  ...['sldt ax', 'str ax', 'lar ax, bx', 'lsl ax, bx', 'verr ax', 'verw ax'],
];

/** In real mode those that it does not know, of three bytes each, are skipped by the handler for #UD. */
const realMode = `bits 16
org 0x7c00
  mov word [6 * 4], skip
  mov word [6 * 4 + 2], 0
  mov sp, 0x7000
  push word 2
  popf
at_0: nop
${instructions.map((instruction, index) => `at_${index + 1}: ${instruction}`).join('\n')}
end: jmp $
skip:
  push bp
  mov bp, sp
  add word [bp + 2], 3
  pop bp
  iret
`;

const protectedMode = `bits 32
org 0x100000
  mov esp, 0x80000
  lgdt [gdtr]
  mov bx, 0x10
  push dword 2
${instructions.map((instruction, index) => `at_${index + 1}: ${instruction}`).join('\n')}
end: jmp $
align 8
gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr: dw $ - gdt - 1
  dd gdt
`;

/** The instructions that the filter stops at. */
async function stopsIn(source: string, technique: string): Promise<string[]> {
  const guest = await guestFrom(source, { technique });
  guest.breakpoints.setFilters([{ filter: 'sensitive' }]);
  const end = guest.symbols.valueOf('end') ?? 0;
  const found: string[] = [];
  for (;;) {
    const stop = await guest.engine.run(never, { mostSteps: 1000 });
    if (stop.kind !== 'event') {
      assert.equal(guest.context.lookUp('$').read(), end);
      return found;
    }
    const label = guest.symbols.describe(guest.context.lookUp('$').read()) ?? '';
    found.push(instructions[Number(label.replace('at_', '')) - 1]);
  }
}

describe('instructions that are sensitive but silent', () => {
  it('are those that tell of another ring, in protected mode', async () => {
    const silent = instructions.filter(instruction => !['pop bx', 'mov ax, ds'].includes(instruction));
    assert.deepEqual(await stopsIn(protectedMode, 'trapAndEmulate'), silent);
  });

  it('are only those that virtual-8086 mode lets pass, in real mode', async () => {
    assert.deepEqual(await stopsIn(realMode, 'trapAndEmulate'), ['sgdt [0x600]', 'sidt [0x600]', 'smsw ax']);
  });

  for (const [mode, source] of Object.entries({ realMode, protectedMode }))
    it(`are none on the bare machine, in ${mode}`, async () => assert.deepEqual(await stopsIn(source, 'none'), []));
});
