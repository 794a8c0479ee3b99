// Fills of the TLB where its entry has lapsed (`cpu/tlb.ts`): if the entries of the page tables that the walk read still stand where
// it would read them now, the entry is valid again. Whatever differs is for `MemoryUnit.fillForCompiledCode`.

import { Segment } from '../../isa/registers';
import { SegmentField, segmentOffset, stateOffset } from '../../isa/state';
import { type FunctionBody, Wasm } from './binary';
import { type HandlerLayout, lapsedTag, walkBytes, walkWord } from './threadedLayout';
import { accessKindShift, Local, Threading } from './threading';

const entryBytes = 8;
const pageMask = -4096;
/** entries that a walk reads */
const levels = 2;

/** (linear, access as `accessKindShift` says) → 1 if the TLB has the page now, and handlers may use it */
export const emitFill = (layout: HandlerLayout, typeIndex: number): FunctionBody =>
  emitFillWith(layout.fillFunction, layout, typeIndex);

/** The same for who does not fault itself if it is refused. */
export const emitFillQuietly = (layout: HandlerLayout, typeIndex: number): FunctionBody =>
  emitFillWith(layout.fillQuietlyFunction, layout, typeIndex);

const parameter = { linear: Local.record, access: Local.budget } as const;

function emitFillWith(fillFunction: number, layout: HandlerLayout, typeIndex: number): FunctionBody {
  const threading = new Threading(layout, 0, typeIndex);
  const { values, out } = threading;
  const kind = (): void => {
    values.get(parameter.access);
    values.i32(accessKindShift);
    values.op(Wasm.i32ShrU);
  };
  const bytes = (): void => {
    values.get(parameter.access);
    values.i32((1 << accessKindShift) - 1);
    values.op(Wasm.i32And);
  };
  values.get(parameter.linear);
  values.set(Local.linear);
  kind();
  values.i32(layout.tlbTableBytes);
  values.op(Wasm.i32Mul);
  values.set(Local.entry);
  const lastByte = (): void => {
    values.get(Local.linear);
    bytes();
    values.op(Wasm.i32Add);
    values.i32(1);
    values.op(Wasm.i32Sub);
  };
  emitRenewal(threading, lastByte, () => {
    values.i32(1);
    values.op(Wasm.return);
  });
  values.get(parameter.linear);
  kind();
  bytes();
  values.op(Wasm.call);
  out.unsigned(fillFunction);
  return threading.finish();
}

/**
 * Leaves 1 on the stack if the TLB now has the page of the instruction at `linear`, whose fetch is the next thing to happen,
 * and control may come there; else 0.
 */
export function emitFillFetch(threading: Threading): void {
  const { values, layout, out } = threading;
  threading.loadFixed(layout.fetchTableAddress);
  values.i32(layout.tlbAddress);
  values.op(Wasm.i32Sub);
  values.set(Local.entry);
  values.i32(0);
  values.set(Local.condition);
  // as `ThreadedCode.mayBeginAt`
  values.get(Local.linear);
  values.i32(~pageMask);
  values.op(Wasm.i32Or);
  threading.loadFixed(layout.stateAddress + segmentOffset(Segment.cs) + SegmentField.limit);
  values.op(Wasm.i32LeU);
  threading.loadFixed(layout.stopsAddress);
  values.op(Wasm.i32Eqz);
  values.op(Wasm.i32And);
  threading.onlyIf(() =>
    emitRenewal(
      threading,
      () => values.get(Local.linear),
      () => {
        values.i32(1);
        values.set(Local.condition);
      },
    ),
  );
  values.get(Local.condition);
  values.op(Wasm.i32Eqz);
  threading.onlyIf(() => {
    values.get(Local.linear);
    values.op(Wasm.call);
    out.unsigned(layout.fillFetchFunction);
    values.set(Local.condition);
  });
  values.get(Local.condition);
}

/**
 * `linear` is the first byte, and `last` leaves the last one's address on the stack; `entry` is where the kind's table lies within
 * the TLB. It and `header` are used up.
 */
function emitRenewal(threading: Threading, last: () => void, onRenewed: () => void): void {
  const { values, layout } = threading;
  const walk = (word: number): void => {
    values.get(Local.header);
    threading.memory(Wasm.i32Load, layout.walksAddress + word * 4);
  };
  const equalWords = (address: number, word: number): void => {
    threading.memory(Wasm.i32Load, address);
    walk(word);
    values.op(Wasm.i32Eq);
  };
  values.get(Local.entry);
  values.get(Local.linear);
  values.i32(9);
  values.op(Wasm.i32ShrU);
  values.i32((layout.tlbSlots - 1) * entryBytes);
  values.op(Wasm.i32And);
  values.op(Wasm.i32Add);
  values.tee(Local.entry);
  threading.memory(Wasm.i32Load, layout.tlbAddress);
  last();
  values.i32(pageMask);
  values.op(Wasm.i32And);
  values.i32(lapsedTag);
  values.op(Wasm.i32Or);
  values.op(Wasm.i32Eq);
  directoryPage(threading);
  values.i32(layout.ramBytes);
  values.op(Wasm.i32LtU);
  values.op(Wasm.i32And);
  threading.onlyIf(() => {
    values.get(Local.entry);
    values.i32(walkBytes / entryBytes);
    values.op(Wasm.i32Mul);
    values.set(Local.header);
    directoryPage(threading);
    values.get(Local.linear);
    values.i32(22);
    values.op(Wasm.i32ShrU);
    values.i32(2);
    values.op(Wasm.i32Shl);
    values.op(Wasm.i32Add);
    equalWords(layout.ramAddress, walkWord.directoryEntry);
    walk(walkWord.leafPlace);
    equalWords(0, walkWord.leaf);
    values.op(Wasm.i32And);
    threading.onlyIf(() => {
      values.get(Local.entry);
      values.get(Local.linear);
      values.i32(pageMask);
      values.op(Wasm.i32And);
      threading.memory(Wasm.i32Store, layout.tlbAddress);
      countWalk(threading);
      onRenewed();
    });
  });
}

/** Physical address of the page directory. */
function directoryPage(threading: Threading): void {
  threading.loadFixed(threading.layout.stateAddress + stateOffset.cr3);
  threading.values.i32(pageMask);
  threading.values.op(Wasm.i32And);
}

function countWalk(threading: Threading): void {
  const { values, layout } = threading;
  values.i32(0);
  values.i32(0);
  threading.memory(Wasm.f64Load, layout.walkReferencesAddress);
  values.i32(levels);
  values.op(Wasm.f64ConvertI32U);
  values.op(Wasm.f64Add);
  threading.memory(Wasm.f64Store, layout.walkReferencesAddress);
}
