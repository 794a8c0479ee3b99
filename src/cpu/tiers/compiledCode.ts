// Compiled code: regions of hot pages as WebAssembly, found again by physical page, linear page and execution mode. Runs
// until it meets something that it leaves to the other tiers: see `ir/wasm/regionEmitter.ts`.

import { pageSizeBytes } from '../../base/address';
import { Segment } from '../../isa/registers';
import { SegmentField, segmentOffset } from '../../isa/state';
import type { MicroProgram } from '../../ir/microOp';
import { findRegion } from '../../ir/region';
import { encodeModule } from '../../ir/wasm/binary';
import { RegionTooLarge } from '../../ir/wasm/localPool';
import { RegionEmitter } from '../../ir/wasm/regionEmitter';
import type { RegionBlock } from '../../ir/wasm/regionPlan';
import { type CodePlace, placeKey } from './codePlace';
import { isCompilable } from './compilable';
import type { FunctionTable } from './functionTable';
import type { ProgramCache } from './programCache';
import type { MemoryUnit } from '../memory/memoryUnit';
import type { ProcessorState } from '../registers/state';
import type { InstructionWeights } from './instructionWeights';
import type { WeightLayout } from '../../ir/wasm/spending';
import type { CompiledEntry } from './blockWriter';
import type { HotCode } from './threadedPages';
import { tlbEntries, tlbTableBytes } from '../memory/tlb';

const dispatchTableBytes = pageSizeBytes * 2;
const dispatchTables = 1024;
/** Pages known at a time, compiled or not. */
const mostPages = 0x4000;

interface Region {
  readonly run: WebAssembly.ExportValue;
  /** offsets in the code segment, by entry number */
  readonly entries: readonly number[];
}

interface Page {
  readonly id: number;
  /** number of the physical page, and its write generation when it was compiled */
  readonly physical: number;
  readonly generation: number;
  compilations: number;
  /** offsets in the code segment at which it is to be entered */
  readonly entered: Set<number>;
  /** where else there is code to be compiled */
  readonly starts: Set<number>;
  /** of the region's function, where the page is compiled */
  functionNumber: number | undefined;
  /** address of the table of entry numbers + 1 by offset in the page */
  table: number;
}

export class CompiledCode implements HotCode {
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
    private readonly cache: ProgramCache,
    private readonly functions: FunctionTable,
    private readonly weights: InstructionWeights,
    private readonly weightLayout: WeightLayout,
    /** told when all regions have been given up */
    private readonly onForget: () => void,
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

  isCompiled(pageKey: number): boolean {
    return this.pages.get(pageKey)?.functionNumber !== undefined;
  }

  entryAt(pageKey: number, eip: number): CompiledEntry | undefined {
    const page = this.pages.get(pageKey);
    if (page?.functionNumber === undefined) return undefined;
    const { functionNumber, physical, generation, table } = page;
    if (generation !== this.memory.physical.writeGeneration(physical)) return undefined;
    const number = this.tables[(table >> 1) + (eip & 0xfff)];
    return number === 0 ? undefined : { functionNumber, block: number - 1 };
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
      entered: new Set(),
      starts: new Set(),
      functionNumber: undefined,
      table: 0,
    };
    if (this.pages.size === mostPages) this.forget();
    this.pages.set(id, page);
    return page;
  }

  private dropCode(page: Page): void {
    if (page.functionNumber === undefined) return;
    this.freeTables.push(page.table);
    this.functions.remove(page.functionNumber);
    page.functionNumber = undefined;
  }

  /** Compiles the page of a place, to be entered there; at the offsets `starts` in the code segment there is code too. */
  compile(place: CodePlace, starts: readonly number[]): boolean {
    const { physical, eip, modeKey, flat } = place;
    const page = this.pageAt(place);
    if (page.compilations >= this.maximumCompilations) return false;
    page.entered.add(eip);
    for (const start of starts) page.starts.add(start);
    page.compilations++;
    const pageEip = (eip & ~0xfff) >>> 0;
    const pagePhysical = physical & ~0xfff;
    const physicalOf = (at: number): number => (pagePhysical + (at & 0xfff)) >>> 0;
    const programAt = (at: number): MicroProgram | undefined => {
      if (at >>> 12 !== pageEip >>> 12) return undefined;
      return this.cache.fetchWithin(physicalOf(at), modeKey);
    };
    const blocks = findRegion(
      { entered: [...page.entered], starts: [...page.starts] },
      programAt,
      (program, at) => !this.stops.has(at) && isCompilable(program, flat),
      this.weights.isEmpty ? undefined : at => this.weights.of(physicalOf(at)),
    );
    if (blocks.length === 0 || blocks.length > 0xfffe) return false;
    const table = this.takeTable();
    // taking the table may have made room by forgetting all pages
    this.pages.set(page.id, page);
    const region = this.instantiate(blocks, pageEip, table);
    if (!region) {
      this.freeTables.push(table);
      return false;
    }
    this.tables.fill(0, table >> 1, (table + dispatchTableBytes) >> 1);
    region.entries.forEach((entry, index) => {
      this.tables[(table >> 1) + (entry & 0xfff)] = index + 1;
    });
    this.memory.physical.watchWrites(physical >>> 12);
    this.dropCode(page);
    page.functionNumber = this.functions.add(region.run);
    page.table = table;
    this.compilations++;
    return true;
  }

  private instantiate(blocks: readonly RegionBlock[], pageEip: number, dispatchTable: number): Region | undefined {
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
        codeLimitAddress: stateAddress + limit,
        weights: this.weightLayout,
      });
      const pages = this.memory.physical.buffer.byteLength / 0x10000;
      const module = new WebAssembly.Module(encodeModule([], [emitter.emit()], { memoryPages: pages }) as BufferSource);
      const { f0 } = new WebAssembly.Instance(module, this.imports).exports;
      return { run: f0, entries: emitter.entries };
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
      return this.memory.area.allocate(dispatchTableBytes);
    }
    this.forget();
    return this.takeTable();
  }

  /** Drops all that has been compiled: what is still hot is compiled anew. */
  private forget(): void {
    for (const page of this.pages.values()) this.dropCode(page);
    this.pages.clear();
    this.onForget();
  }
}
