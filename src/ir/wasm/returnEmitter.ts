// IRETD in protected mode, on flat stacks (SDM Vol. 2, IRET, "Operation"), where it is known.

import { Attribute, dplShift } from '../../isa/descriptors';
import { Eflags, separateFlags } from '../../isa/flags';
import { dataSegments, Gpr, Segment } from '../../isa/registers';
import { gprOffset, SegmentField, segmentOffset, stateOffset } from '../../isa/state';
import { type FunctionBody, Wasm } from './binary';
import type { RoutineLayout } from './threadedLayout';
import { Local } from './threading';
import { bitNumber, bytesOf, frameValues, segmentFields, TransferEmitter } from './transferEmitter';
import { journalBytes, journalWord, returnSelectorMask, transferBytes, transferWord } from './transferLayout';

/** Flags that lead to where the evaluator goes, or virtual-8086 mode. */
const unusualFlags = Eflags.vm | Eflags.tf | Eflags.ac;

/** Its first parameter is of no use; the second is the budget that is left after the instruction. */
class ReturnEmitter extends TransferEmitter {
  private readonly flags: number;

  constructor(layout: RoutineLayout, typeIndex: number) {
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
      this.requireNoInaccessibleSegments();
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
    this.mask(unusualFlags);
    this.frameValue(0);
    this.threading.recordWord(transferWord.cs + segmentFields.indexOf(SegmentField.limit));
    values.op(Wasm.i32GtU);
    values.op(Wasm.i32Or);
    this.failIf();
  }

  /**
   * `nullInaccessibleSegments` (`src/cpu/privileged/transfers/outerReturn.ts`) must have nothing to do: what is below the new
   * CPL is null already. Conforming code in a data segment register is left to it too.
   */
  private requireNoInaccessibleSegments(): void {
    const { threading } = this;
    const { values } = threading;
    for (const segment of dataSegments) {
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
    this.takeOffJournal();
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

  /**
   * The delivery that was noted last, if it is its frame that is popped, by the ring that it led to: as nearly all are. Others
   * `src/debug/crossings.ts` finds out later.
   */
  private takeOffJournal(): void {
    const { threading, layout } = this;
    const { values } = threading;
    const { next, first } = layout.journal;
    const entry = Local.entry;
    const isSame = (word: number, push: () => void): void => {
      values.get(entry);
      threading.memory(Wasm.i32Load, word * 4);
      push();
      values.op(Wasm.i32Eq);
    };
    threading.loadFixed(next);
    values.i32(journalBytes);
    values.op(Wasm.i32Sub);
    values.tee(entry);
    values.i32(first);
    values.op(Wasm.i32GeS);
    threading.onlyIf(() => {
      isSame(journalWord.toCpl, () => this.state(stateOffset.cpl));
      isSame(journalWord.frame, () => this.topAtDelivery(entry));
      values.op(Wasm.i32And);
      threading.onlyIf(() => threading.storeFixed(next, () => values.get(entry)));
    });
  }

  /** Where the stack's top was when the handler began: below its error code, if there was one. */
  private topAtDelivery(entry: number): void {
    const { values } = this.threading;
    values.get(this.top);
    values.get(entry);
    this.threading.memory(Wasm.i32Load, journalWord.errorCode * 4);
    values.i32(0);
    values.op(Wasm.i32GeS);
    values.i32(2);
    values.op(Wasm.i32Shl);
    values.op(Wasm.i32Sub);
  }

  private loadFlags(): void {
    const { threading, flags } = this;
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
    this.noticeInterrupts();
  }

  /** An interrupt may have waited for IF. */
  private noticeInterrupts(): void {
    const { threading, layout } = this;
    const { values } = threading;
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

  /**
   * RF counts only at a breakpoint (`src/cpu/registers/resumeFlag.ts`), before which routines stop: if no instruction follows, it is set
   * again.
   */
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

/** (anything, budget that is left) → 1 if the handler has been left */
export const emitReturn = (layout: RoutineLayout, typeIndex: number): FunctionBody =>
  new ReturnEmitter(layout, typeIndex).emit();
