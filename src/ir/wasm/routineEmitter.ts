// A routine: all instructions of one shape as one WebAssembly function, threaded code's unit. It takes the address of a
// record, which says which registers and values its instruction has, and the budget of instructions; it does the work and
// calls the next record's routine as its last act. The function that comes last gives back what is left of the budget.
//
// A record is a row of words: the routine's number in the table, then what `RecordLayout` says. The records of a basic block
// follow one another. Before them lies the block's header (`headerWord`); whoever comes to a block pays for all of its
// instructions at once, and whoever leaves it early gets the rest back.

import { Segment } from '../../isa/registers';
import { SegmentField, segmentOffset, stateOffset } from '../../isa/state';
import { helperNames, SoftwareInterrupt } from '../../semantics/helpers';
import type { BlockEffect } from '../blockGraph';
import type { BlockValue } from '../blockValue';
import type { RoutineShape } from '../routineShape';
import { MicroOpCode } from '../microOp';
import { type FunctionBody, Wasm } from './binary';
import { countUses, valuesOf } from './countUses';
import type { MemoryAccess } from './memoryAccess';
import {
  type RoutineLayout,
  isIndirect,
  leavesAfter,
  mostHelperParameters,
  type RecordLayout,
  recordLayout,
} from './threadedLayout';
import { Local, Threading } from './threading';
import { transferBytes } from './transferLayout';

const softwareInterrupt = helperNames.indexOf('softwareInterrupt');
const interruptReturn = helperNames.indexOf('interruptReturn');

export class RoutineEmitter {
  private readonly threading: Threading;
  private readonly access: MemoryAccess;
  private readonly record: RecordLayout;
  private readonly places: number[];
  private readonly openRegisters: ReadonlyMap<number, number>;

  constructor(
    private readonly shape: RoutineShape,
    private readonly layout: RoutineLayout,
    typeIndex: number,
  ) {
    this.record = recordLayout(shape);
    this.threading = new Threading(layout, hasWideValues(shape) ? 32 : 0, typeIndex);
    this.access = this.threading.memoryAccess(layout.user, layout.renewOrFillNumber);
    this.places = Array.from({ length: shape.graph.places }, () => this.threading.locals.take(32));
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
    const transfer = this.knownTransfer(helper, parameters);
    if (!transfer) return this.callHelper(helper, parameters, result);
    transfer();
    threading.callIndirect();
    values.op(Wasm.i32Eqz);
    threading.onlyIf(() => this.callHelper(helper, parameters, result));
  }

  private callHelper(helper: number, parameters: readonly BlockValue[], result: BlockValue | undefined): void {
    const { threading, layout } = this;
    const { values } = threading;
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

  /** What pushes the arguments and the number of the function that may do the helper's work (`transferLayout.ts`). */
  private knownTransfer(helper: number, parameters: readonly BlockValue[]): (() => void) | undefined {
    const { values } = this.threading;
    const { transfers, stateAddress, deliverInterruptNumber, returnNumber } = this.layout;
    const [first, second, third] = parameters;
    if (helper === softwareInterrupt && second.immediate === SoftwareInterrupt.intN)
      return () => {
        values.push(first);
        values.i32(2);
        values.op(Wasm.i32Shl);
        this.threading.loadFixed(stateAddress + stateOffset.cpl);
        values.op(Wasm.i32Or);
        values.i32(transferBytes);
        values.op(Wasm.i32Mul);
        values.i32(transfers.interrupts);
        values.op(Wasm.i32Add);
        values.push(third);
        values.i32(deliverInterruptNumber);
      };
    if (helper === interruptReturn && first.immediate === 32)
      return () => {
        values.i32(0);
        this.threading.loadFixed(this.layout.budgetAddress);
        values.i32(1);
        values.op(Wasm.i32Sub);
        values.i32(returnNumber);
      };
    return undefined;
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
    values.get(Local.budget);
    threading.recordWord(record.leave + 1);
    values.op(Wasm.i32Add);
    values.set(Local.budget);
    threading.continueAt(() => values.i32(layout.leaveBeforeRecord));
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
const readsOf = ({ graph, state }: RoutineShape): readonly BlockValue[] =>
  valuesOf(graph, state).filter(({ code }) => code === MicroOpCode.readState);

const hasWideValues = ({ graph, state }: RoutineShape): boolean =>
  valuesOf(graph, state).some(({ resultWidth }) => resultWidth === 64);
