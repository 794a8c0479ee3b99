// Compiled code: regions of hot pages as WebAssembly, found again by physical page, linear page and execution mode. Runs
// until it meets something that it leaves to the other tiers: see `ir/wasm/regionEmitter.ts`.

import { pageSizeBytes } from '../base/address';
import { Segment } from '../isa/registers';
import { SegmentField, segmentOffset } from '../isa/state';
import type { MicroProgram } from '../ir/microOp';
import { findRegion } from '../ir/region';
import { encodeModule, type FunctionImport, ValueType } from '../ir/wasm/binary';
import { RegionTooLarge } from '../ir/wasm/localPool';
import { type RegionBlock, RegionEmitter } from '../ir/wasm/regionEmitter';
import { type CodePlace, placeKey } from './codePlace';
import { isCompilable } from './compilable';
import type { InstructionCache } from './instructionCache';
import type { MemoryUnit } from './memoryUnit';
import type { ProcessorState } from './state';
import { tlbEntries, tlbTableBytes } from './tlb';

const dispatchTableBytes = pageSizeBytes * 2;
const dispatchTables = 1024;
/** Pages known at a time, compiled or not. */
const mostPages = 0x4000;

type RegionFunction = (budget: number, block: number) => number;

interface Page {
  readonly id: number;
  generation: number;
  compilations: number;
  readonly entries: Set<number>;
  run: RegionFunction | undefined;
  /** address of the table of block numbers + 1 by offset in the page */
  table: number;
}

const fillImport: FunctionImport = {
  name: 'fill',
  type: { parameters: [ValueType.i32, ValueType.i32, ValueType.i32], results: [ValueType.i32] },
};

export class CompiledCode {
  private readonly pages = new Map<number, Page>();
  private freeTables: number[] = [];
  private tableCount = 0;
  private stops: ReadonlySet<number> = new Set();
  private readonly imports: WebAssembly.Imports;
  private tables: Uint16Array;
  /** physical page whose code runs, or ran last, and its generation at that time */
  private runningPage = 0;
  private runningGeneration = 0;
  /** regions compiled so far */
  compilations = 0;
  /** of one page: see `TierLimits` */
  maximumCompilations = 8;

  constructor(
    private readonly state: ProcessorState,
    private readonly memory: MemoryUnit,
    private readonly cache: InstructionCache,
  ) {
    const { physical } = memory;
    this.imports = {
      env: {
        memory: physical.wasm,
        fill: (linear: number, kind: number, bytes: number) =>
          memory.fillForCompiledCode(linear >>> 0, kind, bytes) && this.isStillCurrent() ? 1 : 0,
      },
    };
    this.tables = new Uint16Array(physical.buffer);
  }

  /** Compiled code stops before the instructions at these linear addresses, and runs as fast as ever elsewhere. */
  setStops(addresses: ReadonlySet<number>): void {
    this.stops = new Set(addresses);
    this.forget();
  }

  /** Runs at most `budget` instructions from here; 0 if there is no compiled code for this place, or it can do nothing. */
  run(budget: number, place: CodePlace): number {
    const { physical, eip } = place;
    const page = this.pages.get(placeKey(place));
    if (!page?.run || page.generation !== this.memory.physical.writeGeneration(physical >>> 12)) return 0;
    const block = this.tables[(page.table >> 1) + (eip & 0xfff)];
    if (block === 0) return 0;
    this.runningGeneration = page.generation;
    this.runningPage = physical >>> 12;
    return budget - page.run(budget, block - 1);
  }

  /** A page walk sets accessed flags: perhaps in the very page that runs. */
  private isStillCurrent(): boolean {
    return this.memory.physical.writeGeneration(this.runningPage) === this.runningGeneration;
  }

  private pageAt(place: CodePlace): Page {
    const id = placeKey(place);
    const generation = this.memory.physical.writeGeneration(place.physical >>> 12);
    const known = this.pages.get(id);
    if (known && known.generation === generation) return known;
    if (known) this.dropCode(known);
    const page: Page = {
      id,
      generation,
      compilations: known?.compilations ?? 0,
      entries: new Set(),
      run: undefined,
      table: 0,
    };
    if (this.pages.size === mostPages) this.forget();
    this.pages.set(id, page);
    return page;
  }

  private dropCode(page: Page): void {
    if (page.run) this.freeTables.push(page.table);
    page.run = undefined;
  }

  /** Compiles the page of a place, to be entered at these offsets in the code segment, besides those of before. */
  compile(place: CodePlace, entries: readonly number[]): boolean {
    const { physical, eip, modeKey, flat } = place;
    const page = this.pageAt(place);
    if (page.compilations >= this.maximumCompilations) return false;
    for (const entry of entries) page.entries.add(entry);
    this.dropCode(page);
    page.compilations++;
    const pageEip = (eip & ~0xfff) >>> 0;
    const pagePhysical = physical & ~0xfff;
    const programAt = (at: number): MicroProgram | undefined => {
      if (at >>> 12 !== pageEip >>> 12) return undefined;
      return this.cache.fetchWithin((pagePhysical + (at & 0xfff)) >>> 0, modeKey);
    };
    const blocks = findRegion(
      [...page.entries],
      programAt,
      (program, at) => !this.stops.has(at) && isCompilable(program, flat),
    );
    if (blocks.length === 0 || blocks.length > 0xfffe) return false;
    const table = this.takeTable();
    // taking the table may have made room by forgetting all pages
    this.pages.set(page.id, page);
    const run = this.instantiate(blocks, pageEip, table);
    if (!run) {
      this.freeTables.push(table);
      return false;
    }
    this.tables.fill(0, table >> 1, (table + dispatchTableBytes) >> 1);
    blocks.forEach(({ eip: at }, index) => {
      this.tables[(table >> 1) + (at & 0xfff)] = index + 1;
    });
    this.memory.physical.watchWrites(physical >>> 12);
    page.run = run;
    page.table = table;
    this.compilations++;
    return true;
  }

  private instantiate(
    blocks: readonly RegionBlock[],
    pageEip: number,
    dispatchTable: number,
  ): RegionFunction | undefined {
    const limit = segmentOffset(Segment.cs) + SegmentField.limit;
    const stateAddress = this.state.byteOffset;
    try {
      const emitter = new RegionEmitter(blocks, {
        stateAddress,
        tlbAddress: this.memory.tlbAddress,
        tlbTableBytes,
        tlbSlots: tlbEntries,
        user: this.state.cpl === 3,
        pageEip,
        dispatchTable,
        fillFunction: 0,
        codeLimitAddress: stateAddress + limit,
      });
      const pages = this.memory.physical.buffer.byteLength / 0x10000;
      const module = new WebAssembly.Module(
        encodeModule([fillImport], [emitter.emit()], { memoryPages: pages }) as BufferSource,
      );
      const { f0 } = new WebAssembly.Instance(module, this.imports).exports;
      return f0 as RegionFunction;
    } catch (error) {
      if (error instanceof RegionTooLarge) return undefined;
      throw error;
    }
  }

  private takeTable(): number {
    const free = this.freeTables.pop();
    if (free !== undefined) return free;
    if (this.tableCount < dispatchTables) {
      this.tableCount++;
      return this.memory.physical.allocate(dispatchTableBytes);
    }
    this.forget();
    return this.takeTable();
  }

  /** Drops all that has been compiled: what is still hot is compiled anew. */
  private forget(): void {
    for (const page of this.pages.values()) this.dropCode(page);
    this.pages.clear();
  }
}
