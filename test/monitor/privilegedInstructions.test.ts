// Every privileged and IOPL-sensitive instruction × ring × technique: whatever traps has the result that it has on bare
// metal, to the last bit of the guest's memory and registers.

import assert from 'node:assert/strict';
import { hex } from '../../src/base/hex';
import { Cr4 } from '../../src/isa/controlRegisters';
import type { Mnemonic } from '../../src/isa/mnemonics';
import { opcodeRows } from '../../src/isa/opcodes';
import { differencesBetween, seenByGuest } from '../differences';
import { contexts, contextText, runSnippet } from './snippets';

interface Row {
  readonly mnemonic: Mnemonic;
  readonly snippet: string;
  readonly cr4?: number;
}

const row = (mnemonic: Mnemonic, snippet: string, cr4?: number): Row => ({
  mnemonic,
  snippet,
  ...(cr4 === undefined ? {} : { cr4 }),
});

const rows: readonly Row[] = [
  row('cli', 'cli'),
  row('sti', 'sti\nnop'),
  row('sti', 'sti'),
  row('hlt', 'hlt'),
  row('in', 'in al, 0x21'),
  row('in', 'in ax, dx'),
  row('in', 'mov edx, 0x64\nin al, dx'),
  row('out', 'out 0x80, al'),
  row('out', 'out dx, eax'),
  row('ins', 'insb'),
  row('ins', 'mov ecx, 5\nrep insd'),
  row('ins', 'rep insb'),
  row('outs', 'outsb'),
  row('outs', 'mov ecx, 5\nrep outsw'),
  row('lgdt', 'lgdt [gdt_register]'),
  row('lgdt', 'lgdt [0x700000]'),
  row('lidt', 'lidt [idt_register]'),
  row('lldt', 'xor eax, eax\nlldt ax'),
  row('lldt', 'mov ax, CODE0\nlldt ax'),
  row('ltr', 'mov ax, TSS\nltr ax'),
  row('ltr', 'mov byte [gdt + TSS + 5], 0x89\nmov ax, TSS\nltr ax'),
  row('clts', 'clts'),
  row('lmsw', 'mov ax, 0xb\nlmsw ax'),
  row('lmsw', 'xor eax, eax\nlmsw ax'),
  ...[0, 2, 3, 4].map(index => row('movFromControl', `mov eax, cr${index}`)),
  row('movToControl', 'mov eax, cr0\nor eax, 0x2a\nmov cr0, eax\nmov ecx, cr0'),
  row('movToControl', 'mov eax, cr0\nand eax, ~1\nmov cr0, eax'),
  row('movToControl', 'mov eax, 0x12345678\nmov cr2, eax\nmov ecx, cr2'),
  row('movToControl', 'mov eax, cr3\nmov cr3, eax'),
  row('movToControl', 'mov eax, DIRECTORY | 0x18\nmov cr3, eax\nmov ecx, cr3'),
  row('movToControl', 'mov eax, 0x10\nmov cr4, eax\nmov ecx, cr4'),
  row('movToControl', 'mov eax, 0x80000000\nmov cr4, eax'),
  row('movToControl', 'mov eax, cr0\nor eax, 0x20000000\nmov cr0, eax'),
  row('movFromDebug', 'mov eax, dr7'),
  row('movFromDebug', 'mov eax, dr4'),
  row('movFromDebug', 'mov eax, dr5', Cr4.de),
  row('movToDebug', 'mov dr3, ebx\nmov ecx, dr3'),
  row('movToDebug', 'mov dr6, ebx\nmov ecx, dr6'),
  row('rdmsr', 'mov ecx, 0x174\nrdmsr'),
  row('rdmsr', 'mov ecx, 0x10\nrdmsr'),
  row('rdmsr', 'mov ecx, 0x12345\nrdmsr'),
  row('wrmsr', 'xor edx, edx\nmov ecx, 0x175\nwrmsr\nrdmsr'),
  row('wrmsr', 'mov ecx, 0x1b\nwrmsr'),
  row('rdtsc', 'rdtsc'),
  row('rdtsc', 'rdtsc', Cr4.tsd),
  row('rdpmc', 'rdpmc'),
  row('rdpmc', 'rdpmc', Cr4.pce),
  row('rdpmc', 'mov ecx, 7\nrdpmc', Cr4.pce),
  row('cpuid', 'mov eax, 1\ncpuid'),
  row('invd', 'invd'),
  row('wbinvd', 'wbinvd'),
  row('invlpg', 'invlpg [0x400000]'),
  row('int', 'int 0x31'),
  row('int', 'int 0x32'),
  row('int', 'int 0xff'),
  row('int', 'int 13'),
  row('int3', 'int3'),
  row('int1', 'int1'),
  row('into', 'mov eax, 0x7fffffff\ninc eax\ninto'),
  row('sysenter', 'sysenter'),
  row('sysexit', 'sysexit'),
  row(
    'sysexit',
    'mov ecx, 0x173\nmov ecx, 0x174\nmov eax, 8\nxor edx, edx\nwrmsr\nmov ecx, STACK3\nmov edx, .out\nsysexit\n.out: nop',
  ),
  row(
    'sysenter',
    'mov ecx, 0x174\nmov eax, 8\nxor edx, edx\nwrmsr\nmov ecx, 0x175\nmov eax, STACK0\nwrmsr\nmov ecx, 0x176\nmov eax, .in\nwrmsr\nsysenter\n.in: nop',
  ),
  row('ud', 'ud2'),
];

/** Traps only in virtual-8086 mode; guests/virtual-8086.asm has these. */
const inVirtual8086: readonly Mnemonic[] = ['pushf', 'popf', 'iret'];
/** They do not trap: sensitiveInstructions.test.ts. */
const silent: readonly Mnemonic[] = ['sgdt', 'sidt', 'sldt', 'str'];

describe('privileged instructions × ring × technique', () => {
  it('has a row for every instruction that the tables call privileged', () => {
    const covered = new Set<Mnemonic>([...rows.map(({ mnemonic }) => mnemonic), ...inVirtual8086, ...silent]);
    const wanted = opcodeRows.filter(({ privilege }) => privilege);
    assert.deepEqual(
      wanted.filter(({ mnemonic }) => !covered.has(mnemonic)).map(({ mnemonic }) => mnemonic),
      [],
    );
  });

  for (const { mnemonic, snippet, cr4 } of rows) {
    it(`${mnemonic}: ${snippet.replaceAll('\n', '; ')}${cr4 === undefined ? '' : `, CR4 ${hex(cr4)}`}`, () => {
      for (const context of contexts) {
        const bare = runSnippet('none', snippet, context, cr4);
        const trapped = runSnippet('trapAndEmulate', snippet, context, cr4);
        const where = contextText(context);
        assert.equal(trapped.outcome, bare.outcome, where);
        assert.deepEqual(differencesBetween(trapped.run, bare.run, seenByGuest), [], where);
      }
    });
  }
});
