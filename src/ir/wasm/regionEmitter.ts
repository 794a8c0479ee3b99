// A region (the basic blocks of one page that lead to one another) as one WebAssembly function. Registers and flags are
// locals; memory goes through the TLB, inline; control between blocks of the region stays inside the function.
//
// The function takes a budget of instructions and the number of the entry to begin with, and gives back what is left of
// the budget. It leaves with the exact state of an instruction boundary: where the budget may not cover what comes
// before the next look at it, where the TLB does not have an access, before an instruction that would fault, and where
// control leaves the region. Whatever it cannot do is left to the other tiers, which do the next instruction.

import type { ValueWidth } from '../../semantics/builder';
import {
  type BlockEffect,
  type BlockGraph,
  type SideExit,
  startOfBlock,
  statusFlags,
  trackedFlags,
  trackedRegisters,
} from '../blockGraph';
import type { BlockValue } from '../blockValue';
import { bulkRepeat } from '../bulkRepeat';
import { MicroOpCode } from '../microOp';
import { ByteWriter, type FunctionBody, ValueType, Wasm } from './binary';
import { BulkEmitter } from './bulkEmitter';
import { ControlEmitter } from './controlEmitter';
import { countUses } from './countUses';
import { DeferredFlags } from './deferredFlags';
import type { FlagSet } from './flagNeeds';
import { LocalPool } from './localPool';
import { MemoryAccess, type TlbLayout } from './memoryAccess';
import { type RegionBlock, RegionPlan } from './regionPlan';
import { budgetOf, nothingSpent, type Spending, spentBy, spentTogether, type WeightLayout } from './spending';
import { liveState, StateEmitter } from './stateEmitter';
import { ValueEmitter } from './valueEmitter';

/** Where things lie in the WebAssembly memory, and how the function calls out. */
export interface RegionLayout extends TlbLayout {
  readonly stateAddress: number;
  /** linear page of the code, as EIP of its first byte, and the address of its table of 16-bit entry numbers + 1 */
  readonly pageEip: number;
  readonly dispatchTable: number;
  /** target must be checked against this state word, or undefined if CS covers everything */
  readonly codeLimitAddress: number | undefined;
  readonly weights: WeightLayout;
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
  readonly unspent: Spending;
}

export class RegionEmitter {
  private readonly out = new ByteWriter();
  private readonly control = new ControlEmitter(this.out);
  private readonly memory: MemoryAccess;
  private readonly stateLocals = new Map<number, number>();
  private readonly locals: LocalPool;
  private readonly values: ValueEmitter;
  private readonly flags: DeferredFlags;
  private readonly state: StateEmitter;
  private readonly plan: RegionPlan;
  private places: number[] = [];
  /** labels of the blocks that may be jumped to where code is being emitted */
  private readonly labels = new Map<number, number>();
  private leaveLabel = 0;
  private dispatchLabel = 0;

  constructor(
    private readonly blocks: readonly RegionBlock[],
    private readonly layout: RegionLayout,
  ) {
    const { stateAddress, weights } = layout;
    [...trackedRegisters, ...trackedFlags].forEach((offset, index) =>
      this.stateLocals.set(offset, firstStateLocal + index),
    );
    const { out, control, stateLocals } = this;
    this.locals = new LocalPool(2, firstStateLocal + stateLocals.size);
    const values = new ValueEmitter(out, stateLocals, this.locals, stateAddress);
    const memory = new MemoryAccess(out, values, control, layout, { linear: Local.linear, entry: Local.entry });
    const overrides = statusFlags.map((_, index) => Local.firstOverride + index);
    const roots = [Local.root0, Local.root1, Local.root2];
    const flags = new DeferredFlags(values, Local.recipe, roots, stateLocals, Local.overridden, overrides);
    const own = { budgetLocal: Local.budget, eipLocal: Local.eip };
    this.state = new StateEmitter({ values, memory, flags, stateLocals, stateAddress, weights, ...own });
    this.values = values;
    this.memory = memory;
    this.flags = flags;
    this.plan = new RegionPlan(blocks);
  }

  /** Where control may come in, as offsets in the code segment: by entry number. */
  get entries(): readonly number[] {
    return this.plan.entryBlocks.map(index => this.blocks[index].eip);
  }

  emit(): FunctionBody {
    const { control, values } = this;
    this.state.load();
    this.dispatchLabel = control.open(Wasm.loop);
    this.leaveLabel = control.open(Wasm.block);
    this.settleForNeedyEntry();
    this.emitWithin(undefined, () => {
      values.get(Local.next);
      const labels = this.plan.entryBlocks.map(index => this.labels.get(index) ?? 0);
      control.branchTable(labels.slice(0, -1), labels[labels.length - 1]);
    });
    control.close();
    this.flags.follow(control);
    this.goOnToNeedyEntry();
    control.close();
    this.flags.override();
    this.state.store();
    values.get(Local.budget);
    const type = { parameters: [ValueType.i32, ValueType.i32], results: [ValueType.i32] };
    return { type, locals: this.locals.declarations, code: this.out.finish() };
  }

  /** An entry that needs flags in their locals is gone to by way of the way out, where recipes are followed. */
  private settleForNeedyEntry(): void {
    if (this.plan.firstNeedyEntry < 0) return;
    this.values.get(Local.recipe);
    this.control.open(Wasm.if);
    this.values.get(Local.next);
    this.values.i32(this.plan.firstNeedyEntry);
    this.values.op(Wasm.i32GeU);
    this.values.tee(Local.goesOn);
    this.control.branchIf(this.leaveLabel);
    this.control.close();
  }

  private goOnToNeedyEntry(): void {
    if (this.plan.firstNeedyEntry < 0) return;
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
    const after = this.plan.flow.labelledAfter(block);
    for (const index of [...after].reverse()) this.labels.set(index, this.control.open(Wasm.block));
    emitOwn();
    for (const index of after) {
      this.control.close();
      this.emitBlock(index, nothingSpent);
    }
  }

  /** Code for a block and what is written within it. `unspent`: instructions done before that are not yet off the budget. */
  private emitBlock(index: number, unspent: Spending): void {
    if (!this.plan.flow.headsLoop(index)) return this.emitWithin(index, () => this.emitOwn(index, unspent));
    this.state.spend(unspent);
    this.labels.set(index, this.control.open(Wasm.loop));
    this.emitWithin(index, () => this.emitOwn(index, nothingSpent));
    this.control.close();
  }

  private emitOwn(index: number, unspent: Spending): void {
    const block = this.blocks[index];
    const { graph } = block;
    const mark = this.locals.mark();
    const at: Position = { block, index, unspent };
    this.places = Array.from({ length: graph.places }, () => this.locals.take(32));
    const mayDefer = this.plan.mayDeferAt(index);
    countUses(graph, liveState(graph.state, mayDefer));
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
    const need = this.plan.budgetNeeds.get(at.index);
    if (need === undefined) return;
    this.leaveIf(
      () => {
        this.values.get(Local.budget);
        this.values.i32(need + budgetOf(at.unspent));
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
    this.state.commitBlock(state, mayDefer);
  }

  private emitEnd({ block, index, unspent }: Position): void {
    const { graph, endEip } = block;
    const { end } = graph;
    const all = spentTogether(unspent, spentBy(block, graph.instructions));
    if (end.kind === 'branch') {
      this.values.get(Local.condition);
      this.control.open(Wasm.if);
      this.goTo(end.target.immediate, index, all);
      this.control.close();
      this.goTo(endEip, index, all);
    } else if (end.kind === 'jump' && end.target.code !== MicroOpCode.constant) {
      this.state.spend(all);
      this.goIndirect();
    } else this.goTo(end.kind === 'jump' ? end.target.immediate : endEip, index, all);
  }

  /** One iteration of a repeated string instruction is one instruction. It heads a loop: nothing is unspent. */
  private emitRepeat(at: Position, done: BlockValue, again: BlockValue, mayDefer: FlagSet): void {
    const { block, index } = at;
    const one = spentBy(block, 1);
    this.values.push(done);
    this.control.open(Wasm.if);
    this.goTo(block.endEip, index, one);
    this.control.close();
    if (one.weightless === 0 && one.heaviness === 0) this.emitBulk(at);
    block.graph.effects.forEach(effect => this.emitEffect(effect, at));
    this.values.push(again);
    this.values.set(Local.condition);
    this.state.commitBlock(block.graph.state, mayDefer);
    this.state.spend(one);
    this.values.get(Local.condition);
    this.control.open(Wasm.if);
    this.goTo(block.eip, index, nothingSpent);
    this.control.close();
    this.goTo(block.endEip, index, nothingSpent);
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
      this.goTo(block.eip, index, nothingSpent);
      control.close();
      this.goTo(block.endEip, index, nothingSpent);
    });
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
    if (target.code === MicroOpCode.constant && this.plan.blockAt(target.immediate) !== undefined) return;
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

  private goTo(eip: number, from: number, unspent: Spending): void {
    const target = this.plan.blockAt(eip);
    if (target === undefined) {
      this.state.spend(unspent);
      this.values.i32(eip);
      this.values.set(Local.eip);
      return this.control.branch(this.leaveLabel);
    }
    const way = this.plan.flow.way(from, target);
    if (way === 'inline') return this.emitBlock(target, unspent);
    this.state.spend(unspent);
    if (way !== 'dispatch') return this.control.branch(this.labels.get(target) ?? 0);
    this.values.i32(this.plan.entryBlocks.indexOf(target));
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
    this.values.onSideExit(() => this.state.commitExit(state, this.plan.flagNeeds[index]));
    this.state.spend(spentTogether(unspent, spentBy(block, instruction)));
    this.values.i32(block.starts[instruction]);
    this.values.set(Local.eip);
    this.control.branch(this.leaveLabel);
  }
}
