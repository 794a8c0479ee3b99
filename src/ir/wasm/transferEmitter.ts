// Transfers that are known (`transferLayout.ts`) as WebAssembly functions: delivery of INT n and of page faults through a
// gate of 32 bits (SDM Vol. 3A §6.12), and IRETD (Vol. 2, IRET, "Operation"), on flat stacks. They judge nothing: each gives 0,
// and has changed nothing, unless all that the transfer depends on is as it was when the machinery made it.

import { Attribute, dplShift } from '../../isa/descriptors';
import { Dr7 } from '../../isa/controlRegisters';
import { Eflags, separateFlags } from '../../isa/flags';
import { Gpr, Segment } from '../../isa/registers';
import { gprOffset, SegmentField, segmentOffset, stateOffset } from '../../isa/state';
import { type FunctionBody, Wasm } from './binary';
import { MemoryAccess } from './memoryAccess';
import type { HandlerLayout } from './threadedLayout';
import { Local, Threading } from './threading';
import { returnSelectorMask, transferBytes, transferWord } from './transferLayout';

const segmentFields = [SegmentField.selector, SegmentField.attributes, SegmentField.limit, SegmentField.base];
/** for machinery that is not known from the record: see `returnTo` */
const flagsThatMatter = Eflags.vm | Eflags.tf | Eflags.ac;
const frameValues = { sameRing: 3, outerRing: 5 } as const;
const bytesOf = (values: number): number => values * 4;

class TransferEmitter {
  protected readonly threading: Threading;
  private readonly access: MemoryAccess;
  /** of what the TLB knows already */
  private readonly known: MemoryAccess;
  /** address of a descriptor, then of the frame, in WebAssembly memory */
  protected readonly place: number;
  /** offset of the frame in the stack segment */
  protected readonly top: number;

  constructor(
    protected readonly layout: HandlerLayout,
    typeIndex: number,
  ) {
    this.threading = new Threading(layout, 0, typeIndex);
    const { out, values, control, locals } = this.threading;
    const scratch = { linear: Local.linear, entry: Local.entry };
    const accessWith = (fillFunction: number | undefined): MemoryAccess =>
      new MemoryAccess(out, values, control, { ...layout, user: false, fillFunction }, scratch);
    this.access = accessWith(layout.fillQuietlyFunction);
    this.known = accessWith(undefined);
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

  /** What holds for all of them. Debug registers may want to see each access. */
  protected requireBeginning(): void {
    this.require(transferWord.fromMode, () => this.threading.loadFixed(this.layout.modeAddress));
    this.requireState(transferWord.gdtrBase, stateOffset.gdtrBase);
    this.requireState(transferWord.gdtrLimit, stateOffset.gdtrLimit);
    this.failIfState(stateOffset.dr7, Dr7.enables);
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

class DeliveryEmitter extends TransferEmitter {
  /** `hasErrorCode`: it is a page fault, whose error code the shared word holds. */
  emit(hasErrorCode: boolean): FunctionBody {
    const codes = hasErrorCode ? 1 : 0;
    this.requireBeginning();
    this.requireState(transferWord.idtrBase, stateOffset.idtrBase);
    this.requireState(transferWord.idtrLimit, stateOffset.idtrLimit);
    this.requireDescriptor(transferWord.gate);
    this.requireDescriptor(transferWord.code);
    this.byStack(
      () => {
        this.takeInnerStack();
        this.makeFrame(frameValues.outerRing + codes);
        this.storeAt(3 + codes, () => this.state(gprOffset(Gpr.esp)));
        this.storeAt(4 + codes, () => this.state(segmentOffset(Segment.ss) + SegmentField.selector));
      },
      () => {
        this.state(gprOffset(Gpr.esp));
        this.threading.values.set(this.top);
        this.makeFrame(frameValues.sameRing + codes);
      },
    );
    this.pushReturn(hasErrorCode);
    this.enterHandler();
    return this.finish();
  }

  /** SSn:ESPn of the TSS; SSn must be the stack segment that is known. */
  private takeInnerStack(): void {
    const { threading } = this;
    this.requireState(transferWord.trBase, segmentOffset(Segment.tr) + SegmentField.base);
    this.requireState(transferWord.trLimit, segmentOffset(Segment.tr) + SegmentField.limit);
    this.requireState(transferWord.trAttributes, segmentOffset(Segment.tr) + SegmentField.attributes);
    threading.recordWord(transferWord.stackPointerAddress);
    this.translate(8, false);
    threading.values.set(this.place);
    this.frameValue(0);
    threading.values.set(this.top);
    this.requireSelector(transferWord.ss, () => this.frameValue(1));
    this.requireDescriptor(transferWord.stack);
  }

  /** Room below `top`, which comes to be the frame's lowest address; `place` is where it lies. */
  private makeFrame(values: number): void {
    const { threading, top, place } = this;
    threading.values.get(top);
    threading.values.i32(bytesOf(values));
    threading.values.op(Wasm.i32Sub);
    threading.values.tee(top);
    this.translate(bytesOf(values), true);
    threading.values.set(place);
  }

  private storeAt(number: number, push: () => void): void {
    this.threading.values.get(this.place);
    push();
    this.threading.memory(Wasm.i32Store, number * 4);
  }

  /** EFLAGS, CS, EIP, error code. */
  private pushReturn(hasErrorCode: boolean): void {
    const { threading, layout } = this;
    const codes = hasErrorCode ? 1 : 0;
    if (hasErrorCode) this.storeAt(0, () => threading.loadFixed(layout.faultAddress));
    this.storeAt(codes, () => threading.values.get(Local.budget));
    this.storeAt(1 + codes, () => this.state(segmentOffset(Segment.cs) + SegmentField.selector));
    // a fault sets RF in what it pushes (Vol. 3B §17.3.1.1)
    this.storeAt(2 + codes, () => this.flagsImage(hasErrorCode ? Eflags.rf : 0));
  }

  private flagsImage(more: number): void {
    const { values } = this.threading;
    this.state(stateOffset.systemFlags);
    values.i32(Eflags.reserved1 | more);
    values.op(Wasm.i32Or);
    for (const flag of separateFlags) {
      this.state(stateOffset[flag]);
      values.i32(bitNumber(Eflags[flag]));
      values.op(Wasm.i32Shl);
      values.op(Wasm.i32Or);
    }
  }

  private enterHandler(): void {
    const { threading, layout } = this;
    this.setState(stateOffset.systemFlags, () => {
      this.state(stateOffset.systemFlags);
      threading.recordWord(transferWord.flags);
      threading.values.op(Wasm.i32And);
    });
    this.setState(gprOffset(Gpr.esp), () => threading.values.get(this.top));
    threading.recordWord(transferWord.stack);
    threading.onlyIf(() => this.loadSegment(Segment.ss, transferWord.ss));
    this.loadCode();
    this.setState(stateOffset.eip, () => threading.recordWord(transferWord.eip));
    threading.storeFixed(layout.resumedAtAddress, () => threading.values.i32(-1));
  }
}

/** Its first parameter is of no use; the second is the budget that is left after the instruction. */
class ReturnEmitter extends TransferEmitter {
  private readonly flags: number;

  constructor(layout: HandlerLayout, typeIndex: number) {
    super(layout, typeIndex);
    this.flags = this.threading.locals.take(32);
  }

  emit(): FunctionBody {
    const { threading } = this;
    const { values } = threading;
    const frame = threading.locals.take(32);
    this.state(gprOffset(Gpr.esp));
    values.tee(this.top);
    this.translateKnown(bytesOf(frameValues.outerRing));
    values.tee(frame);
    values.set(this.place);
    this.findRecord();
    this.requireBeginning();
    this.failIfState(stateOffset.systemFlags, Eflags.nt);
    this.require(transferWord.iopl, () => {
      this.state(stateOffset.systemFlags);
      this.mask(Eflags.iopl);
    });
    this.requireSelector(transferWord.cs, () => this.frameValue(1));
    this.takeFlags();
    this.requireDescriptor(transferWord.code);
    threading.recordWord(transferWord.stack);
    threading.onlyIf(() => {
      values.get(frame);
      values.set(this.place);
      this.requireSelector(transferWord.ss, () => this.frameValue(4));
      this.requireDescriptor(transferWord.stack);
      this.requireSegmentsToStay();
    });
    values.get(frame);
    values.set(this.place);
    this.leaveHandler();
    return this.finish();
  }

  private findRecord(): void {
    const { values } = this.threading;
    this.frameValue(1);
    this.mask(returnSelectorMask);
    values.i32(transferBytes);
    values.op(Wasm.i32Mul);
    values.i32(this.layout.transfers.returns);
    values.op(Wasm.i32Add);
    values.set(Local.record);
  }

  /** The image may not lead to virtual-8086 mode or to where only the evaluator goes, nor EIP beyond the segment. */
  private takeFlags(): void {
    const { values } = this.threading;
    this.frameValue(2);
    values.tee(this.flags);
    this.mask(flagsThatMatter);
    this.frameValue(0);
    this.threading.recordWord(transferWord.cs + segmentFields.indexOf(SegmentField.limit));
    values.op(Wasm.i32GtU);
    values.op(Wasm.i32Or);
    this.failIf();
  }

  /** Data segments that an outer ring must not inherit would become null. One that is null already is unusable. */
  private requireSegmentsToStay(): void {
    const { threading } = this;
    const { values } = threading;
    for (const segment of [Segment.es, Segment.fs, Segment.gs, Segment.ds]) {
      const attributes = segmentOffset(segment) + SegmentField.attributes;
      this.state(attributes);
      this.mask(Attribute.dplMask);
      threading.recordWord(transferWord.cpl);
      values.i32(dplShift);
      values.op(Wasm.i32Shl);
      values.op(Wasm.i32LtU);
      this.state(attributes);
      values.i32(Attribute.unusable);
      values.op(Wasm.i32Ne);
      this.state(segmentOffset(segment) + SegmentField.selector);
      values.i32(0);
      values.op(Wasm.i32Ne);
      values.op(Wasm.i32Or);
      values.op(Wasm.i32And);
      this.failIf();
    }
  }

  private leaveHandler(): void {
    const { threading } = this;
    const { values } = threading;
    this.setState(stateOffset.eip, () => this.frameValue(0));
    threading.recordWord(transferWord.stack);
    threading.control.open(Wasm.if);
    this.loadSegment(Segment.ss, transferWord.ss);
    this.setState(gprOffset(Gpr.esp), () => this.frameValue(3));
    threading.out.byte(Wasm.else);
    this.setState(gprOffset(Gpr.esp), () => {
      values.get(this.top);
      values.i32(bytesOf(frameValues.sameRing));
      values.op(Wasm.i32Add);
    });
    threading.control.close();
    this.loadFlags();
    this.loadCode();
  }

  private loadFlags(): void {
    const { threading, layout, flags } = this;
    const { values } = threading;
    this.state(stateOffset.systemFlags);
    values.set(this.top);
    values.get(this.top);
    threading.recordWord(transferWord.flags);
    values.i32(-1);
    values.op(Wasm.i32Xor);
    values.op(Wasm.i32And);
    values.get(flags);
    threading.recordWord(transferWord.flags);
    values.op(Wasm.i32And);
    values.op(Wasm.i32Or);
    values.set(Local.condition);
    this.clearResumeFlag();
    this.setState(stateOffset.systemFlags, () => values.get(Local.condition));
    for (const flag of separateFlags)
      this.setState(stateOffset[flag], () => {
        values.get(flags);
        values.i32(bitNumber(Eflags[flag]));
        values.op(Wasm.i32ShrU);
        this.mask(1);
      });
    // an interrupt may have waited for this
    values.get(Local.condition);
    values.get(this.top);
    values.i32(-1);
    values.op(Wasm.i32Xor);
    values.op(Wasm.i32And);
    this.mask(Eflags.if);
    threading.onlyIf(() => {
      values.op(Wasm.call);
      threading.out.unsigned(layout.noticeInterruptsFunction);
    });
  }

  /** RF is for breakpoints, of which there are none: the next instruction just clears it. If none follows, it is set again. */
  private clearResumeFlag(): void {
    const { threading, layout } = this;
    const { values } = threading;
    values.get(Local.condition);
    this.mask(Eflags.rf);
    threading.onlyIf(() => {
      threading.storeFixed(layout.resumedAtAddress, () => values.get(Local.budget));
      values.get(Local.condition);
      this.mask(~Eflags.rf);
      values.set(Local.condition);
    });
  }
}

const bitNumber = (flag: number): number => Math.log2(flag);

/** (record, EIP to return to) → 1 if the interrupt has been delivered */
export const emitDeliverInterrupt = (layout: HandlerLayout, typeIndex: number): FunctionBody =>
  new DeliveryEmitter(layout, typeIndex).emit(false);

/** (record, EIP of the instruction) → 1 if the page fault has been delivered */
export const emitDeliverPageFault = (layout: HandlerLayout, typeIndex: number): FunctionBody =>
  new DeliveryEmitter(layout, typeIndex).emit(true);

/** (anything, budget that is left) → 1 if the handler has been left */
export const emitReturn = (layout: HandlerLayout, typeIndex: number): FunctionBody =>
  new ReturnEmitter(layout, typeIndex).emit();
