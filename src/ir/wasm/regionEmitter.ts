// A region (the basic blocks of one page that lead to one another) as one WebAssembly function. Registers and flags are
// locals; memory goes through the TLB, inline; control between blocks of the region stays inside the function.
//
// The function takes a budget of instructions and the number of the entry to begin with, and gives back what is left of
// the budget. It leaves with the exact state of an instruction boundary: where the budget may not cover what comes
// before the next look at it, where the TLB does not have an access, before an instruction that would fault, and where
// control leaves the region. Whatever it cannot do is left to the other tiers, which do the next instruction.

import { stateOffset } from '../../isa/state';
import type { ValueWidth } from '../../semantics/builder';
import {
  type BlockEffect,
  type BlockGraph,
  type BlockValue,
  type SideExit,
  startOfBlock,
  type StateSnapshot,
  statusFlags,
  trackedFlags,
  trackedRegisters,
} from '../blockGraph';
import { bulkRepeat } from '../bulkRepeat';
import { type FlowGraph, flowGraph } from '../flowGraph';
import { MicroOpCode } from '../microOp';
import { ByteWriter, type FunctionBody, ValueType, Wasm } from './binary';
import { budgetNeeds } from './budgetNeeds';
import { BulkEmitter } from './bulkEmitter';
import { ControlEmitter } from './controlEmitter';
import { countUses } from './countUses';
import { DeferredFlags } from './deferredFlags';
import { allFlags, carry, findFlagNeeds, flagsIn, type FlagSet, wordsOf } from './flagNeeds';
import { LocalPool } from './localPool';
import { MemoryAccess, type TlbLayout } from './memoryAccess';
import { ValueEmitter } from './valueEmitter';

export interface RegionBlock {
  /** offset in the code segment */
  readonly eip: number;
  /** may control come in here from outside? */
  readonly isEntry: boolean;
  readonly graph: BlockGraph;
  /** EIP after each instruction's predecessor: where instruction n begins */
  readonly starts: readonly number[];
  readonly endEip: number;
}

/** Where things lie in the WebAssembly memory, and how the function calls out. */
export interface RegionLayout extends TlbLayout {
  readonly stateAddress: number;
  /** linear page of the code, as EIP of its first byte, and the address of its table of 16-bit entry numbers + 1 */
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
  /** control is to go on through the dispatch once flags are in their locals */
  goesOn,
  recipe,
  root0,
  root1,
  root2,
  overridden,
  firstOverride,
}

const firstStateLocal = Local.firstOverride + statusFlags.length;

/** Where code is being emitted. */
interface Position {
  readonly block: RegionBlock;
  readonly index: number;
  /** instructions done before the block that are not yet off the budget */
  readonly unspent: number;
}

export class RegionEmitter {
  private readonly out = new ByteWriter();
  private readonly control = new ControlEmitter(this.out);
  private readonly memory: MemoryAccess;
  private readonly stateLocals = new Map<number, number>();
  private readonly locals: LocalPool;
  private readonly values: ValueEmitter;
  private readonly indexOf = new Map<number, number>();
  private places: number[] = [];
  private readonly flags: DeferredFlags;
  private readonly flow: FlowGraph;
  /** by block */
  private readonly flagNeeds: readonly FlagSet[];
  /** blocks by entry number: those that need flags come last */
  private readonly entryBlocks: readonly number[];
  private readonly firstNeedyEntry: number;
  /** how much budget a block looks for when it begins, if it does */
  private readonly budgetNeeds: ReadonlyMap<number, number>;
  /** labels of the blocks that may be jumped to where code is being emitted */
  private readonly labels = new Map<number, number>();
  private leaveLabel = 0;
  private dispatchLabel = 0;

  constructor(
    private readonly blocks: readonly RegionBlock[],
    private readonly layout: RegionLayout,
  ) {
    [...trackedRegisters, ...trackedFlags].forEach((offset, index) =>
      this.stateLocals.set(offset, firstStateLocal + index),
    );
    this.locals = new LocalPool(2, firstStateLocal + this.stateLocals.size);
    this.values = new ValueEmitter(this.out, this.stateLocals, this.locals, layout.stateAddress);
    this.memory = new MemoryAccess(this.out, this.values, this.control, layout, {
      linear: Local.linear,
      entry: Local.entry,
    });
    this.flags = new DeferredFlags(
      this.values,
      Local.recipe,
      [Local.root0, Local.root1, Local.root2],
      this.stateLocals,
      Local.overridden,
      statusFlags.map((_, index) => Local.firstOverride + index),
    );
    blocks.forEach(({ eip }, index) => this.indexOf.set(eip, index));
    const successors = blocks.map((_, index) => this.successorsOf(index));
    this.flow = flowGraph(
      successors,
      blocks.flatMap(({ isEntry }, index) => (isEntry ? [index] : [])),
    );
    const graphs = blocks.map(({ graph }) => graph);
    this.flagNeeds = findFlagNeeds(graphs, index => this.writtenSuccessors(index));
    const needy = (index: number): boolean => this.flagNeeds[index] !== 0;
    this.entryBlocks = [...this.flow.entries.filter(index => !needy(index)), ...this.flow.entries.filter(needy)];
    this.firstNeedyEntry = this.entryBlocks.findIndex(needy);
    this.budgetNeeds = budgetNeeds(this.flow, successors, graphs);
  }

  /** Where control may come in, as offsets in the code segment: by entry number. */
  get entries(): readonly number[] {
    return this.entryBlocks.map(index => this.blocks[index].eip);
  }

  emit(): FunctionBody {
    const { control, values } = this;
    this.transferState(Wasm.i32Load);
    this.dispatchLabel = control.open(Wasm.loop);
    this.leaveLabel = control.open(Wasm.block);
    this.settleForNeedyEntry();
    this.emitWithin(undefined, () => {
      values.get(Local.next);
      const labels = this.entryBlocks.map(index => this.labels.get(index) ?? 0);
      control.branchTable(labels.slice(0, -1), labels[labels.length - 1]);
    });
    control.close();
    this.flags.follow(control);
    this.goOnToNeedyEntry();
    control.close();
    this.flags.override();
    this.transferState(Wasm.i32Store);
    values.get(Local.budget);
    const type = { parameters: [ValueType.i32, ValueType.i32], results: [ValueType.i32] };
    return { type, locals: this.locals.declarations, code: this.out.finish() };
  }

  /** An entry that needs flags in their locals is gone to by way of the way out, where recipes are followed. */
  private settleForNeedyEntry(): void {
    if (this.firstNeedyEntry < 0) return;
    this.values.get(Local.recipe);
    this.control.open(Wasm.if);
    this.values.get(Local.next);
    this.values.i32(this.firstNeedyEntry);
    this.values.op(Wasm.i32GeU);
    this.values.tee(Local.goesOn);
    this.control.branchIf(this.leaveLabel);
    this.control.close();
  }

  private goOnToNeedyEntry(): void {
    if (this.firstNeedyEntry < 0) return;
    this.values.get(Local.goesOn);
    this.control.open(Wasm.if);
    this.values.i32(0);
    this.values.set(Local.goesOn);
    this.flags.setDone();
    this.control.branch(this.dispatchLabel);
    this.control.close();
  }

  // --- blocks

  /** `emitOwn`, and then the blocks that come after it under labels. */
  private emitWithin(block: number | undefined, emitOwn: () => void): void {
    const after = this.flow.labelledAfter(block);
    for (const index of [...after].reverse()) this.labels.set(index, this.control.open(Wasm.block));
    emitOwn();
    for (const index of after) {
      this.control.close();
      this.emitBlock(index, 0);
    }
  }

  /** Code for a block and what is written within it. `unspent`: instructions done before that are not yet off the budget. */
  private emitBlock(index: number, unspent: number): void {
    if (!this.flow.headsLoop(index)) return this.emitWithin(index, () => this.emitOwn(index, unspent));
    this.spend(unspent);
    this.labels.set(index, this.control.open(Wasm.loop));
    this.emitWithin(index, () => this.emitOwn(index, 0));
    this.control.close();
  }

  private emitOwn(index: number, unspent: number): void {
    const block = this.blocks[index];
    const { graph } = block;
    const mark = this.locals.mark();
    const at: Position = { block, index, unspent };
    this.places = Array.from({ length: graph.places }, () => this.locals.take(32));
    const mayDefer = this.mayDeferAt(index);
    countUses(graph, liveState(graph, mayDefer));
    this.checkBudget(at);
    if (graph.end.kind === 'repeat') {
      this.emitRepeat(at, graph.end.done, graph.end.again, mayDefer);
      return this.locals.release(mark);
    }
    graph.effects.forEach(effect => this.emitEffect(effect, at));
    this.finishBlock(graph, mayDefer);
    this.locals.release(mark);
    this.emitEnd(at);
  }

  /** Leaves if the budget may not cover what comes before the next look at it. */
  private checkBudget(at: Position): void {
    const need = this.budgetNeeds.get(at.index);
    if (need === undefined) return;
    this.leaveIf(
      () => {
        this.values.get(Local.budget);
        this.values.i32(need + at.unspent);
        this.values.op(Wasm.i32LtS);
      },
      startOfBlock,
      at,
    );
  }

  /** Condition or target, then the state after the block, into locals. */
  private finishBlock({ end, state }: BlockGraph, mayDefer: FlagSet): void {
    if (end.kind === 'branch') {
      if (end.target.code !== MicroOpCode.constant) throw new Error('a conditional branch has a fixed target');
      this.values.push(end.condition);
      this.values.set(Local.condition);
    } else if (end.kind === 'jump' && end.target.code !== MicroOpCode.constant) {
      this.values.push(end.target);
      this.values.set(Local.eip);
    }
    this.commitState(state, mayDefer);
  }

  private emitEnd({ block, index, unspent }: Position): void {
    const { graph, endEip } = block;
    const { end } = graph;
    const all = unspent + graph.instructions;
    if (end.kind === 'branch') {
      this.values.get(Local.condition);
      this.control.open(Wasm.if);
      this.goTo(end.target.immediate, index, all);
      this.control.close();
      this.goTo(endEip, index, all);
    } else if (end.kind === 'jump' && end.target.code !== MicroOpCode.constant) {
      this.spend(all);
      this.goIndirect();
    } else this.goTo(end.kind === 'jump' ? end.target.immediate : endEip, index, all);
  }

  /** One iteration of a repeated string instruction is one instruction. It heads a loop: nothing is unspent. */
  private emitRepeat(at: Position, done: BlockValue, again: BlockValue, mayDefer: FlagSet): void {
    const { block, index } = at;
    this.values.push(done);
    this.control.open(Wasm.if);
    this.goTo(block.endEip, index, 1);
    this.control.close();
    this.emitBulk(at);
    block.graph.effects.forEach(effect => this.emitEffect(effect, at));
    this.values.push(again);
    this.values.set(Local.condition);
    this.commitState(block.graph.state, mayDefer);
    this.spend(1);
    this.values.get(Local.condition);
    this.control.open(Wasm.if);
    this.goTo(block.eip, index, 0);
    this.control.close();
    this.goTo(block.endEip, index, 0);
  }

  /** Iterations of a string store or move that can be done together. */
  private emitBulk(at: Position): void {
    const { block, index } = at;
    const bulk = bulkRepeat(block.graph);
    if (!bulk) return;
    const { out, values, control, memory, stateLocals, locals } = this;
    const parts = { out, values, control, memory, stateLocals, locals, budget: Local.budget };
    const leave = (): void => this.leave(startOfBlock, at);
    new BulkEmitter(parts, bulk).emit(leave, () => {
      values.get(stateLocals.get(bulk.counter) ?? 0);
      control.open(Wasm.if);
      this.goTo(block.eip, index, 0);
      control.close();
      this.goTo(block.endEip, index, 0);
    });
  }

  // --- flags

  /** Which flags may be left as a recipe where a block ends: those that what follows does not need. */
  private mayDeferAt(index: number): FlagSet {
    return this.writtenSuccessors(index).reduce((set, successor) => set & ~this.flagNeeds[successor], allFlags);
  }

  /**
   * Puts the state after a block into the locals. Flags that the block wrote may be left as a recipe: all, or those
   * besides CF, which often comes from elsewhere.
   */
  private commitState(state: StateSnapshot, mayDefer: FlagSet): void {
    const written = flagsIn(state);
    for (const flags of [written & mayDefer, written & mayDefer & ~carry]) {
      const words = wordsOf(flags);
      const deferral = flags === 0 ? undefined : this.flags.defer(state, words);
      if (!deferral) continue;
      this.commit(without(state, words), deferral.roots);
      return this.flags.setRecipe(deferral);
    }
    this.commit(state);
    if (written !== 0) this.flags.setDone();
  }

  /** The same for a state in the middle of a block, on the way out. */
  private commitExit(state: StateSnapshot, index: number): void {
    const written = flagsIn(state);
    const missing = allFlags & ~written & ~this.flagNeeds[index];
    if (written === 0 || missing === 0) return this.commitState(state, written === allFlags ? allFlags : 0);
    const words = wordsOf(written);
    const overrides = words.flatMap(word => {
      const value = state.get(word);
      return value ? [[this.flags.overrideOf(word), value] as const] : [];
    });
    this.commit(without(state, words), overrides);
    this.flags.setOverridden(written);
  }

  /** Numbers of the blocks of the region that the block leads to directly. A repeated instruction ends in several places. */
  private successorsOf(index: number): number[] {
    const { graph, endEip, eip } = this.blocks[index];
    const { end } = graph;
    const at = (...offsets: number[]): number[] =>
      offsets.map(offset => this.indexOf.get(offset >>> 0)).filter(found => found !== undefined);
    switch (end.kind) {
      case 'next':
        return at(endEip);
      case 'repeat':
        return at(eip, endEip, endEip);
      case 'branch':
        return at(end.target.immediate, endEip);
      case 'jump':
        return end.target.code === MicroOpCode.constant ? at(end.target.immediate) : [];
    }
  }

  /** Those that are not reached through the dispatch, which sees to the flags itself. */
  private writtenSuccessors(index: number): readonly number[] {
    return this.successorsOf(index).filter(successor => this.flow.way(index, successor) !== 'dispatch');
  }

  // --- effects

  private emitEffect(effect: BlockEffect, at: Position): void {
    switch (effect.kind) {
      case 'load':
        this.translate(effect.offset, effect.width, false, effect.exit, at);
        this.memory.load(effect.width);
        return this.keepLoaded(effect.result);
      case 'store':
        // The value is computed before the address, so that a side exit finds it in a local if it is used again.
        this.values.keep(effect.value);
        this.translate(effect.offset, effect.width, true, effect.exit, at);
        this.values.push(effect.value);
        return this.memory.store(effect.width);
      case 'reserve':
        this.translate(effect.offset, effect.width, true, effect.exit, at);
        return this.values.set(this.places[effect.place]);
      case 'loadReserved':
        this.values.get(this.places[effect.place]);
        this.memory.load(effect.width);
        return this.keepLoaded(effect.result);
      case 'storeReserved':
        this.values.get(this.places[effect.place]);
        this.values.push(effect.value);
        return this.memory.store(effect.width);
      case 'call':
        throw new Error('a region holds no calls');
      case 'guard':
        return this.leaveIf(() => this.values.push(effect.condition), effect.exit, at);
      case 'checkBranch':
        return this.checkBranch(effect.target, effect.taken, effect.exit, at);
    }
  }

  private keepLoaded(result: BlockValue): void {
    result.local = this.locals.take(result.resultWidth);
    this.values.set(result.local);
  }

  private translate(offset: BlockValue, width: ValueWidth, write: boolean, exit: SideExit, at: Position): void {
    this.memory.translate(offset, width, write, () => this.leave(exit, at));
  }

  private checkBranch(target: BlockValue, taken: BlockValue | undefined, exit: SideExit, at: Position): void {
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
      at,
    );
  }

  // --- control

  private goTo(eip: number, from: number, unspent: number): void {
    const target = this.indexOf.get(eip >>> 0);
    if (target === undefined) {
      this.spend(unspent);
      this.values.i32(eip);
      this.values.set(Local.eip);
      return this.control.branch(this.leaveLabel);
    }
    const way = this.flow.way(from, target);
    if (way === 'inline') return this.emitBlock(target, unspent);
    this.spend(unspent);
    if (way !== 'dispatch') return this.control.branch(this.labels.get(target) ?? 0);
    this.values.i32(this.entryBlocks.indexOf(target));
    this.values.set(Local.next);
    this.control.branch(this.dispatchLabel);
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
    this.control.branchIf(this.leaveLabel);
    values.get(Local.entry);
    values.i32(1);
    values.op(Wasm.i32Shl);
    this.memory.memory(Wasm.i32Load16U, 1, layout.dispatchTable);
    values.tee(Local.next);
    values.op(Wasm.i32Eqz);
    this.control.branchIf(this.leaveLabel);
    values.get(Local.next);
    values.i32(1);
    values.op(Wasm.i32Sub);
    values.set(Local.next);
    this.control.branch(this.dispatchLabel);
  }

  private leaveIf(condition: () => void, exit: SideExit, at: Position): void {
    condition();
    this.control.open(Wasm.if);
    this.leave(exit, at);
    this.control.close();
  }

  /** Leaves before an instruction, with the state as it is there. */
  private leave({ instruction, state }: SideExit, { block, index, unspent }: Position): void {
    this.values.onSideExit(() => this.commitExit(state, index));
    this.spend(unspent + instruction);
    this.values.i32(block.starts[instruction]);
    this.values.set(Local.eip);
    this.control.branch(this.leaveLabel);
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

const liveState = ({ state }: BlockGraph, mayDefer: FlagSet): StateSnapshot =>
  without(state, wordsOf(flagsIn(state) & mayDefer));

const without = (state: StateSnapshot, words: readonly number[]): StateSnapshot =>
  new Map([...state].filter(([word]) => !words.includes(word)));
