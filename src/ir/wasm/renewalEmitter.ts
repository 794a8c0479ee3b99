// What is done about a miss in the TLB: where its entry has lapsed (`cpu/memory/tlb.ts`), and the entries of the page tables that the
// walk read still stand where it would read them now, the entry is valid again. All else is for `MemoryUnit.fillForCompiledCode`.

import { pageMask } from '../../base/address';
import { stateOffset } from '../../isa/state';
import { type FunctionBody, Wasm } from './binary';
import { emitEntryOffset, tlbEntryBytes } from './memoryAccess';
import { type RoutineLayout, lapsedTag, walkBytes, walkWord } from './threadedLayout';
import { accessKindShift, Local, Threading } from './threading';

/** entries that a walk reads */
const levels = 2;

/** (linear, access as `accessKindShift` says) → 1 if the TLB has the page now, and routines may use it */
export const emitRenewOrFill = (layout: RoutineLayout, typeIndex: number): FunctionBody =>
  emitRenewOr(layout.fillFunction, layout, typeIndex);

/** The same for who does not fault itself if it is refused. */
export const emitRenewOrFillQuietly = (layout: RoutineLayout, typeIndex: number): FunctionBody =>
  emitRenewOr(layout.fillQuietlyFunction, layout, typeIndex);

/** What these functions take, in the place of a routine's record and budget. */
const parameter = { linear: Local.record, access: Local.budget } as const;

function emitRenewOr(fillFunction: number, layout: RoutineLayout, typeIndex: number): FunctionBody {
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
  emitRenewal(threading, {
    table: () => {
      kind();
      values.i32(layout.tlbTableBytes);
      values.op(Wasm.i32Mul);
    },
    last: () => {
      values.get(Local.linear);
      bytes();
      values.op(Wasm.i32Add);
      values.i32(1);
      values.op(Wasm.i32Sub);
    },
    onRenewed: () => {
      values.i32(1);
      values.op(Wasm.return);
    },
  });
  values.get(Local.linear);
  kind();
  bytes();
  values.op(Wasm.call);
  out.unsigned(fillFunction);
  return threading.finish();
}

/**
 * Leaves 1 on the stack if the TLB now has the page of the instruction at `linear`, and control may come there; else 0. Where the
 * jump table has a block, it may: stops and what is beyond the segment's limit are not in it.
 */
export function emitRenewOrFillFetch(threading: Threading): void {
  const { values, layout, out } = threading;
  const isThere = (): void => {
    values.i32(1);
    values.set(Local.condition);
  };
  values.i32(0);
  values.set(Local.condition);
  threading.findJump();
  threading.onlyIf(() =>
    emitRenewal(threading, {
      table: () => {
        threading.loadFixed(layout.fetchTableAddress);
        values.i32(layout.tlbAddress);
        values.op(Wasm.i32Sub);
      },
      last: () => values.get(Local.linear),
      onRenewed: isThere,
    }),
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

/** What is emitted in the course of a renewal. */
interface RenewalParts {
  /** leaves the offset of the table for this kind of access in the TLB */
  readonly table: () => void;
  /** leaves the address of the access's last byte; its first one is at `linear` */
  readonly last: () => void;
  readonly onRenewed: () => void;
}

/** Goes on behind it where nothing has been renewed. Uses `entry` and `header`. */
function emitRenewal(threading: Threading, { table, last, onRenewed }: RenewalParts): void {
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
  table();
  values.get(Local.linear);
  emitEntryOffset(values, layout.tlbSlots);
  values.op(Wasm.i32Add);
  values.tee(Local.entry);
  threading.memory(Wasm.i32Load, layout.tlbAddress);
  last();
  values.i32(pageMask);
  values.op(Wasm.i32And);
  values.i32(lapsedTag);
  values.op(Wasm.i32Or);
  values.op(Wasm.i32Eq);
  directoryAddress(threading);
  values.i32(layout.ramBytes);
  values.op(Wasm.i32LtU);
  values.op(Wasm.i32And);
  threading.onlyIf(() => {
    values.get(Local.entry);
    values.i32(walkBytes / tlbEntryBytes);
    values.op(Wasm.i32Mul);
    values.set(Local.header);
    directoryAddress(threading);
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
function directoryAddress(threading: Threading): void {
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
