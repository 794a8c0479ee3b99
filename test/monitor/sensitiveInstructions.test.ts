// The instructions that look at or change privileged state and do not trap (isa/opcodes/sensitive.ts): under
// trap-and-emulate each gives a wrong answer, and exactly the one that a real processor gives to a guest kernel in ring 1
// under this monitor. The snippets leave what they have learnt at `result`.

import assert from 'node:assert/strict';
import type { Mnemonic } from '../../src/isa/mnemonics';
import { opcodeRows } from '../../src/isa/opcodes';
import { hex } from '../../src/base/hex';
import { contexts, runSnippet, type Context } from './snippets';

interface Row {
  readonly mnemonic: Mnemonic;
  readonly what: string;
  readonly snippet: string;
  /** the first doublewords at `result`, or how the snippet ended; `label` stands for the address of a label */
  readonly none: readonly number[] | string;
  readonly trapAndEmulate: readonly number[] | string;
}

const kernel = contexts[0];
const programWithIopl3 = contexts[3];

// the monitor's own tables (monitorMemory.ts) and CR0
const monitorGdt = 0xffc10000;
const monitorIdt = 0xffc01000;
const monitorTss = 0xfff0;
const monitorLdt = 0xfff8;
const monitorCr0 = 0x80010031;
const guestCr0 = 0x80010011;
const interruptsOn = 0x200;

/** `lar`, `lsl`, `verr` or `verw` of a selector: ZF, then what came out. */
const ask = (instruction: string, selector: number | string): string =>
  `mov ecx, ${selector}
   xor eax, eax
   ${instruction}
   mov [result + 4], eax
   setz [result]`;

/** The flags as PUSHF shows them. */
const flagsTo = (place: string): string => `pushfd
   pop dword [${place}]`;

const inKernel: readonly Row[] = [
  {
    mnemonic: 'sgdt',
    what: 'shows the monitor’s GDT',
    snippet: 'sgdt [result + 2]\nmov eax, gdt\nsub [result + 4], eax',
    none: [0xff0000, 0],
    trapAndEmulate: [0xffff0000, monitorGdt - 0x101000],
  },
  {
    mnemonic: 'sidt',
    what: 'shows the monitor’s IDT',
    snippet:
      'sidt [result + 2]\nmov eax, idt\nxor eax, [result + 4]\nand dword [result + 4], 0xfffff000\nmov [result + 8], eax',
    none: [0x1ff0000, 0x102000, 0],
    trapAndEmulate: [0x7ff0000, monitorIdt],
  },
  {
    mnemonic: 'sldt',
    what: 'shows the monitor’s LDT',
    snippet: 'sldt [result]',
    none: [0],
    trapAndEmulate: [monitorLdt],
  },
  {
    mnemonic: 'str',
    what: 'shows the monitor’s TSS',
    snippet: 'str [result]',
    none: [0x28],
    trapAndEmulate: [monitorTss],
  },
  {
    mnemonic: 'smsw',
    what: 'shows the real CR0',
    snippet: 'smsw eax\nmov [result], eax',
    none: [guestCr0],
    trapAndEmulate: [monitorCr0],
  },
  {
    mnemonic: 'smsw',
    what: 'shows paging and protection that the guest has switched off',
    snippet: `mov eax, cr0
              and eax, 0x7ffeffff
              mov cr0, eax
              smsw eax
              mov [result], eax
              mov eax, cr0
              mov [result + 4], eax`,
    none: [0x11, 0x11],
    trapAndEmulate: [monitorCr0, 0x11],
  },
  {
    mnemonic: 'pushf',
    what: 'shows the monitor’s interrupt flag',
    snippet: flagsTo('result'),
    none: [2],
    trapAndEmulate: [2 | interruptsOn],
  },
  {
    mnemonic: 'popf',
    what: 'does not switch interrupts on, nor change IOPL; the handler of an interrupt sees what is believed',
    snippet: 'push dword 0x3202\npopfd\nint 0x31',
    none: 'exception 31 code=0 at=8 flags=3202',
    trapAndEmulate: 'exception 31 code=0 at=8 flags=2',
  },
  {
    mnemonic: 'popf',
    what: 'does not switch interrupts off',
    snippet: 'sti\npush dword 2\npopfd\nint 0x31',
    none: 'exception 31 code=0 at=6 flags=2',
    trapAndEmulate: 'exception 31 code=0 at=6 flags=202',
  },
  {
    mnemonic: 'pushSegment',
    what: 'CS and SS show ring 1',
    snippet: 'push cs\npop dword [result]\npush ss\npop dword [result + 4]\npush ds\npop dword [result + 8]',
    none: [8, 0x10, 0x10],
    trapAndEmulate: [9, 0x11, 0x10],
  },
  {
    mnemonic: 'movFromSegment',
    what: 'CS and SS show ring 1',
    snippet: 'mov eax, cs\nmov [result], eax\nmov [result + 4], ss\nmov [result + 8], ds',
    none: [8, 0x10, 0x10],
    trapAndEmulate: [9, 0x11, 0x10],
  },
  {
    mnemonic: 'popSegment',
    what: 'takes a selector of ring 1, which ring 0 may not load into DS',
    snippet: 'push dword 0x11\npop ds\nmov eax, ds\nmov [es:result], eax',
    none: 'exception d code=10 at=2',
    trapAndEmulate: [0x11],
  },
  {
    mnemonic: 'movToSegment',
    what: 'takes a selector of ring 1, which ring 0 may not load into SS',
    snippet: 'mov eax, 0x11\nmov ss, eax\nmov [result], eax',
    none: 'exception d code=10 at=5',
    trapAndEmulate: [0x11],
  },
  {
    mnemonic: 'lar',
    what: 'shows the compressed DPL of the kernel’s code',
    snippet: ask('lar eax, ecx', 'CODE0'),
    none: [1, 0xcf9b00],
    trapAndEmulate: [1, 0xcfbb00],
  },
  {
    mnemonic: 'lar',
    what: 'shows the program’s code as not present while the kernel runs',
    snippet: ask('lar eax, ecx', 'CODE3 & ~3'),
    none: [1, 0xcffa00],
    trapAndEmulate: [1, 0xcf7a00],
  },
  {
    mnemonic: 'lar',
    what: 'cannot see a descriptor of ring 0 that the monitor does not compress',
    snippet: ask('lar eax, ecx', 'TSS'),
    none: [1, 0x008b00],
    trapAndEmulate: [0, 0],
  },
  {
    mnemonic: 'lsl',
    what: 'shows where the monitor begins',
    snippet: ask('lsl eax, ecx', 'DATA0'),
    none: [1, 0xffffffff],
    trapAndEmulate: [1, 0xffbfffff],
  },
  {
    mnemonic: 'verr',
    what: 'allows ring 1 what only ring 0 may read',
    snippet: ask('verr cx', 'CODE0 | 1'),
    none: [0, 0],
    trapAndEmulate: [1, 0],
  },
  {
    mnemonic: 'verw',
    what: 'allows ring 1 what only ring 0 may write',
    snippet: ask('verw cx', 'DATA0 | 1'),
    none: [0, 0],
    trapAndEmulate: [1, 0],
  },
  {
    mnemonic: 'callFar',
    what: 'leaves ring 1 in the return address',
    snippet: 'call CODE0:.there\n.there:\nmov eax, [esp + 4]\nmov [result], eax',
    none: [8],
    trapAndEmulate: [9],
  },
  {
    mnemonic: 'jmpFar',
    what: 'goes to a selector of ring 1',
    snippet: 'jmp CODE0 | 1:.there\n.there:\nmov dword [result], 1',
    none: 'exception d code=8 at=0',
    trapAndEmulate: [1],
  },
  {
    mnemonic: 'retFar',
    what: 'returns to a selector of ring 1',
    snippet: 'push dword CODE0 | 1\npush dword .there\nretf\n.there:\nmov dword [result], 1',
    none: 'exception d code=8 at=7',
    trapAndEmulate: [1],
  },
];

/** INT n is on the list for monitors whose gates the guest can reach; here every gate is the monitor's, and it traps. */
const trapHere: readonly Mnemonic[] = ['int'];

const inProgram: readonly Row[] = [
  {
    mnemonic: 'sidt',
    what: 'shows a program the monitor’s IDT',
    snippet: 'sidt [result]\nshr dword [result + 2], 12',
    none: [0x010201ff],
    trapAndEmulate: [(((monitorIdt >>> 12) << 16) | 0x7ff) >>> 0, monitorIdt >>> 28],
  },
  {
    mnemonic: 'pushf',
    what: 'shows a program with IOPL 3 the real IOPL',
    snippet: `cli
              ${flagsTo('result')}`,
    none: [0x3002],
    trapAndEmulate: [2 | interruptsOn],
  },
  {
    mnemonic: 'popf',
    what: 'does not switch off the interrupts of a program with IOPL 3',
    snippet: 'push dword 0x3002\npopfd\nint 0x32',
    none: 'exception 32 code=0 at=8 flags=3002',
    trapAndEmulate: 'exception 32 code=0 at=8 flags=3202',
  },
  {
    mnemonic: 'iret',
    what: 'in its own ring neither',
    snippet: 'push dword 0x3002\npush dword CODE3\npush dword .there\niretd\n.there:\nint 0x32',
    none: 'exception 32 code=0 at=f flags=3002',
    trapAndEmulate: 'exception 32 code=0 at=f flags=3202',
  },
];

describe('sensitive instructions that do not trap', () => {
  it('has a row for every one', () => {
    const covered = new Set<Mnemonic>([...inKernel.map(({ mnemonic }) => mnemonic), ...trapHere]);
    const missing = opcodeRows.filter(({ sensitive, mnemonic }) => sensitive && !covered.has(mnemonic));
    assert.deepEqual(missing, []);
  });

  const check = (row: Row, context: Context): void => {
    for (const technique of ['none', 'trapAndEmulate'] as const) {
      const { outcome, result, run } = runSnippet(technique, row.snippet, context);
      const expected = row[technique];
      if (typeof expected === 'string') {
        const flags = / flags=(\w+)$/.exec(expected);
        assert.equal(`${outcome}${flags ? ` flags=${flagsPushed(run.debug)}` : ''}`, expected, technique);
        continue;
      }
      assert.match(outcome, /^done /, technique);
      const seen = result.slice(0, expected.length).map(value => hex(value));
      assert.deepEqual(
        seen,
        expected.map(value => hex(value)),
        technique,
      );
    }
  };

  for (const row of inKernel) it(`${row.mnemonic} ${row.what}`, () => check(row, kernel));
  for (const row of inProgram) it(`${row.mnemonic} ${row.what}, in ring 3`, () => check(row, programWithIopl3));
});

/** What the guest printed of the flags that its handler found. */
const flagsPushed = (debug: string): string => /^flags=(\w+)$/m.exec(debug)?.[1] ?? '';
