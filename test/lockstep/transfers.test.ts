// Single bits that change under known transfers (`cpu/tiers/knownTransfers.ts`), in whatever these depend on: tables in memory, the
// registers that lead to them, segments, flags, the stack. The machine that only steps must come to the same.
// `SEED=n COUNT=1 node src/build/test.mjs test/lockstep/transfers` repeats one.

import assert from 'node:assert/strict';
import { BreakpointKind } from '../../src/cpu/memory/dataBreakpoints';
import { Attribute } from '../../src/isa/descriptors';
import { Eflags } from '../../src/isa/flags';
import { Gpr, Segment } from '../../src/isa/registers';
import { gprOffset, SegmentField, segmentOffset, stateOffset } from '../../src/isa/state';
import { type Random, randomFrom } from '../semantics/random';
import type { Watched } from './pair';
import { go, pairWith } from './runs';

const firstSeed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 40);
/** boundaries until routines know all transfers, and after each change */
const known = 120_000;
const after = 600;
const changesPerSeed = 6;

/** System calls with an interrupt and a page fault within, and page faults of the program, which the handler skips. */
const source = `
%define SYSTEM_CALL system_call
%define PAGE_FAULT page_fault
%define KERNEL_START start
%include "guest.inc"
start:
	mov esi, gdt
	mov edi, DATA
	mov ecx, (gdt.end - gdt) / 4
	rep movsd
	lgdt [.register]
	mov ecx, 0x82
	mov eax, inner
	mov edx, 0xef00
	call set_gate
	ret
.register:
	dw gdt.end - gdt - 1
	dd DATA
work:
	mov ecx, 100000000
.call:
	int 0x80
	add ebx, eax
	mov eax, [WINDOW]
	pushf
	pop edx
	add ebx, edx
	dec ecx
	jnz .call
	ret
system_call:
	int 0x82
	mov eax, [WINDOW]
	mov dword [WINDOW_TABLE], 0
	invlpg [WINDOW]
	mov eax, esp
	iret
inner:
	add edx, esp
	iret
page_fault:
	cmp word [esp + 8], KERNEL_CODE
	je .kernel
	add dword [esp + 4], 5
	or dword [esp + 12], 0x10000
	add esp, 4
	iret
.kernel:
	mov dword [WINDOW_TABLE], (DATA + 0x5000) | PAGE_FLAGS
	add esp, 4
	iret
`;
const place = { idt: 0x1f0000, task: 0x1f1000, gdt: 0x800000, pageTables: 0x201000, kernelStack: 0x2ef000 };
const pageTableEntry = (linear: number): number => place.pageTables + (linear >>> 12) * 4;

type Change = (watched: Watched) => void;
/** Somebody rewrites memory, and flushes the TLB. */
const inMemory =
  (address: number, bit: number): Change =>
  ({ system }) => {
    const { physical, tlb } = system.machine.hardware.memory;
    physical.write32(address, physical.read32(address) ^ bit);
    tlb.flush();
  };
const inState =
  (offset: number, bit: number): Change =>
  ({ system }) => {
    system.machine.hardware.state.words[offset >> 2] ^= bit;
  };

/** The first of the guest's own breakpoints, on this address. */
const breakpoint =
  (address: number, kind: number): Change =>
  ({ system }) => {
    const { state } = system.machine.hardware;
    state.set('dr0', address);
    state.set('dr7', 1 | (kind << 16) | (kind === BreakpointKind.execute ? 0 : 3 << 18));
  };
/** On the instruction that comes so many bytes on. */
const breakpointAhead =
  (bytes: number): Change =>
  watched =>
    breakpoint(watched.system.machine.hardware.state.eip + bytes, BreakpointKind.execute)(watched);

const flags = [Eflags.nt, 0x1000, 0x2000, Eflags.if, Eflags.tf, Eflags.rf, Eflags.ac, 0x200000];
const segmentFields = Object.values(SegmentField);
/** what a null segment may differ in: it has no base and no limit */
const nullFields: readonly number[] = [SegmentField.selector, SegmentField.attributes];
const inSegment =
  (segment: number, field: number, bit: number): Change =>
  watched => {
    const isNull = (watched.system.machine.hardware.state.attributes(segment) & Attribute.unusable) !== 0;
    if (!isNull || nullFields.includes(field)) inState(segmentOffset(segment) + field, bit)(watched);
  };
const anyBit = (random: Random, bits = 32): number => 1 << random.below(bits);
const half = (random: Random): number => 4 * random.below(2);

const watchedPlaces = [
  place.idt + 0x80 * 8,
  place.idt + 14 * 8,
  place.task + 4,
  place.gdt + 8,
  place.gdt + 0x18,
  place.kernelStack + 0xfec,
  place.kernelStack + 0xfe0,
];

/** [what changes, how] */
const changes: readonly (readonly [string, (random: Random) => Change])[] = [
  ['the gate of int 0x80', r => inMemory(place.idt + 0x80 * 8 + half(r), anyBit(r))],
  ['the gate of int 0x82', r => inMemory(place.idt + 0x82 * 8 + half(r), anyBit(r))],
  ['the gate of page faults', r => inMemory(place.idt + 14 * 8 + half(r), anyBit(r))],
  ['a descriptor', r => inMemory(place.gdt + 8 + 4 * r.below(8), anyBit(r))],
  ['the stack in the TSS', r => inMemory(place.task + 4 + half(r), anyBit(r))],
  ['the limit of the GDT', r => inState(stateOffset.gdtrLimit, anyBit(r, 8))],
  ['the limit of the IDT', r => inState(stateOffset.idtrLimit, anyBit(r, 12))],
  ['the base of the IDT', r => inState(stateOffset.idtrBase, anyBit(r))],
  ['the task register', r => inState(segmentOffset(Segment.tr) + 4 * r.below(4), anyBit(r))],
  ['a data segment', r => inSegment(r.pick([Segment.es, Segment.ds]), r.pick(segmentFields), anyBit(r))],
  ['a null segment', r => inSegment(r.pick([Segment.fs, Segment.gs]), r.pick(nullFields), anyBit(r))],
  ['the page of the kernel’s stack', r => inMemory(pageTableEntry(place.kernelStack), anyBit(r))],
  ['the page of a table', r => inMemory(pageTableEntry(r.pick([place.idt, place.task, place.gdt])), anyBit(r))],
  ['the stack pointer', r => inState(gprOffset(Gpr.esp), anyBit(r))],
  [
    'a data breakpoint',
    r => breakpoint(r.pick(watchedPlaces), r.pick([BreakpointKind.write, BreakpointKind.readWrite])),
  ],
  ['a breakpoint', r => breakpointAhead(r.below(40) - 20)],
  ['a flag', r => inState(stateOffset.systemFlags, r.pick(flags))],
];

describe('changes under known transfers', function () {
  this.timeout(600_000);
  it(`leave both machines the same: seeds ${firstSeed} to ${firstSeed + count - 1}`, () => {
    for (let seed = firstSeed; seed < firstSeed + count; seed++) {
      const random = randomFrom(seed);
      const pair = pairWith('none', source, seed);
      const told: string[] = [];
      let goesOn = go(pair, known, random, `seed ${seed}`) >= known;
      for (let change = 0; goesOn && change < changesPerSeed; change++) {
        const [what, make] = random.pick(changes);
        pair.step();
        pair.both.forEach(make(random));
        told.push(what);
        goesOn = go(pair, after, random, `seed ${seed}: ${told.join(', ')}`) >= after;
      }
      pair.step();
      assert.equal(pair.differenceInAll(), undefined, `seed ${seed}: ${told.join(', ')}`);
    }
  });
});
