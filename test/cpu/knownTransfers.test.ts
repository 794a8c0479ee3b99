// Interrupts, page faults and returns that handlers make by themselves: that they do, and that whatever a transfer depends on
// may change at any time. Each guest runs on a pair of machines, one of which only steps.

import assert from 'node:assert/strict';
import path from 'node:path';
import type { DeliveredEvent } from '../../src/cpu/core';
import { Vector } from '../../src/isa/exceptions';
import { Gpr } from '../../src/isa/registers';
import { emptyDisk } from '../../src/machine/diskImage';
import { imageFromFile, loadGuest } from '../../src/machine/guestImage';
import { BareMetal } from '../../src/monitor/none';
import { assembleFile } from '../bench/image';
import { eagerLimits, LockstepPair } from '../lockstep/pair';

const folder = path.resolve('test/bench/guests');
const memoryBytes = 64 << 20;
const budget = 5000;
const mostAdvances = 100_000;
/** instructions until handlers know all transfers of a guest */
const known = 75_000;

interface Ran {
  readonly output: string;
  /** operations, among them deliveries and returns, that the machinery has made in the machine with handlers */
  readonly byMachinery: number;
}

function pairOf(source: string): LockstepPair {
  const image = imageFromFile(assembleFile(folder, 'transfers.asm', source));
  const load: ConstructorParameters<typeof LockstepPair>[1]['load'] = (memory, state) =>
    loadGuest(image, memory, state);
  return new LockstepPair('none', { memoryBytes, load }, { ...eagerLimits, hotVisits: 1e9 });
}

/** To the end, in runs of at most so many instructions. */
function advance(pair: LockstepPair, mostInstructions = budget): void {
  for (let advances = 0; advances < mostAdvances; advances++) {
    const { boundaries, difference } = pair.advance(mostInstructions);
    assert.equal(difference, undefined);
    if (boundaries === 0) break;
  }
  assert.equal(pair.differenceInAll(), undefined);
}

/** Once handlers know all transfers, comes to a stop so many times, in runs of at most so many instructions. */
function meet(pair: LockstepPair, times: number, stop: () => number, mostInstructions = budget): void {
  const { system } = pair.compiled;
  const go = (most: number): void => {
    const { boundaries, difference } = pair.advance(most);
    assert.equal(difference, undefined);
    assert.notEqual(boundaries, 0, 'came to its end');
  };
  while (system.now < known) go(budget);
  pair.setStops([stop()]);
  for (let met = 0; met < times; go(mostInstructions)) if (system.hardware.state.eip === stop()) met++;
}

function run(source: string): Ran {
  const pair = pairOf(source);
  const { pendingWrites } = pair.compiled.system.hardware.memory;
  const begin = pendingWrites.begin.bind(pendingWrites);
  let byMachinery = 0;
  pendingWrites.begin = () => {
    byMachinery++;
    return begin();
  };
  advance(pair);
  return { output: pair.compiled.output, byMachinery };
}

const calls = 400;
/** Makes system calls and sums up what the handler leaves in EAX, and in EDX what it does to the caller. */
const work = `
work:
	mov ecx, ${calls}
	xor ebx, ebx
.call:
	int 0x80
	add ebx, eax
	pushf
	pop eax
	add ebx, eax
	mov eax, ds
	add ebx, eax
	mov eax, PROGRAM_DATA
	mov ds, eax
	dec ecx
	jnz .call
	mov eax, ebx
	ret
`;
const systemCall = (handler: string): string =>
  `%define SYSTEM_CALL system_call\n%include "guest.inc"\n${work}\nsystem_call:\n${handler}\n`;

/** Once handlers make the transfers. */
const late = (change: string): string => `mov eax, 5\ncmp ecx, 3\njne .stays\n${change}\n.stays:`;

/** [what changes between calls, the handler] */
const changing: readonly (readonly [string, string])[] = [
  ['nothing', 'mov eax, esp\niret'],
  ['the stack pointer in the TSS', 'mov eax, esp\nxor dword [TASK_STATE + 4], 0x100\niret'],
  ['the stack segment in the TSS', 'mov eax, ss\nxor dword [TASK_STATE + 8], KERNEL_DATA ^ other_data\niret'],
  ['the gate', 'mov eax, other_call\nmov [IDT + 0x80 * 8], ax\nmov eax, 1\niret'],
  ['the type of the gate', 'pushf\npop eax\nxor byte [IDT + 0x80 * 8 + 5], 1\niret'],
  ['the accessed flag of the segment returned to', 'movzx eax, byte [gdt + 0x1d]\nand byte [gdt + 0x1d], 0xfe\niret'],
  ['the accessed flag of the handler’s segment', 'movzx eax, byte [gdt + 0x0d]\nand byte [gdt + 0x0d], 0xfe\niret'],
  ['the limit of the GDT', 'mov eax, ecx\nxor word [gdt_register], 8\nlgdt [gdt_register]\niret'],
  ['where the GDT is', `mov eax, 1\ncall copy_gdt\nlgdt [other_gdt_register]\niret`],
  ['IOPL', 'mov eax, 2\nxor dword [esp + 8], 0x3000\niret'],
  ['arithmetic flags and DF', 'mov eax, 3\nxor dword [esp + 8], 0xcd5\niret'],
  ['RF', 'mov eax, 3\nxor dword [esp + 8], 0x10000\niret'],
  ['data segments', 'mov eax, KERNEL_DATA\ntest ecx, 1\njz .stays\nmov ds, eax\n.stays:\niret'],
  ['the return address', 'mov eax, 4\ntest ecx, 1\njz .stays\nadd dword [esp], 2\n.stays:\niret'],
  ['the limit of the IDT', `${late('lidt [short_idt_register]')}\niret`],
  ['NT', `${late('pushf\nor dword [esp], 0x4000\npopf')}\niret`],
  ['debug registers', `${late('mov eax, KERNEL_STACK - 4\nmov dr0, eax\nmov eax, 0xf0001\nmov dr7, eax')}\niret`],
  ['the task register', `${late('and byte [gdt + 0x2d], 0xfd\nmov word [gdt + 0x28], 5\nmov ax, TASK\nltr ax')}\niret`],
  ['the caller’s stack pointer', 'mov eax, [esp + 12]\ntest ecx, 1\njz .stays\nsub dword [esp + 12], 4\n.stays:\niret'],
];
/** To DATA. */
const copyGdt = `mov esi, gdt
	mov edi, DATA
	mov ecx, (gdt.end - gdt) / 4
	rep movsd`;
/** What some of them need. */
const more = `
other_call:
	mov eax, system_call
	mov [IDT + 0x80 * 8], ax
	mov eax, 7
	iret
other_data equ 0x30
copy_gdt:
	push esi
	push edi
	push ecx
	${copyGdt}
	pop ecx
	pop edi
	pop esi
	ret
other_gdt_register:
	dw gdt.end - gdt - 1
	dd DATA
short_idt_register:
	dw 0x80 * 8 - 1
	dd IDT
`;
/** A second segment for ring 0's stack. */
const addSegment = `
%define KERNEL_START add_segment
`;
const segmentAdder = `
add_segment:
	mov dword [DATA], 0
	mov esi, gdt
	mov edi, DATA + 0x1000
	mov ecx, (gdt.end - gdt) / 4
	rep movsd
	mov dword [DATA + 0x1000 + other_data], 0x0000ffff
	mov dword [DATA + 0x1000 + other_data + 4], 0x00cf9300
	lgdt [.register]
	ret
.register:
	dw other_data + 7
	dd DATA + 0x1000
`;

/** What `start` does in ring 0, before the program starts. */
const withStart = (definitions: string, start: string): string =>
  `%define KERNEL_START start\n${definitions}\n%include "guest.inc"\nstart:\n${start}\nret\n`;
const hideData = 'mov dword [PAGE_TABLES + (DATA >> 12) * 4], DATA | 3';
/** Gate `vector` leads to `handler` in ring 3. */
const gateToProgram = (vector: string, attributes: string): string =>
  `mov ecx, ${vector}\nmov eax, handler\nmov edx, ${attributes}\ncall set_gate\nmov word [IDT + ${vector} * 8 + 2], PROGRAM_CODE`;
/** Does something on a stack that is the program's own, but the last time on one that is the supervisor's. */
const workOnStacks = (action: string): string => `
work:
	mov ecx, ${calls}
.next:
	mov ebp, esp
	cmp ecx, 1
	jne .own
	mov esp, DATA + 0x800
.own:
	${action}
work.back:
	mov esp, ebp
	dec ecx
	jnz work.next
	mov eax, ecx
	ret
`;
const callInRing1 = withStart(
  '%define SYSTEM_CALL system_call',
  `${copyGdt}
	mov dword [DATA + 0x30], 0x0000ffff
	mov dword [DATA + 0x34], 0x00cfbb00
	mov dword [DATA + 0x38], 0x0000ffff
	mov dword [DATA + 0x3c], 0x00cfb300
	lgdt [.register]
	mov word [IDT + 0x80 * 8 + 2], 0x31
	mov dword [TASK_STATE + 12], DATA + 0x2000
	mov dword [TASK_STATE + 16], 0x39
	ret
.register:
	dw 0x3f
	dd DATA`,
);
/** The descriptor of ring 0's stack lies at linear address 0. */
const gdtAroundTheEnd = withStart(
  '%define SYSTEM_CALL system_call',
  `mov dword [PAGE_TABLES], (DATA + 0x1000) | 7
	mov dword [DATA + 0x2000 + 0xffc], DATA | 7
	mov dword [DATA + 0x2000], 0
	mov dword [PAGE_DIRECTORY + 0xffc], (DATA + 0x2000) | 7
	mov eax, cr3
	mov cr3, eax
	mov esi, gdt
	mov edi, 0xfffffff0
	mov ecx, (gdt.end - gdt) / 4
	rep movsd
	lgdt [.register]
	ret
.register:
	dw gdt.end - gdt - 1
	dd 0xfffffff0`,
);
/** Code that runs off the end of its segment into a page that may be there. */
const shortSegment = (nextPage: string): string =>
  withStart(
    '%define PAGE_FAULT unexpected',
    `${copyGdt}
	mov dword [DATA + 0x30], (DATA >> 12) + 2
	mov dword [DATA + 0x34], 0x00c09b00
	lgdt [.register]
	mov dword [DATA + 0x2ff8], 0xfd754990
	mov dword [DATA + 0x2ffc], 0x90909090
	mov dword [PAGE_TABLES + ((DATA + 0x3000) >> 12) * 4], ${nextPage}
	invlpg [DATA + 0x3000]
	mov ecx, ${calls}
	jmp 0x30:DATA + 0x2ff8
.register:
	dw 0x37
	dd DATA
work:`,
  );
/** The handler skips the access, and RF comes back at an instruction that faults again, or not. */
const resumedWithRf = `
%define PAGE_FAULT page_fault
%include "guest.inc"
work:
	mov ecx, ${calls}
.again:
	mov eax, [WINDOW]
	mov eax, [WINDOW + 0x1000]
	dec ecx
	jnz .again
	mov eax, ecx
	ret
page_fault:
	add esp, 4
	test ecx, 1
	jz .skip
	nop
.skip:
	add dword [esp], 5
	or dword [esp + 8], 0x10000
	iret
`;
/** Calls into a page that is never there; the handler returns for it. */
const absentCode = `
%define PAGE_FAULT page_fault
%include "guest.inc"
work:
	mov ecx, ${calls}
.again:
	mov eax, WINDOW + 0x10
	call eax
	dec ecx
	jnz .again
	mov eax, ecx
	ret
page_fault:
	add esp, 4
	mov eax, [esp + 12]
	mov eax, [eax]
	mov [esp], eax
	add dword [esp + 12], 4
	iret
`;

/** [what, the guest, what it says in the end] */
const guests: readonly (readonly [string, string, RegExp])[] = [
  ['into ring 1 and back', `${callInRing1}${work}\nsystem_call:\nmov eax, esp\niret\n`, /result/],
  [
    'by INT to ring 3, whose stack is a supervisor’s at last',
    withStart('%define PAGE_FAULT unexpected', `${gateToProgram('0x80', '0xee00')}\n${hideData}`) +
      workOnStacks('int 0x80') +
      'handler:\nadd esp, 12\njmp [esp - 12]\n',
    /failed: unexpected exception, stack 00000007/,
  ],
  [
    'by page faults to ring 3, whose stack is a supervisor’s at last',
    withStart('', `${gateToProgram('14', '0x8e00')}\n${hideData}`) +
      `${workOnStacks('mov eax, [WINDOW]')}\nhandler:\njmp work.back\n`,
    /failed: unexpected exception, stack 00000000/,
  ],
  ['with a descriptor at address 0', `${gdtAroundTheEnd}${work}\nsystem_call:\nmov eax, esp\niret\n`, /result/],
  ['beyond the code segment, to a page that is there', shortSegment('(DATA + 0x3000) | 7'), /stack 00000000 00803000/],
  ['beyond the code segment, to a page that is not there', shortSegment('0'), /stack 00000000 00803000/],
];

describe('known transfers', function () {
  this.timeout(120_000);

  for (const name of ['systemCall', 'pageFaultInvlpg'])
    it(`of the benchmark’s ${name} are made by handlers`, () => {
      const { output, byMachinery } = run(`%include "${name}.asm"`);
      assert.match(output, /result/);
      assert.ok(byMachinery < 50, `${byMachinery} by the machinery`);
    });

  for (const name of ['pageFaultCr3', 'timer', 'selfModifying'])
    it(`of the benchmark’s ${name}`, () => assert.match(run(`%include "${name}.asm"`).output, /result/));

  for (const [what, handler] of changing)
    it(`heed a change of ${what}`, () => {
      const source = addSegment + systemCall(handler) + more + segmentAdder;
      assert.match(run(source).output, /result|failed/);
    });

  for (const [what, source, output] of guests) it(`go ${what}`, () => assert.match(run(source).output, output));

  it('leave RF as it is, wherever a run ends', () => {
    const gate = 0x1f0000 + Vector.pageFault * 8;
    for (let mostInstructions = 1; mostInstructions < 10; mostInstructions++) {
      const pair = pairOf(resumedWithRf);
      const { physical } = pair.reference.system.hardware.memory;
      const handler = (): number => (physical.read32(gate) & 0xffff) | (physical.read32(gate + 4) & 0xffff0000);
      meet(pair, 100, handler, mostInstructions);
      pair.setStops([]);
      advance(pair, mostInstructions);
    }
  });

  it('heed stops in pages that are not there', () => meet(pairOf(absentCode), 10, () => 0x40000010));

  it('of faults without end do not keep a run', () => {
    const system = bareMetalWith(endlessFaults);
    const { state } = system.hardware;
    while (system.run(budget) > 0);
    for (let runs = 0; runs < 3; runs++) {
      const before = state.gpr(Gpr.esp);
      system.run(budget);
      const frames = ((before - state.gpr(Gpr.esp)) >>> 0) / 16;
      assert.ok(frames > 0 && frames <= 20_000, `${frames} faults in a run`);
    }
  });

  it('are told of late, and only while they are under way, to who need not see each', () => {
    const { system, told } = observedRun(nestedFault, false);
    const { state } = system.hardware;
    assert.deepEqual(
      told.slice(-2).map(({ vector, kind, fromCpl, toCpl, errorCode }) => [vector, kind, fromCpl, toCpl, errorCode]),
      [
        [0x80, 'softwareInterrupt', 3, 0, undefined],
        [14, 'exception', 0, 0, 0],
      ],
    );
    assert.equal(told[told.length - 1].frame, state.gpr(Gpr.esp), 'the handler has pushed nothing');
    assert.ok(told.length < rounds, `${told.length} were told`);
  });

  it('are made by the machinery for who sees each', () => {
    const { told } = observedRun(nestedFault, true);
    assert.ok(told.length >= 2 * rounds, `${told.length} were told`);
  });
});

const rounds = 200;
/** System calls whose handler faults on a page; the last fault is not returned from. */
const nestedFault = `
%define SYSTEM_CALL system_call
%define PAGE_FAULT page_fault
%include "guest.inc"
work:
	mov ecx, ${rounds}
.call:
	int 0x80
	dec ecx
	jnz .call
	xor eax, eax
	ret
system_call:
	mov eax, [WINDOW]
	mov dword [WINDOW_TABLE], 0
	invlpg [WINDOW]
	iret
page_fault:
	cmp ecx, 1
	je $
	mov dword [WINDOW_TABLE], DATA + PAGE_FLAGS
	add esp, 4
	iret
`;

/** A handler that does nothing but fault, on a stack that never ends: all memory but the window's is the same 4 MiB. */
const endlessFaults = `
%define PAGE_FAULT page_fault
%define KERNEL_START start
%include "guest.inc"
start:
	mov eax, cr4
	or eax, 0x10
	mov cr4, eax
	mov ecx, 16
.next:
	cmp ecx, WINDOW >> 22
	je .skip
	mov dword [PAGE_DIRECTORY + ecx * 4], DATA | 0x87
.skip:
	inc ecx
	cmp ecx, 1024
	jb .next
	mov eax, cr3
	mov cr3, eax
	mov esp, 0xfffff000
	mov ecx, [WINDOW]
work:
	ret
page_fault:
	mov eax, [WINDOW]
`;

function bareMetalWith(source: string): BareMetal {
  const image = imageFromFile(assembleFile(folder, 'observed.asm', source));
  const system = new BareMetal({
    memoryBytes,
    disk: emptyDisk(),
    load: (memory, state) => loadGuest(image, memory, state),
    host: { serialOutput: () => {}, debugOutput: () => {}, exit: () => {} },
  });
  system.hardware.tiers.limits = { ...eagerLimits, hotVisits: 1e9 };
  return system;
}

/** Runs until the guest goes round in circles. */
function observedRun(source: string, seesEach: boolean): { system: BareMetal; told: readonly DeliveredEvent[] } {
  const told: DeliveredEvent[] = [];
  const system = bareMetalWith(source);
  system.guestObserver = {
    seesEach,
    exceptionRaised: () => {},
    eventDelivered: event => told.push(event),
    interruptReturned: () => {},
    ringChanged: () => {},
    tripleFault: () => {},
  };
  const enough = 1_000_000;
  while (system.now < enough) if (system.run(budget) === 0) system.step();
  return { system, told };
}
