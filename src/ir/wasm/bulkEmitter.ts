// Many iterations of a repeated MOVS or STOS at once: as many as lie within one page of source and of destination, are left
// to do, and are covered by the budget. Upwards only. Each still counts as one instruction.

import { stateOffset } from '../../isa/state';
import type { BulkRepeat } from '../bulkRepeat';
import { type ByteWriter, Wasm } from './binary';
import type { ControlEmitter } from './controlEmitter';
import type { LocalPool } from './localPool';
import type { MemoryAccess } from './memoryAccess';
import type { StateLocals, ValueEmitter } from './valueEmitter';

/** Vector instructions (WebAssembly specification §5.4.8), after their prefix. */
const vectorPrefix = 0xfd;
const Vector = { load: 0, store: 0x0b, splat8: 0x0f, splat16: 0x10, splat32: 0x11 } as const;
const vectorBytes = 16;

/** The parts of less than a vector: how to load and store one, and how to store one out of a vector. */
const parts = [
  { bytes: 8, load: Wasm.i64Load, store: Wasm.i64Store, storeLane: 0x5b },
  { bytes: 4, load: Wasm.i32Load, store: Wasm.i32Store, storeLane: 0x5a },
  { bytes: 2, load: Wasm.i32Load16U, store: Wasm.i32Store16, storeLane: 0x59 },
  { bytes: 1, load: Wasm.i32Load8U, store: Wasm.i32Store8, storeLane: 0x58 },
] as const;

export interface BulkParts {
  readonly out: ByteWriter;
  readonly values: ValueEmitter;
  readonly control: ControlEmitter;
  readonly memory: MemoryAccess;
  readonly stateLocals: StateLocals;
  readonly locals: LocalPool;
  readonly budget: number;
}

export class BulkEmitter {
  private readonly count: number;
  private readonly from: number;
  private readonly to: number;

  constructor(
    private readonly parts: BulkParts,
    private readonly bulk: BulkRepeat,
  ) {
    [this.count, this.from, this.to] = [0, 0, 0].map(() => parts.locals.take(32));
  }

  /**
   * Emits the iterations that can be done together, if there are any, and then `next`, which may not go on; the code after it
   * does a single one. `onMiss` emits the way out before the first.
   */
  emit(onMiss: () => void, next: () => void): void {
    const { values, control, memory } = this.parts;
    const { value, source, destination, width } = this.bulk;
    if (source === undefined) values.keep(value);
    const single = control.open(Wasm.block);
    values.get(this.local(stateOffset.df));
    control.branchIf(single);
    this.findCount();
    values.get(this.count);
    values.op(Wasm.i32Eqz);
    control.branchIf(single);
    if (source !== undefined) {
      values.get(this.local(source));
      memory.translatePushed(width, false, onMiss);
      values.set(this.from);
    }
    values.get(this.local(destination));
    memory.translatePushed(width, true, onMiss);
    values.set(this.to);
    if (source !== undefined) this.refuseOverlap(single);
    this.advance();
    this.move();
    next();
    control.close();
  }

  private local(word: number): number {
    return this.parts.stateLocals.get(word) ?? 0;
  }

  /** In elements. */
  private findCount(): void {
    const { values, budget } = this.parts;
    const { counter, source, destination } = this.bulk;
    values.get(this.local(counter));
    values.set(this.count);
    this.reduceCount(() => values.get(budget));
    this.reduceCount(() => this.elementsWithinPage(destination));
    if (source !== undefined) this.reduceCount(() => this.elementsWithinPage(source));
  }

  private reduceCount(pushMost: () => void): void {
    const { values } = this.parts;
    pushMost();
    values.tee(this.to);
    values.get(this.count);
    values.get(this.to);
    values.get(this.count);
    values.op(Wasm.i32LtU);
    values.op(Wasm.select);
    values.set(this.count);
  }

  private elementsWithinPage(word: number): void {
    const { values } = this.parts;
    values.i32(4096);
    values.get(this.local(word));
    values.i32(4095);
    values.op(Wasm.i32And);
    values.op(Wasm.i32Sub);
    values.i32(this.shift);
    values.op(Wasm.i32ShrU);
  }

  /** Binary logarithm of an element's bytes. */
  private get shift(): number {
    return this.bulk.width === 8 ? 0 : this.bulk.width === 16 ? 1 : 2;
  }

  /** A destination less than a vector above the source: what is written now is read again by the same vector. */
  private refuseOverlap(single: number): void {
    const { values, control } = this.parts;
    values.get(this.to);
    values.get(this.from);
    values.op(Wasm.i32Sub);
    values.i32(1);
    values.op(Wasm.i32Sub);
    values.i32(vectorBytes - 1);
    values.op(Wasm.i32LtU);
    control.branchIf(single);
  }

  /** Registers and budget to what they are afterwards; `count` to bytes. */
  private advance(): void {
    const { values, budget } = this.parts;
    const { counter, source, destination } = this.bulk;
    this.change(budget, Wasm.i32Sub, this.count);
    this.change(this.local(counter), Wasm.i32Sub, this.count);
    values.get(this.count);
    values.i32(this.shift);
    values.op(Wasm.i32Shl);
    values.set(this.count);
    this.change(this.local(destination), Wasm.i32Add, this.count);
    if (source !== undefined) this.change(this.local(source), Wasm.i32Add, this.count);
  }

  private change(local: number, code: Wasm.i32Add | Wasm.i32Sub, by: number): void {
    const { values } = this.parts;
    values.get(local);
    values.get(by);
    values.op(code);
    values.set(local);
  }

  private move(): void {
    this.moveVectors();
    for (const part of parts) if (part.bytes * 8 >= this.bulk.width) this.movePart(part);
  }

  private moveVectors(): void {
    const { values, control } = this.parts;
    const end = control.open(Wasm.block);
    const again = control.open(Wasm.loop);
    values.get(this.count);
    values.i32(vectorBytes);
    values.op(Wasm.i32LtU);
    control.branchIf(end);
    values.get(this.to);
    this.pushVector();
    this.vector(Vector.store, 0);
    this.stepOn(vectorBytes);
    values.get(this.count);
    values.i32(vectorBytes);
    values.op(Wasm.i32Sub);
    values.set(this.count);
    control.branch(again);
    control.close();
    control.close();
  }

  private movePart({ bytes, load, store, storeLane }: (typeof parts)[number]): void {
    const { values, control, memory } = this.parts;
    values.get(this.count);
    values.i32(bytes);
    values.op(Wasm.i32And);
    control.open(Wasm.if);
    values.get(this.to);
    if (this.bulk.source === undefined) {
      this.pushVector();
      this.vector(storeLane, 0);
      this.parts.out.byte(0); // lane
    } else {
      values.get(this.from);
      memory.memory(load, 0, 0);
      memory.memory(store, 0, 0);
    }
    this.stepOn(bytes);
    control.close();
  }

  /** Sixteen bytes of the source, or of elements of one value. */
  private pushVector(): void {
    const { values, out } = this.parts;
    const { source, value, width } = this.bulk;
    if (source !== undefined) {
      values.get(this.from);
      return this.vector(Vector.load, 0);
    }
    values.push(value);
    out.byte(vectorPrefix);
    out.byte(width === 8 ? Vector.splat8 : width === 16 ? Vector.splat16 : Vector.splat32);
  }

  private stepOn(bytes: number): void {
    const { values } = this.parts;
    for (const local of this.bulk.source === undefined ? [this.to] : [this.to, this.from]) {
      values.get(local);
      values.i32(bytes);
      values.op(Wasm.i32Add);
      values.set(local);
    }
  }

  /** A vector instruction that accesses memory. */
  private vector(code: number, offset: number): void {
    const { out } = this.parts;
    out.byte(vectorPrefix);
    out.unsigned(code);
    out.unsigned(0);
    out.unsigned(offset);
  }
}
