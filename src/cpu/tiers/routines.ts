// The routines of threaded code: WebAssembly functions in one table, made in batches when enough of them are wanted.

import type { Linear } from '../../base/address';
import type { RoutineShape } from '../../ir/routineShape';
import {
  encodeModule,
  type FunctionBody,
  type FunctionImport,
  ValueType,
  type ValueTypeCode,
} from '../../ir/wasm/binary';
import { RoutineEmitter } from '../../ir/wasm/routineEmitter';
import { type RoutineLayout, mostHelperParameters } from '../../ir/wasm/threadedLayout';
import {
  emitEnterRegion,
  emitEntry,
  emitFind,
  emitGoTo,
  emitLeave,
  emitLeaveBefore,
  emitLookUp,
  emitWeighMore,
  emitWeighNothing,
} from '../../ir/wasm/fixedRoutines';
import { emitDeliverInterrupt, emitDeliverPageFault } from '../../ir/wasm/deliveryEmitter';
import { emitRenewOrFill, emitRenewOrFillQuietly } from '../../ir/wasm/renewalEmitter';
import { emitReturn } from '../../ir/wasm/returnEmitter';
import type { FunctionTable } from './functionTable';

/** Calls the routine of the record with a budget for what comes after its block; gives back what is left of it. */
export type EnterThread = (record: number, budget: number) => number;

/** Functions that every block may need, the first eight of them routines; others follow. Number 0 is none. */
export const fixedRoutine = {
  goTo: 1,
  lookUp: 2,
  enterRegion: 3,
  leave: 4,
  find: 5,
  weighNothing: 6,
  weighMore: 7,
  leaveBefore: 8,
  deliverInterrupt: 9,
  deliverPageFault: 10,
  return: 11,
  renewOrFill: 12,
  renewOrFillQuietly: 13,
} as const;
export const reservedNumbers = 14;
/** in this order */
const fixedEmitters = [
  emitGoTo,
  emitLookUp,
  emitEnterRegion,
  emitLeave,
  emitFind,
  emitWeighNothing,
  emitWeighMore,
  emitLeaveBefore,
  emitDeliverInterrupt,
  emitDeliverPageFault,
  emitReturn,
  emitRenewOrFill,
  emitRenewOrFillQuietly,
];

const i32s = (count: number): readonly ValueTypeCode[] => Array.from({ length: count }, () => ValueType.i32);
const imports: readonly FunctionImport[] = [
  { name: 'fill', type: { parameters: i32s(3), results: i32s(1) } },
  { name: 'helper', type: { parameters: i32s(1 + mostHelperParameters), results: i32s(1) } },
  { name: 'fillQuietly', type: { parameters: i32s(3), results: i32s(1) } },
  { name: 'fillFetch', type: { parameters: i32s(1), results: i32s(1) } },
  { name: 'find', type: { parameters: [], results: i32s(1) } },
  { name: 'noticeInterrupts', type: { parameters: [], results: [] } },
  { name: 'takeBackWeight', type: { parameters: [], results: i32s(1) } },
];
/** what routines know the imported functions by */
export const functionNumber = {
  fill: 0,
  helper: 1,
  fillQuietly: 2,
  fillFetch: 3,
  find: 4,
  noticeInterrupts: 5,
  takeBackWeight: 6,
} as const;
/** types are numbered with the imports' first */
const typeIndex = imports.length;

/** What routines call. */
export interface RoutineCalls {
  /** `MemoryUnit.fillForCompiledCode`: 1 or 0 */
  readonly fill: (linear: Linear, kind: number, bytes: number) => number;
  /** Calls the helper with this index in `helperNames`. */
  readonly helper: (index: number, a: number, b: number, c: number, d: number) => number;
  /** The same for a fetch. */
  readonly fillFetch: (linear: Linear) => number;
  /** Like `fill`, for who does not fault itself if it is refused. */
  readonly fillQuietly: RoutineCalls['fill'];
  /** See `RoutineLayout`. */
  readonly find: () => number;
  /** IF has been set. */
  readonly noticeInterrupts: () => void;
  /** See `RoutineLayout`. */
  readonly takeBackWeight: () => number;
}

/** A batch is worth its compilation once this many instructions had to do without, and so many more for each routine. */
export interface BatchLimits {
  readonly misses: number;
  readonly missesPerRoutine: number;
}

interface Waiting {
  readonly number: number;
  readonly shape: RoutineShape;
}

export class Routines {
  private readonly numbers = new Map<string, number>();
  private readonly ready: boolean[] = [];
  private waiting: Waiting[] = [];
  private misses = 0;
  readonly enter: EnterThread;
  limits: BatchLimits = { misses: 100, missesPerRoutine: 10 };

  /** `layouts`: for code at CPL 0 to 2, and at CPL 3 */
  constructor(
    private readonly layouts: { readonly supervisor: RoutineLayout; readonly user: RoutineLayout },
    private readonly memory: WebAssembly.Memory,
    private readonly functions: FunctionTable,
    private readonly calls: RoutineCalls,
  ) {
    const { supervisor } = layouts;
    const emitters = [emitEntry, ...fixedEmitters];
    const [enter, ...fixed] = this.instantiate(emitters.map(emit => emit(supervisor, typeIndex)));
    fixed.forEach((routine, index) => this.functions.table.set(fixedRoutine.goTo + index, routine));
    this.enter = enter as EnterThread;
  }

  /** The number of a shape's routine, which is made some time after it was first asked for. */
  numberOf(shape: RoutineShape): number {
    const known = this.numbers.get(shape.key);
    if (known !== undefined) return known;
    const number = this.functions.takeNumber();
    this.numbers.set(shape.key, number);
    this.waiting.push({ number, shape });
    return number;
  }

  isReady(number: number): boolean {
    return this.ready[number] ?? false;
  }

  /** An instruction was met whose routine is not made yet. True if now it is. */
  noteMiss(): boolean {
    const { misses, missesPerRoutine } = this.limits;
    if (++this.misses < misses + missesPerRoutine * this.waiting.length) return false;
    this.misses = 0;
    this.makeWaiting();
    return true;
  }

  private makeWaiting(): void {
    const { waiting } = this;
    this.waiting = [];
    if (waiting.length === 0) return;
    const { supervisor, user } = this.layouts;
    const bodies = waiting.map(({ shape }) =>
      new RoutineEmitter(shape, shape.user ? user : supervisor, typeIndex).emit(),
    );
    this.instantiate(bodies).forEach((routine, index) => {
      this.functions.table.set(waiting[index].number, routine);
      this.ready[waiting[index].number] = true;
    });
  }

  private instantiate(bodies: readonly FunctionBody[]): readonly WebAssembly.ExportValue[] {
    const memoryPages = this.memory.buffer.byteLength / 0x10000;
    const bytes = encodeModule(imports, bodies, { memoryPages, table: true });
    const given = { env: { memory: this.memory, table: this.functions.table, ...this.calls } };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), given);
    return bodies.map((_, index) => exports[`f${index}`]);
  }
}
