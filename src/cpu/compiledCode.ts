// Compiled code: regions of hot pages as WebAssembly, found again by physical page, linear page and execution mode. Runs
// until it meets something that it leaves to the other tiers: see `ir/wasm/regionEmitter.ts`.

import { pageSizeBytes } from '../base/address';
import { Segment } from '../isa/registers';
import { SegmentField, segmentOffset } from '../isa/state';
import type { MicroProgram } from '../ir/microOp';
import { findRegion } from '../ir/region';
import { encodeModule } from '../ir/wasm/binary';
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
  /** number of the physical page, and its write generation when it was compiled */
  readonly physical: number;
  readonly generation: number;
  compilations: number;
  readonly entries: Set<number>;
  run: RegionFunction | undefined;
  /** address of the table of block numbers + 1 by offset in the page */
  table: number;
}

export class CompiledCode {
  private readonly pages = new Map<number, Page>();
  private freeTables: number[] = [];
  private tableCount = 0;
  private stops: ReadonlySet<number> = new Set();
  private readonly imports: WebAssembly.Imports;
  private tables: Uint16Array;
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
    this.imports = { env: { memory: physical.wasm } };
    this.tables = new Uint16Array(physical.buffer);
  }

  /** Compiled code stops before the instructions at these linear addresses, and runs as fast as ever elsewhere. */
  setStops(addresses: ReadonlySet<number>): void {
    this.stops = new Set(addresses);
    this.forget();
  }

  /** Runs at most `budget` instructions from here; 0 if there is no compiled code for this place, or it can do nothing. */
  run(budget: number, place: CodePlace): number {
    const page = this.pages.get(placeKey(place));
    const entry = page ? this.entryAt(page, place.eip) : 0;
    return page?.run && entry !== 0 ? budget - page.run(budget, entry - 1) : 0;
  }

  /** Would `run` find code for this offset in the code segment, in the page with this `placeKey`? */
  hasEntry(pageKey: number, eip: number): boolean {
    const page = this.pages.get(pageKey);
    return page !== undefined && this.entryAt(page, eip) !== 0;
  }

  private entryAt({ run, physical, generation, table }: Page, eip: number): number {
    if (!run || generation !== this.memory.physical.writeGeneration(physical)) return 0;
    return this.tables[(table >> 1) + (eip & 0xfff)];
  }

  private pageAt(place: CodePlace): Page {
    const id = placeKey(place);
    const generation = this.memory.physical.writeGeneration(place.physical >>> 12);
    const known = this.pages.get(id);
    if (known && known.generation === generation) return known;
    if (known) this.dropCode(known);
    const page: Page = {
      id,
      physical: place.physical >>> 12,
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
        fillFunction: undefined,
        codeLimitAddress: stateAddress + limit,
      });
      const pages = this.memory.physical.buffer.byteLength / 0x10000;
      const module = new WebAssembly.Module(encodeModule([], [emitter.emit()], { memoryPages: pages }) as BufferSource);
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
