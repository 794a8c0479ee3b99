// Control in threaded code: from one record to the next, from block to block, and out. Every function ends with it.
//
// Where the engine has no tail calls, a function returns the next record's address, and a loop calls that one's routine.

import { pageMask } from '../../base/address';
import { stateOffset } from '../../isa/state';
import { ByteWriter, type FunctionBody, type FunctionType, ValueType, Wasm } from './binary';
import { ControlEmitter } from './controlEmitter';
import { LocalPool } from './localPool';
import { emitEntryOffset, type FillEmitter, MemoryAccess } from './memoryAccess';
import {
  type RoutineLayout,
  headerBytes,
  headerWord,
  jumpEntries,
  jumpEntryBytes,
  jumpShift,
  jumpSpread,
  jumpWord,
  modeShift,
  otherJumpSlot,
} from './threadedLayout';
import { ValueEmitter } from './valueEmitter';

/** An access to memory as functions that fill the TLB take it: the number of bytes, and from this bit on the kind. */
export const accessKindShift = 8;

function accessOf(kind: number, bytes: number): number {
  if (bytes >>> accessKindShift !== 0) throw new RangeError(`an access of ${bytes} bytes`);
  return (kind << accessKindShift) | bytes;
}

export const routineType: FunctionType = { parameters: [ValueType.i32, ValueType.i32], results: [ValueType.i32] };

/** Locals of every function of threaded code; its own come after. */
export const enum Local {
  record,
  budget,
  linear,
  entry,
  header,
  condition,
  count,
}

/** Control between blocks; every function of threaded code ends with it. */
export class Threading {
  readonly out = new ByteWriter();
  readonly control = new ControlEmitter(this.out);
  readonly locals: LocalPool;
  readonly values: ValueEmitter;

  constructor(
    readonly layout: RoutineLayout,
    wideLocals: number,
    /** type of routines within the module */
    private readonly typeIndex: number,
  ) {
    this.locals = new LocalPool(2, Local.count, wideLocals);
    this.values = new ValueEmitter(this.out, new Map(), this.locals, layout.stateAddress);
  }

  finish(): FunctionBody {
    return { type: routineType, locals: this.locals.declarations, code: this.out.finish() };
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

  /**
   * To the block at the EIP in `linear`: if the table has it for this mode and the page is where it was, without anybody's
   * help. Else `onMiss`, which may not go on; EIP is set.
   */
  lookUp(onMiss = (): void => this.continueAt(() => this.values.i32(this.layout.findRecord))): void {
    const { values, layout } = this;
    this.findJump();
    this.isFetchKnown();
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
      onMiss();
    });
    this.storeFixed(layout.codeAtAddress, () => values.get(Local.linear));
    values.get(Local.entry);
    this.memory(Wasm.i32Load, layout.jumpTableAddress + jumpWord.header * 4);
    this.arrive();
  }

  /** Leaves 1 if the table has a block for the EIP in `linear` and this mode, wherever its page is mapped; at `entry`. */
  findJump(): void {
    const { values, layout } = this;
    values.get(Local.linear);
    values.i32(jumpSpread);
    values.op(Wasm.i32Mul);
    values.i32(jumpShift);
    values.op(Wasm.i32ShrU);
    this.loadFixed(layout.modeAddress);
    values.i32(modeShift);
    values.op(Wasm.i32Shl);
    values.op(Wasm.i32Xor);
    values.i32(jumpEntries - 1);
    values.op(Wasm.i32And);
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
  }

  /** Leaves 1 if the TLB has the page of `linear` for fetches by routines. */
  isFetchKnown(): void {
    const { values } = this;
    this.tlbEntry();
    this.memory(Wasm.i32Load, 0);
    values.get(Local.linear);
    values.i32(pageMask);
    values.op(Wasm.i32And);
    values.op(Wasm.i32Eq);
  }

  /** Address of the entry for fetches from `linear`. */
  private tlbEntry(): void {
    const { values } = this;
    this.loadFixed(this.layout.fetchTableAddress);
    values.get(Local.linear);
    emitEntryOffset(values, this.layout.tlbSlots);
    values.op(Wasm.i32Add);
  }

  /** Guest memory, where a miss is for the function with this number in the table, or for others. */
  memoryAccess(user: boolean, fillNumber?: number): MemoryAccess {
    const { out, values, control, layout } = this;
    const scratch = { linear: Local.linear, entry: Local.entry };
    const emitFill = fillNumber === undefined ? undefined : this.callFill(fillNumber);
    return new MemoryAccess(out, values, control, { ...layout, user }, scratch, emitFill);
  }

  private callFill(number: number): FillEmitter {
    return (kind, bytes) => {
      this.values.get(Local.linear);
      this.values.i32(accessOf(kind, bytes));
      this.values.i32(number);
      this.callIndirect();
    };
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
    this.continueAt(() => values.i32(layout.findRecord));
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

  /** `call_indirect` of the record's routine; without tail calls. */
  callRecord(): void {
    const { values } = this;
    values.get(Local.record);
    this.loadFixed(this.layout.budgetAddress);
    this.recordWord(0);
    this.callIndirect();
  }

  /** Of a function with the type of routines, whose number is on the stack. */
  callIndirect(): void {
    this.values.op(Wasm.callIndirect);
    this.out.unsigned(this.typeIndex);
    this.out.unsigned(0);
  }
}
