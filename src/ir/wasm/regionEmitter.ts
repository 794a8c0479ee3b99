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
import { MicroOpCode } from '../microOp';
import { ByteWriter, emptyBlock, type FunctionBody, ValueType, Wasm } from './binary';
import { DeferredFlags } from './deferredFlags';
import { LocalPool } from './localPool';
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
export interface RegionLayout {
  readonly stateAddress: number;
  /** address of the entry tables: kind * tableBytes + slot * 8: tag, addend */
  readonly tlbAddress: number;
  readonly tlbTableBytes: number;
  readonly tlbSlots: number;
  /** CPL 3: user translations */
  readonly user: boolean;
  /** linear page of the code, as EIP of its first byte, and the address of its table of 16-bit block numbers + 1 */
  readonly pageEip: number;
  readonly dispatchTable: number;
  /** number of the imported function `fill(linear, kind, bytes) → 1 if the TLB now has it` */
  readonly fillFunction: number;
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
  /** labels open around the code being emitted, outermost first */
  private depth = 0;
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
    blocks.forEach(({ eip }, index) => this.indexOf.set(eip, index));
    const flagLocals = resultFlags.map(flag => this.stateLocals.get(flag) ?? 0);
    this.flags = new DeferredFlags(this.values, Local.recipe, [Local.root0, Local.root1, Local.root2], flagLocals);
    this.needsFlags = this.findFlagNeeds();
  }

  emit(): FunctionBody {
    this.transferState(Wasm.i32Load);
    this.open(Wasm.block); // leave: flush and return
    this.open(Wasm.loop); // dispatch
    for (let index = 0; index < this.blocks.length; index++) this.open(Wasm.block);
    this.values.get(Local.next);
    this.values.op(Wasm.brTable);
    this.out.unsigned(this.blocks.length - 1);
    for (let index = 0; index < this.blocks.length; index++) this.out.unsigned(index);
    this.blocks.forEach((block, index) => {
      this.close();
      this.emitBlock(block, index);
    });
    this.close();
    this.close();
    this.flags.follow(this);
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
      this.loopLabel = this.depth;
      this.open(Wasm.loop);
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
    if (loops) this.close();
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
      this.open(Wasm.if);
      this.goTo(end.target.immediate, index);
      this.close();
      this.goTo(endEip, index);
    } else if (end.kind === 'jump' && end.target.code !== MicroOpCode.constant) this.goIndirect();
    else this.goTo(end.kind === 'jump' ? end.target.immediate : endEip, index);
  }

  /** One iteration of a repeated string instruction is one instruction. */
  private emitRepeat(block: RegionBlock, done: BlockValue, again: BlockValue, index: number): void {
    this.values.push(done);
    this.open(Wasm.if);
    this.spend(1);
    this.goTo(block.endEip, index);
    this.close();
    block.graph.effects.forEach(effect => this.emitEffect(effect, block));
    this.values.push(again);
    this.values.set(Local.condition);
    this.commitState(block.graph.state, block.graph.flagsWriter, false);
    this.spend(1);
    this.values.get(Local.condition);
    this.open(Wasm.if);
    this.goTo(block.eip, index);
    this.close();
    this.goTo(block.endEip, index);
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
        this.access(loadOf(effect.width));
        return this.keepLoaded(effect.result);
      case 'store':
        // The value is computed before the address, so that a side exit finds it in a local if it is used again.
        this.values.keep(effect.value);
        this.translate(effect.offset, effect.width, true, effect.exit, block);
        this.values.push(effect.value);
        return this.access(storeOf(effect.width));
      case 'reserve':
        this.translate(effect.offset, effect.width, true, effect.exit, block);
        return this.values.set(this.places[effect.place]);
      case 'loadReserved':
        this.values.get(this.places[effect.place]);
        this.access(loadOf(effect.width));
        return this.keepLoaded(effect.result);
      case 'storeReserved':
        this.values.get(this.places[effect.place]);
        this.values.push(effect.value);
        return this.access(storeOf(effect.width));
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

  /** Leaves the address in WebAssembly memory of segment-relative `offset` (segments here begin at 0) on the stack. */
  private translate(offset: BlockValue, width: ValueWidth, write: boolean, exit: SideExit, block: RegionBlock): void {
    const { values, layout } = this;
    const bytes = width / 8;
    const kind = (layout.user ? 2 : 0) | (write ? 1 : 0);
    const table = layout.tlbAddress + kind * layout.tlbTableBytes;
    values.keep(offset);
    values.push(offset);
    values.tee(Local.linear);
    values.i32(9);
    values.op(Wasm.i32ShrU);
    values.i32((layout.tlbSlots - 1) * 8);
    values.op(Wasm.i32And);
    values.tee(Local.entry);
    this.memoryOp(Wasm.i32Load, 2, table);
    values.get(Local.linear);
    if (bytes > 1) {
      values.i32(bytes - 1);
      values.op(Wasm.i32Add);
    }
    values.i32(-4096);
    values.op(Wasm.i32And);
    values.op(Wasm.i32Ne);
    this.open(Wasm.if);
    values.get(Local.linear);
    values.i32(kind);
    values.i32(bytes);
    values.op(Wasm.call);
    this.out.unsigned(layout.fillFunction);
    values.op(Wasm.i32Eqz);
    this.open(Wasm.if);
    this.leave(exit, block);
    this.close();
    this.close();
    values.get(Local.entry);
    this.memoryOp(Wasm.i32Load, 2, table + 4);
    values.get(Local.linear);
    values.op(Wasm.i32Add);
  }

  private checkBranch(target: BlockValue, taken: BlockValue | undefined, exit: SideExit, block: RegionBlock): void {
    const { codeLimitAddress } = this.layout;
    if (codeLimitAddress === undefined) return;
    if (target.code === MicroOpCode.constant && this.indexOf.has(target.immediate >>> 0)) return;
    this.leaveIf(
      () => {
        this.values.push(target);
        this.values.i32(0);
        this.memoryOp(Wasm.i32Load, 2, codeLimitAddress);
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
      this.branch(0);
    } else if (target === from) this.branch(this.loopLabel);
    else if (target > from) this.branch(this.labelOf(target));
    else {
      this.values.i32(target);
      this.values.set(Local.next);
      this.branch(1);
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
    this.branchIf(0);
    values.get(Local.entry);
    values.i32(1);
    values.op(Wasm.i32Shl);
    this.memoryOp(Wasm.i32Load16U, 1, layout.dispatchTable);
    values.tee(Local.next);
    values.op(Wasm.i32Eqz);
    this.branchIf(0);
    values.get(Local.next);
    values.i32(1);
    values.op(Wasm.i32Sub);
    values.set(Local.next);
    this.branch(1);
  }

  private leaveIf(condition: () => void, exit: SideExit, block: RegionBlock): void {
    condition();
    this.open(Wasm.if);
    this.leave(exit, block);
    this.close();
  }

  /** Leaves before an instruction, with the state as it is there. */
  private leave({ instruction, state, flagsWriter }: SideExit, { starts }: RegionBlock): void {
    this.values.onSideExit(() => this.commitState(state, flagsWriter, true));
    this.spend(instruction);
    this.values.i32(starts[instruction]);
    this.values.set(Local.eip);
    this.branch(0);
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
      this.memoryOp(code, 2, this.layout.stateAddress + offset);
      if (code === Wasm.i32Load) this.values.set(local);
    }
  }

  open(code: Wasm.block | Wasm.loop | Wasm.if): void {
    this.out.byte(code);
    this.out.byte(emptyBlock);
    this.depth++;
  }

  close(): void {
    this.out.byte(Wasm.end);
    this.depth--;
  }

  /** `br_table` to the `count` + 1 innermost labels: n leads to the nth one, `count` for 0. */
  branchTable(count: number): void {
    this.out.byte(Wasm.brTable);
    this.out.unsigned(count + 1);
    this.out.unsigned(count);
    for (let index = 0; index < count; index++) this.out.unsigned(index);
    this.out.unsigned(count);
  }

  /** To the label `depth` levels out. */
  branchOut(depth: number): void {
    this.out.byte(Wasm.br);
    this.out.unsigned(depth);
  }

  /** To the label that was opened as number `label`, counted from the outermost (0: leave, 1: dispatch). */
  private branch(label: number): void {
    this.out.byte(Wasm.br);
    this.out.unsigned(this.depth - 1 - label);
  }

  private branchIf(label: number): void {
    this.out.byte(Wasm.brIf);
    this.out.unsigned(this.depth - 1 - label);
  }

  private access({ code, alignment }: { readonly code: Wasm; readonly alignment: number }): void {
    this.memoryOp(code, alignment, 0);
  }

  private memoryOp(code: Wasm, alignment: number, offset: number): void {
    this.out.byte(code);
    this.out.unsigned(alignment);
    this.out.unsigned(offset);
  }
}

const loadOf = (width: ValueWidth): { code: Wasm; alignment: number } =>
  width === 8
    ? { code: Wasm.i32Load8U, alignment: 0 }
    : width === 16
      ? { code: Wasm.i32Load16U, alignment: 0 }
      : { code: Wasm.i32Load, alignment: 0 };

const storeOf = (width: ValueWidth): { code: Wasm; alignment: number } =>
  width === 8
    ? { code: Wasm.i32Store8, alignment: 0 }
    : width === 16
      ? { code: Wasm.i32Store16, alignment: 0 }
      : { code: Wasm.i32Store, alignment: 0 };

function withoutResultFlags(state: StateSnapshot): StateSnapshot {
  return new Map([...state].filter(([offset]) => !resultFlags.includes(offset)));
}

function needsResultFlags(graph: BlockGraph): boolean {
  if (graph.readsResultFlags || graph.flagsWriter === 'several') return true;
  if (graph.end.kind === 'repeat') return graph.flagsWriter !== 'start';
  return graph.effects.some(effect => 'exit' in effect && effect.exit.flagsWriter === 'several');
}

/** Counts how often each value is needed on the main path. */
function countUses(graph: BlockGraph, live: StateSnapshot): void {
  const use = (value: BlockValue): void => {
    value.uses++;
    if (value.uses === 1) value.operands.forEach(use);
  };
  for (const effect of graph.effects) {
    switch (effect.kind) {
      case 'load':
      case 'reserve':
        use(effect.offset);
        break;
      case 'store':
        use(effect.offset);
        use(effect.value);
        break;
      case 'storeReserved':
        use(effect.value);
        break;
      case 'guard':
        use(effect.condition);
        break;
      case 'checkBranch':
        use(effect.target);
        if (effect.taken) use(effect.taken);
        break;
      case 'loadReserved':
        break;
    }
  }
  if (graph.end.kind === 'branch') use(graph.end.condition);
  if (graph.end.kind === 'jump') use(graph.end.target);
  if (graph.end.kind === 'repeat') [graph.end.done, graph.end.again].forEach(use);
  for (const value of live.values()) use(value);
}
