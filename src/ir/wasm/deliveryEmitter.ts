// Delivery of INT n and of page faults through 32-bit gates onto flat stacks (SDM Vol. 3A §6.12), where it is known.

import { pushedResumeFlag, Vector } from '../../isa/exceptions';
import { Eflags, separateFlags } from '../../isa/flags';
import { Gpr, Segment } from '../../isa/registers';
import { deliveryCountOffset, gprOffset, SegmentField, segmentOffset, stateOffset } from '../../isa/state';
import { type FunctionBody, Wasm } from './binary';
import { notResumed, type RoutineLayout } from './threadedLayout';
import { Local } from './threading';
import { bitNumber, bytesOf, frameValues, TransferEmitter } from './transferEmitter';
import { journalBytes, journalWord, recordsPerVector, transferBytes, transferWord } from './transferLayout';

class DeliveryEmitter extends TransferEmitter {
  /** `hasErrorCode`: it is a page fault, whose error code the shared word holds. */
  emit(hasErrorCode: boolean): FunctionBody {
    const codes = hasErrorCode ? 1 : 0;
    this.requireBeginning();
    this.requireRoomInJournal();
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
    this.noteInJournal(hasErrorCode);
    this.countDelivery();
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
    this.storeAt(2 + codes, () => this.flagsImage(hasErrorCode ? pushedResumeFlag(Vector.pageFault) : 0));
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

  private requireRoomInJournal(): void {
    const { threading, layout } = this;
    threading.loadFixed(layout.journal.next);
    threading.values.i32(layout.journal.end);
    threading.values.op(Wasm.i32Eq);
    this.failIf();
  }

  private noteInJournal(hasErrorCode: boolean): void {
    const { threading, layout, place } = this;
    const { values } = threading;
    const note = (word: number, push: () => void): void => {
      values.get(place);
      push();
      threading.memory(Wasm.i32Store, word * 4);
    };
    threading.loadFixed(layout.journal.next);
    values.tee(place);
    threading.onlyIf(() => {
      note(journalWord.vector, () => (hasErrorCode ? values.i32(Vector.pageFault) : this.vector()));
      note(journalWord.errorCode, () => (hasErrorCode ? threading.loadFixed(layout.faultAddress) : values.i32(-1)));
      note(journalWord.returnSelector, () => this.state(segmentOffset(Segment.cs) + SegmentField.selector));
      note(journalWord.returnEip, () => values.get(Local.budget));
      note(journalWord.fromCpl, () => this.state(stateOffset.cpl));
      note(journalWord.toCpl, () => threading.recordWord(transferWord.cpl));
      note(journalWord.frame, () => values.get(this.top));
      threading.storeFixed(layout.journal.next, () => {
        values.get(place);
        values.i32(journalBytes);
        values.op(Wasm.i32Add);
      });
    });
  }

  /** Whose record it is. */
  private vector(): void {
    const { values } = this.threading;
    values.get(Local.record);
    values.i32(this.layout.transfers.interrupts);
    values.op(Wasm.i32Sub);
    values.i32(recordsPerVector * transferBytes);
    values.op(Wasm.i32DivU);
  }

  private countDelivery(): void {
    const { threading, layout } = this;
    this.addOne(() => threading.values.i32(0), layout.stateAddress + deliveryCountOffset);
    this.addOne(() => threading.recordWord(transferWord.count), 0);
  }

  /** To the floating-point number at what `push` leaves on the stack and `offset`. */
  private addOne(push: () => void, offset: number): void {
    const { threading } = this;
    const { values } = threading;
    push();
    push();
    threading.memory(Wasm.f64Load, offset);
    values.i32(1);
    values.op(Wasm.f64ConvertI32U);
    values.op(Wasm.f64Add);
    threading.memory(Wasm.f64Store, offset);
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
    threading.storeFixed(layout.resumedAtAddress, () => threading.values.i32(notResumed));
  }
}

/** (record, EIP to return to) → 1 if the interrupt has been delivered */
export const emitDeliverInterrupt = (layout: RoutineLayout, typeIndex: number): FunctionBody =>
  new DeliveryEmitter(layout, typeIndex).emit(false);

/** (record, EIP of the instruction) → 1 if the page fault has been delivered */
export const emitDeliverPageFault = (layout: RoutineLayout, typeIndex: number): FunctionBody =>
  new DeliveryEmitter(layout, typeIndex).emit(true);
