// What the functions have in common that make known transfers (`transferLayout.ts`) again: they judge nothing. Each gives 0, and
// has changed nothing, unless all that the transfer depends on is as it was when the machinery made it; else it gives 1.

import { Segment } from '../../isa/registers';
import { SegmentField, segmentOffset, stateOffset } from '../../isa/state';
import { type FunctionBody, Wasm } from './binary';
import type { MemoryAccess } from './memoryAccess';
import type { RoutineLayout } from './threadedLayout';
import { Threading } from './threading';
import { transferWord } from './transferLayout';

/** What a transfer loads of a segment: each begins at 0, before and after. */
export const segmentFields = [SegmentField.selector, SegmentField.attributes, SegmentField.limit];
/** Doublewords of a frame, besides an error code. */
export const frameValues = { sameRing: 3, outerRing: 5 } as const;
export const bytesOf = (values: number): number => values * 4;
export const bitNumber = (flag: number): number => Math.log2(flag);

export class TransferEmitter {
  protected readonly threading: Threading;
  private readonly access: MemoryAccess;
  /** of what the TLB knows already */
  private readonly known: MemoryAccess;
  /** address of a descriptor, then of the frame, in WebAssembly memory */
  protected readonly place: number;
  /** offset of the frame in the stack segment */
  protected readonly top: number;

  constructor(
    protected readonly layout: RoutineLayout,
    typeIndex: number,
  ) {
    this.threading = new Threading(layout, 0, typeIndex);
    const { locals } = this.threading;
    this.known = this.threading.memoryAccess(false);
    this.access = this.threading.memoryAccess(false, layout.renewOrFillQuietlyNumber);
    this.place = locals.take(32);
    this.top = locals.take(32);
  }

  /** The transfer has been made. */
  protected finish(): FunctionBody {
    const { values } = this.threading;
    values.i32(1);
    return this.threading.finish();
  }

  protected failIf(): void {
    this.threading.onlyIf(() => this.fail());
  }

  private fail(): void {
    const { values } = this.threading;
    values.i32(0);
    values.op(Wasm.return);
  }

  /** Fails unless the word of the record and what `push` leaves on the stack are the same. */
  protected require(word: number, push: () => void): void {
    this.threading.recordWord(word);
    push();
    this.threading.values.op(Wasm.i32Ne);
    this.failIf();
  }

  protected state(offset: number): void {
    this.threading.loadFixed(this.layout.stateAddress + offset);
  }

  protected setState(offset: number, push: () => void): void {
    this.threading.storeFixed(this.layout.stateAddress + offset, push);
  }

  protected requireState(word: number, offset: number): void {
    this.require(word, () => this.state(offset));
  }

  /** What holds for all of them. Breakpoints are none of it: pages with data that somebody watches are slow, and routines stop at the others. */
  protected requireBeginning(): void {
    this.require(transferWord.fromMode, () => this.threading.loadFixed(this.layout.modeAddress));
    this.requireState(transferWord.gdtrBase, stateOffset.gdtrBase);
    this.requireState(transferWord.gdtrLimit, stateOffset.gdtrLimit);
  }

  protected failIfState(offset: number, bits: number): void {
    this.state(offset);
    this.mask(bits);
    this.failIf();
  }

  /** The descriptor at these words of the record is what it was. */
  protected requireDescriptor(word: number): void {
    const { values } = this.threading;
    this.threading.recordWord(word);
    this.translate(8, false);
    values.set(this.place);
    this.frameValue(0);
    this.threading.recordWord(word + 1);
    values.op(Wasm.i32Ne);
    this.frameValue(1);
    this.threading.recordWord(word + 2);
    values.op(Wasm.i32Ne);
    values.op(Wasm.i32Or);
    this.failIf();
  }

  /** Of the linear address on the stack, for a supervisor: the address in WebAssembly memory. */
  protected translate(bytes: number, write: boolean): void {
    this.access.translateBytes(bytes, write, () => this.fail());
  }

  /** The same, for reading, where it is not certain yet that the machinery would read there. */
  protected translateKnown(bytes: number): void {
    this.known.translateBytes(bytes, false, () => this.fail());
  }

  /** The doubleword with this number at `place`. */
  protected frameValue(number: number): void {
    this.threading.values.get(this.place);
    this.threading.memory(Wasm.i32Load, number * 4);
  }

  protected mask(bits: number): void {
    this.threading.values.i32(bits);
    this.threading.values.op(Wasm.i32And);
  }

  /** Fails unless the selector on the stack, its upper half garbage, is that of the segment in the record. */
  protected requireSelector(word: number, push: () => void): void {
    this.require(word, () => {
      push();
      this.mask(0xffff);
    });
  }

  protected loadSegment(segment: number, word: number): void {
    segmentFields.forEach((field, index) =>
      this.setState(segmentOffset(segment) + field, () => this.threading.recordWord(word + index)),
    );
  }

  /** CS, CPL, and the mode that the records of code are for. */
  protected loadCode(): void {
    const { threading, layout } = this;
    this.loadSegment(Segment.cs, transferWord.cs);
    this.setState(stateOffset.cpl, () => threading.recordWord(transferWord.cpl));
    threading.storeFixed(layout.modeAddress, () => threading.recordWord(transferWord.toMode));
    threading.storeFixed(layout.fetchTableAddress, () => threading.recordWord(transferWord.toFetchTable));
  }

  /** If the record has a stack segment, `inner`; else `same`. */
  protected byStack(inner: () => void, same: () => void): void {
    const { threading } = this;
    threading.recordWord(transferWord.stack);
    threading.control.open(Wasm.if);
    inner();
    threading.out.byte(Wasm.else);
    same();
    threading.control.close();
  }
}
