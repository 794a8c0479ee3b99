// Joining: what one instruction leaves in the registers is what the next one finds, as values and not as stores.

import assert from 'node:assert/strict';
import { type BlockGraph, endsBlock, isBlockable, joinBlock } from '../../src/ir/blockGraph';
import type { BlockValue } from '../../src/ir/blockValue';
import { MicroOpCode, type MicroProgram } from '../../src/ir/microOp';
import { translate } from '../../src/ir/translate';
import { decode } from '../../src/isa/decode';
import { gprOffset, stateOffset } from '../../src/isa/state';
import { flatMode } from './oneBlock';

const eip = 0x1000;

/** The instructions that these bytes hold. */
function programsOf(...bytes: readonly number[]): MicroProgram[] {
  const programs: MicroProgram[] = [];
  for (let at = 0; at < bytes.length;) {
    const decoded = decode(Uint8Array.from(bytes), at, bytes.length - at, 32);
    assert(decoded.kind === 'instruction');
    programs.push(translate(decoded.instruction, flatMode));
    at += decoded.instruction.length;
  }
  return programs;
}

const join = (...bytes: readonly number[]): BlockGraph => joinBlock(programsOf(...bytes), eip);

const register = (graph: BlockGraph, index: number): BlockValue | undefined => graph.state.get(gprOffset(index));

function constantOf(value: BlockValue | undefined): number | undefined {
  return value?.code === MicroOpCode.constant ? value.immediate : undefined;
}

describe('joining instructions', () => {
  it('a constant goes on to the next instruction', () => {
    // mov eax, 5; mov ecx, eax; add ecx, 3
    const graph = join(0xb8, 5, 0, 0, 0, 0x89, 0xc1, 0x83, 0xc1, 3);
    assert.equal(graph.instructions, 3);
    assert.equal(constantOf(register(graph, 0)), 5);
    assert.equal(constantOf(register(graph, 1)), 8);
  });

  it('a part of a register is placed in the whole', () => {
    // mov ah, 0x12; mov al, 0x34; movzx ecx, ax
    const graph = join(0xb4, 0x12, 0xb0, 0x34, 0x0f, 0xb7, 0xc8);
    assert.deepEqual([...graph.state.keys()].sort(), [gprOffset(0), gprOffset(1)].sort());
  });

  it('a register that is only read is read once', () => {
    // mov ecx, ebx; mov edx, ebx
    const graph = join(0x89, 0xd9, 0x89, 0xda);
    assert.equal(register(graph, 1), register(graph, 2));
    assert.equal(register(graph, 3), undefined);
  });

  it('targets are fixed by the address of the block', () => {
    // nop; jmp short +0x10
    const { end } = join(0x90, 0xeb, 0x10);
    assert(end.kind === 'jump');
    assert.equal(constantOf(end.target), eip + 3 + 0x10);
  });

  it('a call pushes the address after it', () => {
    const { effects, end } = join(0x90, 0xe8, 0, 1, 0, 0);
    const store = effects.find(({ kind }) => kind === 'store');
    assert(store?.kind === 'store');
    assert.equal(constantOf(store.value), eip + 6);
    assert(end.kind === 'jump');
    assert.equal(constantOf(end.target), eip + 6 + 0x100);
  });

  it('a conditional branch takes its condition from the flags as they are there', () => {
    // xor eax, eax; jz +2
    const { end } = join(0x31, 0xc0, 0x74, 2);
    assert(end.kind === 'branch');
    assert.notEqual(end.condition.code, MicroOpCode.readState);
    // jz +2 alone reads ZF
    const alone = join(0x74, 2);
    assert(alone.end.kind === 'branch');
    assert.equal(alone.end.condition.code, MicroOpCode.readState);
    assert.equal(alone.end.condition.immediate, stateOffset.zf);
  });

  it('at a way out the registers are as the instructions before have left them', () => {
    // mov eax, 1; mov ecx, [ebx]; mov eax, 2; mov [ebx], ecx
    const { effects } = join(0xb8, 1, 0, 0, 0, 0x8b, 0x0b, 0xb8, 2, 0, 0, 0, 0x89, 0x0b);
    const [load, store] = effects;
    assert(load.kind === 'load' && store.kind === 'store');
    assert.equal(load.exit.instruction, 1);
    assert.equal(constantOf(load.exit.state.get(gprOffset(0))), 1);
    assert.equal(load.exit.state.has(gprOffset(1)), false);
    assert.equal(store.exit.instruction, 3);
    assert.equal(constantOf(store.exit.state.get(gprOffset(0))), 2);
    assert.equal(store.exit.state.get(gprOffset(1)), load.result);
    assert.equal(store.value, load.result);
  });

  it('a way out is not changed by what its own instruction writes', () => {
    // pop eax: ESP changes after the load
    const { effects } = join(0x58);
    assert(effects[0].kind === 'load');
    assert.equal(effects[0].exit.state.size, 0);
  });

  it('places of different instructions are different', () => {
    // inc dword [ebx]; dec dword [ecx]
    const { effects, places } = join(0xff, 0x03, 0xff, 0x09);
    const reserved = effects.flatMap(effect => (effect.kind === 'reserve' ? [effect.place] : []));
    const stored = effects.flatMap(effect => (effect.kind === 'storeReserved' ? [effect.place] : []));
    assert.equal(new Set(reserved).size, 2);
    assert.deepEqual(stored, reserved);
    assert.ok(places > Math.max(...reserved));
  });

  it('a repeated string instruction has an end of its own', () => {
    const { end, instructions } = join(0xf3, 0xa4);
    assert.equal(instructions, 1);
    assert.equal(end.kind, 'repeat');
  });

  it('a division is guarded before its quotient is used', () => {
    const { effects } = join(0xf7, 0xf1);
    assert.ok(effects.some(({ kind }) => kind === 'guard'));
  });
});

/** Bytes, and whether they may be part of a block. */
const blockable: readonly (readonly [string, readonly number[], boolean])[] = [
  ['add eax, ecx', [0x01, 0xc8], true],
  ['push fs', [0x0f, 0xa0], true],
  ['rep stosd', [0xf3, 0xab], true],
  ['std', [0xfd], true],
  ['div ecx', [0xf7, 0xf1], true],
  ['ret', [0xc3], true],
  ['cmpxchg8b [ebx]', [0x0f, 0xc7, 0x0b], false],
  ['mov ds, eax', [0x8e, 0xd8], false],
  ['int 3', [0xcc], false],
  ['hlt', [0xf4], false],
  ['popfd', [0x9d], false],
  ['rdtsc', [0x0f, 0x31], false],
  ['mov cr3, eax', [0x0f, 0x22, 0xd8], false],
  ['invlpg [ebx]', [0x0f, 0x01, 0x3b], false],
  ['in al, 0x40', [0xe4, 0x40], false],
];

/** Bytes, and whether control may go elsewhere. */
const ending: readonly (readonly [string, readonly number[], boolean])[] = [
  ['add eax, ecx', [0x01, 0xc8], false],
  ['jmp short', [0xeb, 0], true],
  ['jz', [0x74, 0], true],
  ['loop', [0xe2, 0], true],
  ['call', [0xe8, 0, 0, 0, 0], true],
  ['ret', [0xc3], true],
  ['jmp eax', [0xff, 0xe0], true],
  ['movsb', [0xa4], false],
  ['rep movsb', [0xf3, 0xa4], true],
];

describe('blocks', () => {
  for (const [name, bytes, expected] of blockable)
    it(`${name} ${expected ? 'may' : 'may not'} be part of one`, () =>
      assert.equal(isBlockable(programsOf(...bytes)[0]), expected));
  for (const [name, bytes, expected] of ending)
    it(`${name} ${expected ? 'ends' : 'does not end'} one`, () =>
      assert.equal(endsBlock(programsOf(...bytes)[0]), expected));
});
