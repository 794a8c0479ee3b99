// Guest memory in compiled code: an access looks its page up in the TLB by itself and calls out only where the TLB does
// not have it. See `src/cpu/memory/tlb.ts` for what lies where.

import type { Linear } from '../../base/address';
import type { ValueWidth } from '../../semantics/builder';
import type { BlockValue } from '../blockValue';
import { type ByteWriter, Wasm } from './binary';
import type { ControlEmitter } from './controlEmitter';
import type { ValueEmitter } from './valueEmitter';

/** Of an entry: tag, addend. */
export const tlbEntryBytes = 8;

export interface TlbLayout {
  /** address of the tables: kind * tableBytes + slot * entryBytes */
  readonly tlbAddress: number;
  readonly tlbTableBytes: number;
  readonly tlbSlots: number;
  /** CPL 3: user translations */
  readonly user: boolean;
}

/** Emits what leaves 1 on the stack if the TLB now has the page of so many bytes at the scratch local `linear`, else 0. */
export type FillEmitter = (kind: number, bytes: number) => void;

/** i32 locals that an access uses for itself. */
export interface ScratchLocals {
  readonly linear: Linear;
  readonly entry: number;
}

/** Takes a linear address from the stack, leaves the offset of its TLB entry within a table. */
export function emitEntryOffset(values: ValueEmitter, slots: number): void {
  values.i32(12 - Math.log2(tlbEntryBytes));
  values.op(Wasm.i32ShrU);
  values.i32((slots - 1) * tlbEntryBytes);
  values.op(Wasm.i32And);
}

export class MemoryAccess {
  /**
   * Without `emitFill`, a miss is left to others. A function that calls out keeps no values in machine registers across the call,
   * on whichever path.
   */
  constructor(
    private readonly out: ByteWriter,
    private readonly values: ValueEmitter,
    private readonly control: ControlEmitter,
    private readonly layout: TlbLayout,
    private readonly scratch: ScratchLocals,
    private readonly emitFill?: FillEmitter,
  ) {}

  /**
   * Leaves the address in WebAssembly memory of segment-relative `offset` (segments begin at 0) on the stack. `onMiss` emits
   * the way out for where the access is not for compiled code; it may not go on.
   */
  translate(offset: BlockValue, width: ValueWidth, write: boolean, onMiss: () => void): void {
    this.values.keep(offset);
    this.values.push(offset);
    this.translatePushed(width, write, onMiss);
  }

  /** The same for the offset on the stack. */
  translatePushed(width: ValueWidth, write: boolean, onMiss: () => void): void {
    this.translateBytes(width / 8, write, onMiss);
  }

  /** The same for so many bytes, within a page. */
  translateBytes(bytes: number, write: boolean, onMiss: () => void): void {
    const { values, control, scratch } = this;
    const kind = (this.layout.user ? 2 : 0) | (write ? 1 : 0);
    const table = this.layout.tlbAddress + kind * this.layout.tlbTableBytes;
    this.findEntry();
    this.memory(Wasm.i32Load, 2, table);
    values.get(scratch.linear);
    if (bytes > 1) {
      values.i32(bytes - 1);
      values.op(Wasm.i32Add);
    }
    values.i32(-4096);
    values.op(Wasm.i32And);
    values.op(Wasm.i32Ne);
    control.open(Wasm.if);
    this.fill(kind, bytes, onMiss);
    control.close();
    values.get(scratch.entry);
    this.memory(Wasm.i32Load, 2, table + 4);
    values.get(scratch.linear);
    values.op(Wasm.i32Add);
  }

  /** Of the address on the stack: the value there, zero-extended. */
  load(width: ValueWidth): void {
    this.memory(width === 8 ? Wasm.i32Load8U : width === 16 ? Wasm.i32Load16U : Wasm.i32Load, 0, 0);
  }

  /** Of the address and the value on the stack. */
  store(width: ValueWidth): void {
    this.memory(width === 8 ? Wasm.i32Store8 : width === 16 ? Wasm.i32Store16 : Wasm.i32Store, 0, 0);
  }

  /** A memory instruction; `alignment` is the exponent of 2. */
  memory(code: Wasm, alignment: number, offset: number): void {
    this.out.byte(code);
    this.out.unsigned(alignment);
    this.out.unsigned(offset);
  }

  /** Takes the linear address from the stack; leaves the offset of its TLB entry within a table. */
  private findEntry(): void {
    const { values } = this;
    values.tee(this.scratch.linear);
    emitEntryOffset(values, this.layout.tlbSlots);
    values.tee(this.scratch.entry);
  }

  private fill(kind: number, bytes: number, onMiss: () => void): void {
    const { values, control, emitFill } = this;
    if (!emitFill) return onMiss();
    emitFill(kind, bytes);
    values.op(Wasm.i32Eqz);
    control.open(Wasm.if);
    onMiss();
    control.close();
  }
}
