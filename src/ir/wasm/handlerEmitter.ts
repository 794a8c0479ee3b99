// A handler: all instructions of one shape as one WebAssembly function, threaded code's unit. It takes the address of a
// record, which says which registers and values its instruction has, and the budget of instructions; it does the work and
// calls the next record's handler as its last act. The function that comes last gives back what is left of the budget.
//
// A record is a row of words: the handler's number in the table, then what `RecordLayout` says. The records of a basic block
// follow one another. Before them lies the block's header (`headerWord`); whoever comes to a block pays for all of its
// instructions at once, and whoever leaves it early gets the rest back.
//
// Where the engine has no tail calls, a handler returns the next record's address, and a loop calls that one's handler.

import { Segment } from '../../isa/registers';
import { SegmentField, segmentOffset, stateOffset } from '../../isa/state';
import type { BlockEffect, BlockValue } from '../blockGraph';
import type { HandlerShape } from '../handlerShape';
import { MicroOpCode } from '../microOp';
import { ByteWriter, type FunctionBody, type FunctionType, ValueType, Wasm } from './binary';
import { ControlEmitter } from './controlEmitter';
import { countUses, valuesOf } from './countUses';
import { LocalPool } from './localPool';
import { MemoryAccess, type TlbLayout } from './memoryAccess';
import { ValueEmitter } from './valueEmitter';

/** Where the words of a record lie, counted in words from its beginning. */
export interface RecordLayout {
  readonly registers: number;
  readonly parameters: number;
  /** EIP of the instruction, and how many instructions of the block are left with it: where control may leave */
  readonly leave: number;
  /** EIP of what follows: where control may leave after the instruction */
  readonly following: number;
  /** headers of the blocks that may come next: the target, then what follows */
  readonly links: number;
  readonly linkCount: number;
  readonly words: number;
}

/** Words of a block's header; the first record follows. */
export const headerWord = {
  /** instructions in the block; more than any budget for a block that is not made yet */
  count: 0,
  /** arrivals left before the block is looked at: it has become hot */
  visits: 1,
  eip: 2,
  /** of a block that is not made yet: its number among those */
  stub: 3,
} as const;
export const headerBytes = 16;

/** Words of an entry of the table of blocks by EIP. */
export const jumpWord = { eip: 0, mode: 1, header: 2, addend: 3 } as const;
export const jumpEntryBytes = 16;
export const jumpEntries = 0x8000;
/** Spreads EIPs over the table: 2^32 divided by the golden ratio, whose high bits depend on all bits of the factor. */
const spread = 0x9e3779b1 | 0;
const jumpShift = 32 - Math.log2(jumpEntries);

/** Where an EIP's entry may be: here or, if another has taken its place, in `otherJumpSlot`. */
export const jumpSlot = (eip: number): number => Math.imul(eip, spread) >>> jumpShift;
export const otherJumpSlot = (slot: number): number => slot ^ 1;

/** Where things lie in the WebAssembly memory. */
export interface HandlerLayout extends TlbLayout {
  readonly stateAddress: number;
  /** a word each: header of the block that control came to and did not enter; the mode's number; the budget, where others have to know it */
  readonly leftAtAddress: number;
  readonly modeAddress: number;
  readonly budgetAddress: number;
  /** not 0: somebody wants the run to end after the instruction under way */
  readonly endAddress: number;
  /** number of the imported function `helper(index, a, b, c, d)`, see `helperNames`; it may throw, and nothing has changed */
  readonly helperFunction: number;
  readonly jumpTableAddress: number;
  /** a word: the address of the table of fetches at the current privilege level */
  readonly fetchTlbAddress: number;
  readonly tailCalls: boolean;
}

export const handlerType: FunctionType = { parameters: [ValueType.i32, ValueType.i32], results: [ValueType.i32] };

/** The helper function takes so many arguments, whoever needs them. */
export const mostHelperParameters = 4;

const enum Local {
  record,
  budget,
  linear,
  entry,
  header,
  condition,
  count,
}

/** Does a handler for this shape look control's target up by its EIP? */
export const isIndirect = ({ graph: { end }, parameters }: HandlerShape): boolean =>
  end.kind === 'jump' && !parameters.includes(end.target);

/** Does a record say what follows its instruction? */
export const leavesAfter = ({ after, calls }: HandlerShape): boolean =>
  after === 'leaves' || (calls && after === 'goesOn');

export function recordLayout(shape: HandlerShape): RecordLayout {
  const { graph, registers, parameters, canLeave } = shape;
  const linkCount = isIndirect(shape) ? 0 : { next: 0, jump: 1, branch: 2, repeat: 2 }[graph.end.kind];
  const first = 1 + registers.length;
  const leave = first + parameters.length;
  const following = leave + (canLeave ? 2 : 0);
  const links = following + (leavesAfter(shape) ? 1 : 0);
  return { registers: 1, parameters: first, leave, following, links, linkCount, words: links + linkCount };
}

/** Control between blocks; every function of threaded code ends with it. */
class Threading {
  readonly out = new ByteWriter();
  readonly control = new ControlEmitter(this.out);
  readonly locals: LocalPool;
  readonly values: ValueEmitter;

  constructor(
    readonly layout: HandlerLayout,
    wideLocals: number,
    /** type of handlers within the module */
    private readonly typeIndex: number,
  ) {
    this.locals = new LocalPool(2, Local.count, wideLocals);
    this.values = new ValueEmitter(this.out, new Map(), this.locals, layout.stateAddress);
  }

  finish(): FunctionBody {
    return { type: handlerType, locals: this.locals.declarations, code: this.out.finish() };
  }

  memory(code: Wasm, offset: number): void {
    this.out.byte(code);
    this.out.unsigned(2);
    this.out.unsigned(offset);
  }

  /** Loads the word at a fixed address. */
  loadFixed(address: number): void {
    this.values.i32(0);
    this.memory(Wasm.i32Load, address);
  }

  recordWord(word: number): void {
    this.values.get(Local.record);
    this.memory(Wasm.i32Load, word * 4);
  }

  headerWord(word: number): void {
    this.values.get(Local.header);
    this.memory(Wasm.i32Load, word * 4);
  }

  /** To the block whose header's address is on the stack, if the budget covers it. */
  arrive(): void {
    const { values } = this;
    values.set(Local.header);
    values.get(Local.budget);
    this.headerWord(headerWord.count);
    values.op(Wasm.i32LtS);
    this.onlyIf(() => this.leaveAtHeader());
    values.get(Local.header);
    this.headerWord(headerWord.visits);
    values.i32(1);
    values.op(Wasm.i32Sub);
    values.tee(Local.entry);
    this.memory(Wasm.i32Store, headerWord.visits * 4);
    values.get(Local.entry);
    values.i32(0);
    values.op(Wasm.i32LtS);
    this.onlyIf(() => this.leaveAtHeader());
    values.get(Local.budget);
    this.headerWord(headerWord.count);
    values.op(Wasm.i32Sub);
    values.set(Local.budget);
    values.get(Local.header);
    values.i32(headerBytes);
    values.op(Wasm.i32Add);
    values.set(Local.record);
    this.continueAt(() => values.get(Local.record));
  }

  /** To the block at the EIP in `linear`, if the table has it for this mode and the page is where it was. */
  lookUp(): void {
    const { values, layout } = this;
    values.get(Local.linear);
    values.i32(spread);
    values.op(Wasm.i32Mul);
    values.i32(jumpShift);
    values.op(Wasm.i32ShrU);
    values.i32(Math.log2(jumpEntryBytes));
    values.op(Wasm.i32Shl);
    values.tee(Local.entry);
    this.memory(Wasm.i32Load, layout.jumpTableAddress + jumpWord.eip * 4);
    values.get(Local.linear);
    values.op(Wasm.i32Ne);
    this.onlyIf(() => {
      values.get(Local.entry);
      values.i32(otherJumpSlot(0) * jumpEntryBytes);
      values.op(Wasm.i32Xor);
      values.set(Local.entry);
    });
    values.get(Local.entry);
    this.memory(Wasm.i32Load, layout.jumpTableAddress + jumpWord.eip * 4);
    values.get(Local.linear);
    values.op(Wasm.i32Eq);
    values.get(Local.entry);
    this.memory(Wasm.i32Load, layout.jumpTableAddress + jumpWord.mode * 4);
    this.loadFixed(layout.modeAddress);
    values.op(Wasm.i32Eq);
    values.op(Wasm.i32And);
    this.tlbEntry();
    this.memory(Wasm.i32Load, 0);
    values.get(Local.linear);
    values.i32(-4096);
    values.op(Wasm.i32And);
    values.op(Wasm.i32Eq);
    values.op(Wasm.i32And);
    this.tlbEntry();
    this.memory(Wasm.i32Load, 4);
    values.get(Local.entry);
    this.memory(Wasm.i32Load, layout.jumpTableAddress + jumpWord.addend * 4);
    values.op(Wasm.i32Eq);
    values.op(Wasm.i32And);
    values.op(Wasm.i32Eqz);
    this.onlyIf(() => {
      this.storeFixed(layout.stateAddress + stateOffset.eip, () => values.get(Local.linear));
      this.storeFixed(layout.leftAtAddress, () => values.i32(0));
      this.leave();
    });
    values.get(Local.entry);
    this.memory(Wasm.i32Load, layout.jumpTableAddress + jumpWord.header * 4);
    this.arrive();
  }

  /** Address of the entry for fetches from `linear`. */
  private tlbEntry(): void {
    const { values } = this;
    this.loadFixed(this.layout.fetchTlbAddress);
    values.get(Local.linear);
    values.i32(9);
    values.op(Wasm.i32ShrU);
    values.i32((this.layout.tlbSlots - 1) * 8);
    values.op(Wasm.i32And);
    values.op(Wasm.i32Add);
  }

  onlyIf(emit: () => void): void {
    this.control.open(Wasm.if);
    emit();
    this.control.close();
  }

  /** Leaves with the budget as it is; EIP has been stored. */
  leave(): void {
    const { values, layout } = this;
    if (layout.tailCalls) values.get(Local.budget);
    else {
      this.storeFixed(layout.budgetAddress, () => values.get(Local.budget));
      values.i32(0);
    }
    values.op(Wasm.return);
  }

  private leaveAtHeader(): void {
    const { values, layout } = this;
    this.storeFixed(layout.stateAddress + stateOffset.eip, () => this.headerWord(headerWord.eip));
    this.storeFixed(layout.leftAtAddress, () => values.get(Local.header));
    this.leave();
  }

  storeFixed(address: number, push: () => void): void {
    this.values.i32(0);
    push();
    this.memory(Wasm.i32Store, address);
  }

  /** To the record whose address `push` leaves on the stack, in the block that control is in. */
  continueAt(push: () => void): void {
    const { values, layout } = this;
    if (!layout.tailCalls) {
      this.storeFixed(layout.budgetAddress, () => values.get(Local.budget));
      push();
      values.op(Wasm.return);
      return;
    }
    push();
    values.tee(Local.header);
    values.get(Local.budget);
    values.get(Local.header);
    this.memory(Wasm.i32Load, 0);
    values.op(Wasm.returnCallIndirect);
    this.out.unsigned(this.typeIndex);
    this.out.unsigned(0);
  }

  /** `call_indirect` of the record's handler; without tail calls. */
  callRecord(): void {
    const { values } = this;
    values.get(Local.record);
    this.loadFixed(this.layout.budgetAddress);
    this.recordWord(0);
    this.callIndirect();
  }

  /** Of a function with the type of handlers, whose number is on the stack. */
  callIndirect(): void {
    this.values.op(Wasm.callIndirect);
    this.out.unsigned(this.typeIndex);
    this.out.unsigned(0);
  }
}

/** The way in: takes a record and the budget for what comes after its block, gives back what is left of it. */
export function emitEntry(layout: HandlerLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  const { values, control } = threading;
  if (layout.tailCalls) {
    threading.continueAt(() => values.get(Local.record));
    values.op(Wasm.unreachable);
    return threading.finish();
  }
  threading.storeFixed(layout.budgetAddress, () => values.get(Local.budget));
  const loop = control.open(Wasm.loop);
  threading.callRecord();
  values.tee(Local.record);
  control.branchIf(loop);
  control.close();
  threading.loadFixed(layout.budgetAddress);
  return threading.finish();
}

/** The handler that ends a block: its record has the header of the block that comes next. */
export function emitGoTo(layout: HandlerLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  threading.recordWord(1);
  threading.arrive();
  threading.values.op(Wasm.unreachable);
  return threading.finish();
}

/** The handler that ends a block: its record has the EIP where control goes on, perhaps in another page. */
export function emitLookUp(layout: HandlerLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  threading.recordWord(1);
  threading.values.set(Local.linear);
  threading.lookUp();
  threading.values.op(Wasm.unreachable);
  return threading.finish();
}

/**
 * Words of the record that leads into a compiled region: the region function's number in the table, the block to begin
 * with, and the header of a block of records for when the region can do nothing, or 0.
 */
export const gateWord = { function: 1, block: 2, bypass: 3, words: 4 } as const;

/** The handler for such a record. Where the region has come to its end, control goes on as after any jump. */
export function emitEnterRegion(layout: HandlerLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  const { values } = threading;
  values.get(Local.budget);
  threading.recordWord(gateWord.block);
  threading.recordWord(gateWord.function);
  threading.callIndirect();
  values.tee(Local.condition);
  values.get(Local.budget);
  values.op(Wasm.i32Eq);
  threading.onlyIf(() => {
    threading.recordWord(gateWord.bypass);
    threading.onlyIf(() => {
      threading.recordWord(gateWord.bypass);
      threading.arrive();
    });
    threading.storeFixed(layout.leftAtAddress, () => values.i32(0));
    threading.leave();
  });
  values.get(Local.condition);
  values.set(Local.budget);
  threading.loadFixed(layout.stateAddress + stateOffset.eip);
  values.set(Local.linear);
  threading.lookUp();
  values.op(Wasm.unreachable);
  return threading.finish();
}

export class HandlerEmitter {
  private readonly threading: Threading;
  private readonly access: MemoryAccess;
  private readonly record: RecordLayout;
  private readonly places: number[];
  private readonly openRegisters: ReadonlyMap<number, number>;

  constructor(
    private readonly shape: HandlerShape,
    private readonly layout: HandlerLayout,
    typeIndex: number,
  ) {
    this.record = recordLayout(shape);
    this.threading = new Threading(layout, hasWideValues(shape) ? 32 : 0, typeIndex);
    const { out, values, control, locals } = this.threading;
    this.access = new MemoryAccess(out, values, control, layout, { linear: Local.linear, entry: Local.entry });
    this.places = Array.from({ length: shape.graph.places }, () => locals.take(32));
    this.openRegisters = new Map(shape.registers.map((offset, index) => [offset, this.record.registers + index]));
  }

  emit(): FunctionBody {
    const { shape, threading } = this;
    countUses(shape.graph, shape.state);
    this.takeParameters();
    this.takeRegisters();
    if (shape.graph.end.kind === 'repeat') this.emitRepeat(shape.graph.end.done, shape.graph.end.again);
    else {
      shape.graph.effects.forEach(effect => this.emitEffect(effect));
      this.emitEnd();
    }
    threading.values.op(Wasm.unreachable);
    return threading.finish();
  }

  private takeParameters(): void {
    this.shape.parameters.forEach((parameter, index) => {
      if (parameter.uses === 0) return;
      this.threading.recordWord(this.record.parameters + index);
      this.intoLocal(parameter);
    });
  }

  /** Registers that are left open, and are read. */
  private takeRegisters(): void {
    for (const value of readsOf(this.shape)) {
      const word = this.openRegisters.get(value.immediate);
      if (word === undefined) continue;
      this.threading.recordWord(word);
      this.threading.memory(Wasm.i32Load, 0);
      this.intoLocal(value);
    }
  }

  private intoLocal(value: BlockValue): void {
    value.local = this.threading.locals.take(32);
    this.threading.values.set(value.local);
  }

  private emitEnd(): void {
    const { threading, shape } = this;
    const { values } = threading;
    const { end } = shape.graph;
    if (end.kind === 'branch') {
      values.push(end.condition);
      values.set(Local.condition);
    } else if (isIndirect(shape) && end.kind === 'jump') {
      values.push(end.target);
      values.set(Local.condition);
    }
    this.commit();
    if (end.kind === 'branch') {
      values.get(Local.condition);
      threading.onlyIf(() => this.follow(0));
      this.follow(1);
    } else if (isIndirect(shape)) {
      values.get(Local.condition);
      values.set(Local.linear);
      threading.lookUp();
    } else if (end.kind === 'jump') this.follow(0);
    else this.goOn();
  }

  /** To the next instruction, or out. */
  private goOn(): void {
    const { threading, shape, layout, record } = this;
    const { values } = threading;
    if (leavesAfter(shape)) {
      if (shape.calls) threading.loadFixed(layout.endAddress);
      else values.i32(1);
      threading.onlyIf(() => {
        threading.storeFixed(layout.stateAddress + stateOffset.eip, () => threading.recordWord(record.following));
        this.leaveAfter();
      });
    }
    if (shape.after !== 'goesOn') return this.goElsewhere();
    threading.continueAt(() => {
      values.get(Local.record);
      values.i32(record.words * 4);
      values.op(Wasm.i32Add);
    });
  }

  /** The machinery has changed what code means, or where control is: to whatever comes next, unless it ends the run. */
  private goElsewhere(): void {
    const { threading, shape, layout, record } = this;
    const { values } = threading;
    if (shape.after === 'transfers') {
      threading.loadFixed(layout.endAddress);
      threading.onlyIf(() => this.leaveAfter());
      threading.loadFixed(layout.stateAddress + stateOffset.eip);
    } else threading.recordWord(record.following);
    values.set(Local.linear);
    this.refund();
    threading.lookUp();
  }

  /** EIP is set. */
  private leaveAfter(): void {
    const { threading, layout } = this;
    threading.storeFixed(layout.leftAtAddress, () => threading.values.i32(0));
    this.refund();
    threading.leave();
  }

  /** What the block has left to do was paid for, and is given back. */
  private refund(): void {
    const { threading, record } = this;
    const { values } = threading;
    values.get(Local.budget);
    threading.recordWord(record.leave + 1);
    values.op(Wasm.i32Add);
    values.i32(1);
    values.op(Wasm.i32Sub);
    values.set(Local.budget);
  }

  /** One iteration is one instruction: the block consists of it, and leads back to itself. */
  private emitRepeat(done: BlockValue, again: BlockValue): void {
    const { values } = this.threading;
    values.push(done);
    this.threading.onlyIf(() => this.follow(1));
    this.shape.graph.effects.forEach(effect => this.emitEffect(effect));
    values.push(again);
    values.set(Local.condition);
    this.commit();
    values.get(Local.condition);
    this.threading.onlyIf(() => this.follow(0));
    this.follow(1);
  }

  private follow(link: number): void {
    this.threading.recordWord(this.record.links + link);
    this.threading.arrive();
  }

  private emitEffect(effect: BlockEffect): void {
    const { values } = this.threading;
    const leave = (): void => this.leave();
    switch (effect.kind) {
      case 'load':
        this.access.translate(effect.offset, effect.width, false, leave);
        this.access.load(effect.width);
        return this.keepLoaded(effect.result);
      case 'store':
        values.keep(effect.value);
        this.access.translate(effect.offset, effect.width, true, leave);
        values.push(effect.value);
        return this.access.store(effect.width);
      case 'reserve':
        this.access.translate(effect.offset, effect.width, true, leave);
        return values.set(this.places[effect.place]);
      case 'loadReserved':
        values.get(this.places[effect.place]);
        this.access.load(effect.width);
        return this.keepLoaded(effect.result);
      case 'storeReserved':
        values.get(this.places[effect.place]);
        values.push(effect.value);
        return this.access.store(effect.width);
      case 'call':
        return this.emitCall(effect.helper, effect.parameters, effect.result);
      case 'guard':
        values.push(effect.condition);
        return this.threading.onlyIf(leave);
      case 'checkBranch':
        values.push(effect.target);
        this.threading.loadFixed(this.layout.stateAddress + segmentOffset(Segment.cs) + SegmentField.limit);
        values.op(Wasm.i32GtU);
        if (effect.taken) {
          values.push(effect.taken);
          values.op(Wasm.i32And);
        }
        return this.threading.onlyIf(leave);
    }
  }

  /** The machinery finds EIP and the budget as they are before the instruction. */
  private emitCall(helper: number, parameters: readonly BlockValue[], result: BlockValue | undefined): void {
    const { threading, layout, record } = this;
    const { values } = threading;
    parameters.forEach(parameter => values.keep(parameter));
    threading.storeFixed(layout.stateAddress + stateOffset.eip, () => threading.recordWord(record.leave));
    threading.storeFixed(layout.budgetAddress, () => {
      values.get(Local.budget);
      threading.recordWord(record.leave + 1);
      values.op(Wasm.i32Add);
    });
    values.i32(helper);
    for (let index = 0; index < mostHelperParameters; index++) {
      if (index < parameters.length) values.push(parameters[index]);
      else values.i32(0);
    }
    values.op(Wasm.call);
    threading.out.unsigned(layout.helperFunction);
    if (result) this.keepLoaded(result);
    else values.op(Wasm.drop);
  }

  private keepLoaded(result: BlockValue): void {
    result.local = this.threading.locals.take(result.resultWidth);
    this.threading.values.set(result.local);
  }

  /** Before the instruction: nothing of it has been done. */
  private leave(): void {
    const { threading, layout, record } = this;
    const { values } = threading;
    threading.storeFixed(layout.stateAddress + stateOffset.eip, () => threading.recordWord(record.leave));
    threading.storeFixed(layout.leftAtAddress, () => values.i32(0));
    values.get(Local.budget);
    threading.recordWord(record.leave + 1);
    values.op(Wasm.i32Add);
    values.set(Local.budget);
    threading.leave();
  }

  /** All values first, then all stores: a value may need what stood there before. */
  private commit(): void {
    const { threading, layout } = this;
    const writes = [...this.shape.state];
    for (const [offset, value] of writes) {
      const word = this.openRegisters.get(offset);
      if (word === undefined) threading.values.i32(0);
      else threading.recordWord(word);
      threading.values.push(value);
    }
    for (const [offset] of writes.reverse())
      threading.memory(Wasm.i32Store, this.openRegisters.has(offset) ? 0 : layout.stateAddress + offset);
  }
}

/** The state words that a shape reads, each once. */
const readsOf = ({ graph, state }: HandlerShape): readonly BlockValue[] =>
  valuesOf(graph, state).filter(({ code }) => code === MicroOpCode.readState);

const hasWideValues = ({ graph, state }: HandlerShape): boolean =>
  valuesOf(graph, state).some(({ resultWidth }) => resultWidth === 64);
