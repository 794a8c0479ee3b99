// A region (the basic blocks of one page that lead to one another) as one WebAssembly function. Registers and flags are
// locals; memory goes through the TLB, inline; control between blocks of the region stays inside the function.
//
// The function takes a budget of instructions and the number of the block to begin with, and gives back what is left of
// the budget. It leaves with the exact state of an instruction boundary: where the budget would not cover a whole block,
// where the TLB cannot answer, before an instruction that would fault, and where control leaves the region. Whatever it
// cannot do is left to the evaluator, which does the next instruction.
//
// Forward jumps are plain branches out of nested blocks; backward and indirect ones go through a dispatch table.

import { stateOffset } from '../../isa/state';
import type { ValueWidth } from '../../semantics/builder';
import {
  type BlockEffect,
  type BlockGraph,
  type BlockValue,
  resultFlags,
  type ResultFlagsWriter,
  type SideExit,
  type StateSnapshot,
  trackedFlags,
  trackedRegisters,
} from '../blockGraph';
import { bulkRepeat } from '../bulkRepeat';
import { MicroOpCode } from '../microOp';
import { ByteWriter, type FunctionBody, ValueType, Wasm } from './binary';
import { BulkEmitter } from './bulkEmitter';
import { ControlEmitter } from './controlEmitter';
import { countUses } from './countUses';
import { DeferredFlags } from './deferredFlags';
import { LocalPool } from './localPool';
import { MemoryAccess, type TlbLayout } from './memoryAccess';
import { ValueEmitter } from './valueEmitter';

export interface RegionBlock {
  /** offset in the code segment */
  readonly eip: number;
  readonly graph: BlockGraph;
  /** EIP after each instruction's predecessor: where instruction n begins */
  readonly starts: readonly number[];
  readonly endEip: number;
}

/** Where things lie in the WebAssembly memory, and how the function calls out. */
export interface RegionLayout extends TlbLayout {
  readonly stateAddress: number;
  /** linear page of the code, as EIP of its first byte, and the address of its table of 16-bit block numbers + 1 */
  readonly pageEip: number;
  readonly dispatchTable: number;
  /** target must be checked against this state word, or undefined if CS covers everything */
  readonly codeLimitAddress: number | undefined;
}

const enum Local {
  budget,
  next,
  linear,
  entry,
  eip,
  condition,
  recipe,
  root0,
  root1,
  root2,
  firstState,
}

export class RegionEmitter {
  private readonly out = new ByteWriter();
  private readonly stateLocals = new Map<number, number>();
  private readonly locals: LocalPool;
  private readonly values: ValueEmitter;
  private readonly control = new ControlEmitter(this.out);
  private readonly memory: MemoryAccess;
  private readonly indexOf = new Map<number, number>();
  private places: number[] = [];
  /** label of the block's own loop, where it has one */
  private loopLabel = 0;
  private readonly flags: DeferredFlags;
  /** for each block: must the result flags be in their locals where it begins? */
  private readonly needsFlags: boolean[];

  constructor(
    private readonly blocks: readonly RegionBlock[],
    private readonly layout: RegionLayout,
  ) {
    [...trackedRegisters, ...trackedFlags].forEach((offset, index) =>
      this.stateLocals.set(offset, Local.firstState + index),
    );
    this.locals = new LocalPool(2, Local.firstState + this.stateLocals.size);
    this.values = new ValueEmitter(this.out, this.stateLocals, this.locals, layout.stateAddress);
    this.memory = new MemoryAccess(this.out, this.values, this.control, layout, {
      linear: Local.linear,
      entry: Local.entry,
    });
    blocks.forEach(({ eip }, index) => this.indexOf.set(eip, index));
    const flagLocals = resultFlags.map(flag => this.stateLocals.get(flag) ?? 0);
    this.flags = new DeferredFlags(this.values, Local.recipe, [Local.root0, Local.root1, Local.root2], flagLocals);
    this.needsFlags = this.findFlagNeeds();
  }

  emit(): FunctionBody {
    this.transferState(Wasm.i32Load);
    this.control.open(Wasm.block); // leave: flush and return
    this.control.open(Wasm.loop); // dispatch
    for (let index = 0; index < this.blocks.length; index++) this.control.open(Wasm.block);
    this.values.get(Local.next);
    this.values.op(Wasm.brTable);
    this.out.unsigned(this.blocks.length - 1);
    for (let index = 0; index < this.blocks.length; index++) this.out.unsigned(index);
    this.blocks.forEach((block, index) => {
      this.control.close();
      this.emitBlock(block, index);
    });
    this.control.close();
    this.control.close();
    this.flags.follow(this.control);
    this.transferState(Wasm.i32Store);
    this.values.get(Local.budget);
    const type = { parameters: [ValueType.i32, ValueType.i32], results: [ValueType.i32] };
    return { type, locals: this.locals.declarations, code: this.out.finish() };
  }

  // --- blocks

  private emitBlock(block: RegionBlock, index: number): void {
    const { graph } = block;
    const mark = this.locals.mark();
    this.places = Array.from({ length: graph.places }, () => this.locals.take(32));
    const defers = this.mayDeferFlags(index);
    countUses(graph, defers ? withoutResultFlags(graph.state) : graph.state);
    // A block that leads back to itself is a loop of its own.
    const loops = this.successorEips(index).includes(block.eip);
    if (loops) {
      this.loopLabel = this.control.depth;
      this.control.open(Wasm.loop);
    }
    this.leaveIf(
      () => {
        this.values.get(Local.budget);
        this.values.i32(graph.instructions);
        this.values.op(Wasm.i32LtS);
      },
      { instruction: 0, state: new Map(), flagsWriter: 'start' },
      block,
    );
    if (graph.end.kind === 'repeat') this.emitRepeat(block, graph.end.done, graph.end.again, index);
    else {
      graph.effects.forEach(effect => this.emitEffect(effect, block));
      this.emitEnd(block, defers, index);
    }
    if (loops) this.control.close();
    this.locals.release(mark);
  }

  private emitEnd({ graph, endEip }: RegionBlock, defers: boolean, index: number): void {
    const { end } = graph;
    if (end.kind === 'branch') {
      this.values.push(end.condition);
      this.values.set(Local.condition);
    } else if (end.kind === 'jump' && end.target.code !== MicroOpCode.constant) {
      this.values.push(end.target);
      this.values.set(Local.eip);
    }
    if (end.kind === 'branch' && end.target.code !== MicroOpCode.constant)
      throw new Error('a conditional branch has a fixed target');
    this.commitState(graph.state, graph.flagsWriter, defers);
    this.spend(graph.instructions);
    if (end.kind === 'branch') {
      this.values.get(Local.condition);
      this.control.open(Wasm.if);
      this.goTo(end.target.immediate, index);
      this.control.close();
      this.goTo(endEip, index);
    } else if (end.kind === 'jump' && end.target.code !== MicroOpCode.constant) this.goIndirect();
    else this.goTo(end.kind === 'jump' ? end.target.immediate : endEip, index);
  }

  /** One iteration of a repeated string instruction is one instruction. */
  private emitRepeat(block: RegionBlock, done: BlockValue, again: BlockValue, index: number): void {
    this.values.push(done);
    this.control.open(Wasm.if);
    this.spend(1);
    this.goTo(block.endEip, index);
    this.control.close();
    this.emitBulk(block, index);
    block.graph.effects.forEach(effect => this.emitEffect(effect, block));
    this.values.push(again);
    this.values.set(Local.condition);
    this.commitState(block.graph.state, block.graph.flagsWriter, false);
    this.spend(1);
    this.values.get(Local.condition);
    this.control.open(Wasm.if);
    this.goTo(block.eip, index);
    this.control.close();
    this.goTo(block.endEip, index);
  }

  /** Iterations of a string store or move that can be done together. */
  private emitBulk(block: RegionBlock, index: number): void {
    const bulk = bulkRepeat(block.graph);
    if (!bulk) return;
    const { out, values, control, memory, stateLocals, locals } = this;
    const parts = { out, values, control, memory, stateLocals, locals, budget: Local.budget };
    const leave = (): void => this.leave({ instruction: 0, state: new Map(), flagsWriter: 'start' }, block);
    new BulkEmitter(parts, bulk).emit(leave, () => {
      values.get(stateLocals.get(bulk.counter) ?? 0);
      control.open(Wasm.if);
      this.goTo(block.eip, index);
      control.close();
      this.goTo(block.endEip, index);
    });
  }

  // --- flags

  /** A block needs the flags if it reads them, if it writes some and keeps others, or if it leads on to one that does. */
  private findFlagNeeds(): boolean[] {
    const needs = this.blocks.map(({ graph }) => needsResultFlags(graph));
    for (let changed = true; changed;) {
      changed = false;
      this.blocks.forEach(({ graph }, index) => {
        if (needs[index] || graph.flagsWriter !== 'start' || !this.leadsToNeed(index, needs)) return;
        needs[index] = true;
        changed = true;
      });
    }
    return needs;
  }

  private mayDeferFlags(index: number): boolean {
    const { graph } = this.blocks[index];
    return (
      typeof graph.flagsWriter === 'number' && graph.end.kind !== 'repeat' && !this.leadsToNeed(index, this.needsFlags)
    );
  }

  private leadsToNeed(index: number, needs: readonly boolean[]): boolean {
    const successors = this.successorEips(index);
    if (successors.length === 0) return needs.includes(true);
    return successors.some(eip => needs[this.indexOf.get(eip) ?? -1] ?? false);
  }

  /** Puts a state into the locals. Result flags that one instruction wrote may be left as a recipe. */
  private commitState(state: StateSnapshot, writer: ResultFlagsWriter, defers: boolean): void {
    const deferred = defers && typeof writer === 'number' ? this.flags.defer(state) : undefined;
    if (deferred) {
      this.commit(withoutResultFlags(state), deferred);
      this.flags.setRecipe();
      return;
    }
    this.commit(state);
    if (writer !== 'start') this.flags.setDone();
  }

  /** Offsets at which control may go on, none if that is computed. */
  private successorEips(index: number): number[] {
    const { graph, endEip, eip } = this.blocks[index];
    const { end } = graph;
    switch (end.kind) {
      case 'next':
        return [endEip];
      case 'repeat':
        return [eip, endEip];
      case 'branch':
        return [end.target.immediate >>> 0, endEip];
      case 'jump':
        return end.target.code === MicroOpCode.constant ? [end.target.immediate >>> 0] : [];
    }
  }

  // --- effects

  private emitEffect(effect: BlockEffect, block: RegionBlock): void {
    switch (effect.kind) {
      case 'load':
        this.translate(effect.offset, effect.width, false, effect.exit, block);
        this.memory.load(effect.width);
        return this.keepLoaded(effect.result);
      case 'store':
        // The value is computed before the address, so that a side exit finds it in a local if it is used again.
        this.values.keep(effect.value);
        this.translate(effect.offset, effect.width, true, effect.exit, block);
        this.values.push(effect.value);
        return this.memory.store(effect.width);
      case 'reserve':
        this.translate(effect.offset, effect.width, true, effect.exit, block);
        return this.values.set(this.places[effect.place]);
      case 'loadReserved':
        this.values.get(this.places[effect.place]);
        this.memory.load(effect.width);
        return this.keepLoaded(effect.result);
      case 'storeReserved':
        this.values.get(this.places[effect.place]);
        this.values.push(effect.value);
        return this.memory.store(effect.width);
      case 'guard':
        return this.leaveIf(() => this.values.push(effect.condition), effect.exit, block);
      case 'checkBranch':
        return this.checkBranch(effect.target, effect.taken, effect.exit, block);
    }
  }

  private keepLoaded(result: BlockValue): void {
    result.local = this.locals.take(result.resultWidth);
    this.values.set(result.local);
  }

  private translate(offset: BlockValue, width: ValueWidth, write: boolean, exit: SideExit, block: RegionBlock): void {
    this.memory.translate(offset, width, write, () => this.leave(exit, block));
  }

  private checkBranch(target: BlockValue, taken: BlockValue | undefined, exit: SideExit, block: RegionBlock): void {
    const { codeLimitAddress } = this.layout;
    if (codeLimitAddress === undefined) return;
    if (target.code === MicroOpCode.constant && this.indexOf.has(target.immediate >>> 0)) return;
    this.leaveIf(
      () => {
        this.values.push(target);
        this.values.i32(0);
        this.memory.memory(Wasm.i32Load, 2, codeLimitAddress);
        this.values.op(Wasm.i32GtU);
        if (!taken) return;
        this.values.push(taken);
        this.values.op(Wasm.i32And);
      },
      exit,
      block,
    );
  }

  // --- control

  private goTo(eip: number, from: number): void {
    const target = this.indexOf.get(eip >>> 0);
    if (target === undefined) {
      this.values.i32(eip);
      this.values.set(Local.eip);
      this.control.branch(0);
    } else if (target === from) this.control.branch(this.loopLabel);
    else if (target > from) this.control.branch(this.labelOf(target));
    else {
      this.values.i32(target);
      this.values.set(Local.next);
      this.control.branch(1);
    }
  }

  /** The label whose end is where block `target` begins: blocks nest, the first one innermost. */
  private labelOf(target: number): number {
    return 1 + this.blocks.length - target;
  }

  /** To the offset in `eip`, which was computed: within the page through the dispatch table, else out. */
  private goIndirect(): void {
    const { values, layout } = this;
    values.get(Local.eip);
    values.i32(layout.pageEip);
    values.op(Wasm.i32Sub);
    values.tee(Local.entry);
    values.i32(4096);
    values.op(Wasm.i32GeU);
    this.control.branchIf(0);
    values.get(Local.entry);
    values.i32(1);
    values.op(Wasm.i32Shl);
    this.memory.memory(Wasm.i32Load16U, 1, layout.dispatchTable);
    values.tee(Local.next);
    values.op(Wasm.i32Eqz);
    this.control.branchIf(0);
    values.get(Local.next);
    values.i32(1);
    values.op(Wasm.i32Sub);
    values.set(Local.next);
    this.control.branch(1);
  }

  private leaveIf(condition: () => void, exit: SideExit, block: RegionBlock): void {
    condition();
    this.control.open(Wasm.if);
    this.leave(exit, block);
    this.control.close();
  }

  /** Leaves before an instruction, with the state as it is there. */
  private leave({ instruction, state, flagsWriter }: SideExit, { starts }: RegionBlock): void {
    this.values.onSideExit(() => this.commitState(state, flagsWriter, true));
    this.spend(instruction);
    this.values.i32(starts[instruction]);
    this.values.set(Local.eip);
    this.control.branch(0);
  }

  /** All values first, then all locals: a value may need what a local held before. */
  private commit(state: StateSnapshot, more: readonly (readonly [number, BlockValue])[] = []): void {
    const moves = [...state].map(([offset, value]) => [this.stateLocals.get(offset) ?? 0, value] as const);
    const all = [...moves, ...more];
    for (const [, value] of all) this.values.push(value);
    for (const [local] of all.reverse()) this.values.set(local);
  }

  private spend(instructions: number): void {
    if (instructions === 0) return;
    this.values.get(Local.budget);
    this.values.i32(instructions);
    this.values.op(Wasm.i32Sub);
    this.values.set(Local.budget);
  }

  // --- bytes

  private transferState(code: Wasm.i32Load | Wasm.i32Store): void {
    const words = [...this.stateLocals];
    if (code === Wasm.i32Store) words.push([stateOffset.eip, Local.eip]);
    for (const [offset, local] of words) {
      this.values.i32(0);
      if (code === Wasm.i32Store) this.values.get(local);
      this.memory.memory(code, 2, this.layout.stateAddress + offset);
      if (code === Wasm.i32Load) this.values.set(local);
    }
  }
}

function withoutResultFlags(state: StateSnapshot): StateSnapshot {
  return new Map([...state].filter(([offset]) => !resultFlags.includes(offset)));
}

function needsResultFlags(graph: BlockGraph): boolean {
  if (graph.readsResultFlags || graph.flagsWriter === 'several') return true;
  if (graph.end.kind === 'repeat') return graph.flagsWriter !== 'start';
  return graph.effects.some(effect => 'exit' in effect && effect.exit.flagsWriter === 'several');
}
