// Interrupts, page faults and returns that handlers make by themselves: that they do, and that whatever a transfer depends on
// may change at any time. Each guest runs on a pair of machines, one of which only steps.

import assert from 'node:assert/strict';
import path from 'node:path';
import type { DeliveredEvent } from '../../src/cpu/core';
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

interface Ran {
  readonly output: string;
  /** operations, among them deliveries and returns, that the machinery has made in the machine with handlers */
  readonly byMachinery: number;
}

function run(source: string): Ran {
  const image = imageFromFile(assembleFile(folder, 'transfers.asm', source));
  const load: ConstructorParameters<typeof LockstepPair>[1]['load'] = (memory, state) =>
    loadGuest(image, memory, state);
  const pair = new LockstepPair('none', { memoryBytes, load }, { ...eagerLimits, hotVisits: 1e9 });
  const { pendingWrites } = pair.compiled.system.hardware.memory;
  const begin = pendingWrites.begin.bind(pendingWrites);
  let byMachinery = 0;
  pendingWrites.begin = () => {
    byMachinery++;
    return begin();
  };
  for (let advances = 0; advances < mostAdvances; advances++) {
    const { boundaries, difference } = pair.advance(budget);
    assert.equal(difference, undefined);
    if (boundaries === 0) break;
  }
  assert.equal(pair.differenceInAll(), undefined);
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
  ['the caller’s stack pointer', 'mov eax, [esp + 12]\ntest ecx, 1\njz .stays\nsub dword [esp + 12], 4\n.stays:\niret'],
];
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
	mov esi, gdt
	mov edi, DATA
	mov ecx, (gdt.end - gdt) / 4
	rep movsd
	pop ecx
	pop edi
	pop esi
	ret
other_gdt_register:
	dw gdt.end - gdt - 1
	dd DATA
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

/** Runs until the guest goes round in circles. */
function observedRun(source: string, seesEach: boolean): { system: BareMetal; told: readonly DeliveredEvent[] } {
  const image = imageFromFile(assembleFile(folder, 'observed.asm', source));
  const told: DeliveredEvent[] = [];
  const system = new BareMetal({
    memoryBytes,
    disk: emptyDisk(),
    load: (memory, state) => loadGuest(image, memory, state),
    host: { serialOutput: () => {}, debugOutput: () => {}, exit: () => {} },
  });
  system.hardware.tiers.limits = { ...eagerLimits, hotVisits: 1e9 };
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
