// The functions of threaded code that are no instruction's: the way in and the way out, from block to block, and into compiled
// regions.

import { stateOffset } from '../../isa/state';
import { type FunctionBody, Wasm } from './binary';
import { emitRenewOrFillFetch } from './renewalEmitter';
import { heavyWord, trampolineWord, type RoutineLayout, headerWord, noFault, unmade } from './threadedLayout';
import { Local, Threading } from './threading';
import { transferBytes } from './transferLayout';

/** The way in: takes a record and the budget for what comes after its block, gives back what is left of it. */
export function emitEntry(layout: RoutineLayout, typeIndex: number): FunctionBody {
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

/** The routine that ends a block: its record has the header of the block that comes next. */
export function emitGoTo(layout: RoutineLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  threading.recordWord(1);
  threading.arrive();
  threading.values.op(Wasm.unreachable);
  return threading.finish();
}

/** The routine that ends a block: its record has the EIP where control goes on, perhaps in another page. */
export function emitLookUp(layout: RoutineLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  threading.recordWord(1);
  threading.values.set(Local.linear);
  threading.lookUp();
  threading.values.op(Wasm.unreachable);
  return threading.finish();
}

/** The routine before an instruction that weighs nothing. */
export function emitWeighNothing(layout: RoutineLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  countUp(threading, layout.weights.weightlessAddress, () => threading.values.i32(1));
  goOnAfter(threading, 1);
  threading.values.op(Wasm.unreachable);
  return threading.finish();
}

/** The routine before an instruction that weighs more than one: it leaves if the budget does not cover that. */
export function emitWeighMore(layout: RoutineLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  const { values } = threading;
  values.get(Local.budget);
  threading.recordWord(heavyWord.more);
  values.op(Wasm.i32LtS);
  threading.onlyIf(() => {
    threading.storeFixed(layout.stateAddress + stateOffset.eip, () => threading.recordWord(heavyWord.eip));
    changeBudget(threading, Wasm.i32Add, () => threading.recordWord(heavyWord.left));
    threading.continueAt(() => values.i32(layout.leaveRecord));
  });
  changeBudget(threading, Wasm.i32Sub, () => threading.recordWord(heavyWord.more));
  countUp(threading, layout.weights.heavinessAddress, () => threading.recordWord(heavyWord.more));
  goOnAfter(threading, heavyWord.words);
  values.op(Wasm.unreachable);
  return threading.finish();
}

/** The routine for where an instruction is not done that does not weigh one, or may not. EIP is set. */
export function emitLeaveBefore(layout: RoutineLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  const { values } = threading;
  changeBudget(threading, Wasm.i32Add, () => {
    values.op(Wasm.call);
    threading.out.unsigned(layout.takeBackWeightFunction);
  });
  threading.continueAt(() => values.i32(layout.leaveRecord));
  values.op(Wasm.unreachable);
  return threading.finish();
}

function changeBudget({ values }: Threading, operation: Wasm, push: () => void): void {
  values.get(Local.budget);
  push();
  values.op(operation);
  values.set(Local.budget);
}

function countUp(threading: Threading, address: number, push: () => void): void {
  threading.storeFixed(address, () => {
    threading.loadFixed(address);
    push();
    threading.values.op(Wasm.i32Add);
  });
}

/** To the record after this one, which has so many words. */
function goOnAfter(threading: Threading, words: number): void {
  const { values } = threading;
  threading.continueAt(() => {
    values.get(Local.record);
    values.i32(words * 4);
    values.op(Wasm.i32Add);
  });
}

/** The routine for where control leaves before an instruction, for the page fault that may be due there. EIP is set. */
export function emitLeave(layout: RoutineLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  const { values } = threading;
  const isDue = (): void => {
    threading.loadFixed(layout.faultAddress);
    values.i32(0);
    values.op(Wasm.i32GeS);
  };
  isDue();
  threading.onlyIf(() => {
    threading.storeFixed(layout.faultsLeftAddress, () => {
      threading.loadFixed(layout.faultsLeftAddress);
      values.i32(1);
      values.op(Wasm.i32Sub);
      values.tee(Local.condition);
    });
    values.get(Local.condition);
    values.i32(0);
    values.op(Wasm.i32GtS);
    threading.onlyIf(() => {
      threading.loadFixed(layout.stateAddress + stateOffset.cpl);
      values.i32(transferBytes);
      values.op(Wasm.i32Mul);
      values.i32(layout.transfers.pageFaults);
      values.op(Wasm.i32Add);
      threading.loadFixed(layout.stateAddress + stateOffset.eip);
      values.i32(layout.deliverPageFaultNumber);
      threading.callIndirect();
      threading.onlyIf(() => {
        threading.storeFixed(layout.faultAddress, () => values.i32(noFault));
        threading.loadFixed(layout.stateAddress + stateOffset.eip);
        values.set(Local.linear);
        threading.lookUp();
      });
    });
  });
  threading.storeFixed(layout.leftAtAddress, () => values.i32(0));
  threading.leave();
  values.op(Wasm.unreachable);
  return threading.finish();
}

/** The routine for where control does not go on by itself: for want of a block or of its page's translation, or of budget. EIP is set. */
export function emitFind(layout: RoutineLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  const { values } = threading;
  threading.loadFixed(layout.leftAtAddress);
  values.tee(Local.header);
  threading.onlyIf(() => {
    threading.headerWord(headerWord.count);
    values.i32(unmade);
    values.op(Wasm.i32Ne);
    threading.onlyIf(() => threading.leave());
  });
  const leave = (): void => threading.continueAt(() => values.i32(layout.leaveRecord));
  values.get(Local.budget);
  values.i32(0);
  values.op(Wasm.i32LeS);
  threading.onlyIf(leave);
  // most often the block is known, and only its page's translation is not
  threading.loadFixed(layout.stateAddress + stateOffset.eip);
  values.set(Local.linear);
  threading.isFetchKnown();
  values.op(Wasm.i32Eqz);
  threading.onlyIf(() => {
    emitRenewOrFillFetch(threading);
    values.op(Wasm.i32Eqz);
    threading.onlyIf(leave);
    threading.loadFixed(layout.leftAtAddress);
    values.op(Wasm.i32Eqz);
    threading.onlyIf(() => threading.lookUp(() => emitMake(threading, leave)));
  });
  emitMake(threading, leave);
  values.op(Wasm.unreachable);
  return threading.finish();
}

/** To the block at EIP, which is made if need be. */
function emitMake(threading: Threading, leave: () => void): void {
  const { values, layout } = threading;
  values.op(Wasm.call);
  threading.out.unsigned(layout.findFunction);
  values.tee(Local.header);
  threading.onlyIf(() => {
    values.get(Local.header);
    threading.arrive();
  });
  leave();
}

/** The routine for such a record. Where the region has come to its end, control goes on as after any jump. */
export function emitEnterRegion(layout: RoutineLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  const { values } = threading;
  values.get(Local.budget);
  threading.recordWord(trampolineWord.block);
  threading.recordWord(trampolineWord.function);
  threading.callIndirect();
  values.tee(Local.condition);
  values.get(Local.budget);
  values.op(Wasm.i32Eq);
  threading.onlyIf(() => {
    threading.recordWord(trampolineWord.bypass);
    threading.onlyIf(() => {
      threading.recordWord(trampolineWord.bypass);
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
