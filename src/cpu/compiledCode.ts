// Compiled code: regions of hot pages as WebAssembly, found again by physical page, linear page and execution mode. Runs
// until it meets something that it leaves to the evaluator: see `ir/wasm/regionEmitter.ts`.

import { pageSizeBytes } from '../base/address';
import { Attribute } from '../isa/descriptors';
import { Cr0, Dr7 } from '../isa/controlRegisters';
import { Eflags } from '../isa/flags';
import { Segment } from '../isa/registers';
import { Activity, SegmentField, segmentOffset, Shadow } from '../isa/state';
import { MicroOpCode, type MicroProgram } from '../ir/microOp';
import { findRegion } from '../ir/region';
import { encodeModule, type FunctionImport, ValueType } from '../ir/wasm/binary';
import { RegionTooLarge } from '../ir/wasm/localPool';
import { type RegionBlock, RegionEmitter } from '../ir/wasm/regionEmitter';
import { maximumInstructionBytes } from '../isa/decode';
import type { InstructionCache } from './instructionCache';
import type { MemoryUnit } from './memoryUnit';
import type { ProcessorState } from './state';
import { fetchKind, tlbEntries, tlbTableBytes } from './tlb';

/** When to compile; tests want it sooner. */
export interface CompilationLimits {
  /** times that control arrives in a page from elsewhere before the page is compiled */
  readonly hotArrivals: number;
  /** a page whose code keeps changing is not compiled again */
  readonly maximumCompilations: number;
}

const dispatchTableBytes = pageSizeBytes * 2;
const dispatchTables = 1024;
/** A new entry is worth this many arrivals. */
const newEntryWeight = 10;
/** Pages known at a time, compiled or not. */
const mostPages = 0x4000;

type RegionFunction = (budget: number, block: number) => number;

interface Page {
  readonly id: number;
  generation: number;
  arrivals: number;
  compilations: number;
  readonly entries: Set<number>;
  /** entries that came after it was compiled */
  newEntries: number;
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
  /** where the evaluator was last: what follows closely is no new arrival, but the same straight line */
  private lastEip = 0;
  /** physical page whose code runs, or ran last, and its generation at that time */
  private runningPage = 0;
  private runningGeneration = 0;
  /** regions compiled so far */
  compilations = 0;
  limits: CompilationLimits = { hotArrivals: 40, maximumCompilations: 8 };

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
  run(budget: number, key: number): number {
    const { state } = this;
    if (!this.isOrdinary()) return 0;
    const { eip } = state;
    const arrived = eip <= this.lastEip || eip > this.lastEip + maximumInstructionBytes;
    this.lastEip = eip;
    const physical = this.memory.tlb.lookup(eip, fetchKind(state.cpl === 3));
    if (physical < 0 || (eip | 0xfff) >>> 0 > state.limit(Segment.cs)) return 0;
    const page = this.pageAt(physical, eip, key);
    if (!page.run && !(arrived && this.heat(page, physical, eip, key))) return 0;
    const block = this.tables[(page.table >> 1) + (eip & 0xfff)];
    if (block === 0 || !page.run) {
      if (arrived && !this.stops.has(eip)) this.noteEntry(page, eip);
      return 0;
    }
    this.runningGeneration = page.generation;
    this.runningPage = physical >>> 12;
    const left = page.run(budget, block - 1);
    const done = budget - left;
    state.instructionCount += done;
    return done;
  }

  /** A page walk sets accessed flags: perhaps in the very page that runs. */
  private isStillCurrent(): boolean {
    return this.memory.physical.writeGeneration(this.runningPage) === this.runningGeneration;
  }

  /** Nothing is afoot that only the evaluator knows: traps, breakpoints, shadows, odd segments. */
  private isOrdinary(): boolean {
    const { state } = this;
    if (state.systemFlags & (Eflags.tf | Eflags.rf) || state.dr7 & Dr7.enables) return false;
    if (state.activity !== Activity.active || state.interruptShadow !== Shadow.none || state.pendingDebugTraps)
      return false;
    return !(state.cr0 & Cr0.am && state.systemFlags & Eflags.ac) && state.base(Segment.cs) === 0;
  }

  /** Which of ES, SS, DS begin at 0 and reach as far as compiled code may: bits of the key. */
  segmentKey(): number {
    return this.flatBit(Segment.es, 1) | this.flatBit(Segment.ss, 2) | this.flatBit(Segment.ds, 4);
  }

  private flatBit(segment: number, bit: number): number {
    const { state } = this;
    const attributes = state.attributes(segment);
    const wanted = Attribute.present | Attribute.notSystem | Attribute.writableOrReadable;
    const mask = wanted | Attribute.code | Attribute.expandDownOrConforming | Attribute.unusable;
    if ((attributes & mask) !== wanted || state.base(segment) !== 0) return 0;
    return state.limit(segment) >= this.memory.fastCeiling ? bit : 0;
  }

  private pageAt(physical: number, eip: number, key: number): Page {
    const id = ((physical >>> 12) * 0x100000 + (eip >>> 12)) * 512 + key * 8 + this.segmentKey();
    const generation = this.memory.physical.writeGeneration(physical >>> 12);
    const known = this.pages.get(id);
    if (known && known.generation === generation) return known;
    if (known) this.dropCode(known);
    const page: Page = {
      id,
      generation,
      arrivals: 0,
      compilations: known?.compilations ?? 0,
      entries: new Set(),
      newEntries: 0,
      run: undefined,
      table: 0,
    };
    if (this.pages.size === mostPages) this.forget();
    this.pages.set(id, page);
    return page;
  }

  /** Counts an arrival, and compiles the page when it has become hot. */
  private heat(page: Page, physical: number, eip: number, key: number): boolean {
    page.entries.add(eip);
    page.arrivals++;
    const { hotArrivals, maximumCompilations } = this.limits;
    if (page.arrivals < hotArrivals || page.compilations >= maximumCompilations) return false;
    return this.compile(page, physical, eip, key);
  }

  /** A compiled page is entered where it has no block: after some such arrivals at new places it is compiled anew. */
  private noteEntry(page: Page, eip: number): void {
    const { hotArrivals, maximumCompilations } = this.limits;
    if (page.compilations >= maximumCompilations || page.entries.has(eip)) return;
    page.entries.add(eip);
    page.newEntries++;
    if (page.newEntries * newEntryWeight >= hotArrivals) this.dropCode(page);
  }

  private dropCode(page: Page): void {
    if (page.run) this.freeTables.push(page.table);
    page.run = undefined;
  }

  private compile(page: Page, physical: number, eip: number, key: number): boolean {
    const pageEip = (eip & ~0xfff) >>> 0;
    const pagePhysical = physical & ~0xfff;
    const segments = this.segmentKey();
    page.compilations++;
    page.newEntries = 0;
    const programAt = (at: number): MicroProgram | undefined => {
      if (at >>> 12 !== pageEip >>> 12) return undefined;
      return this.cache.fetchWithin((pagePhysical + (at & 0xfff)) >>> 0, key);
    };
    const blocks = findRegion([...page.entries], programAt, (program, at) => this.isCompilable(program, at, segments));
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

  /** Debuggers may want to look before instructions that are privileged or sensitive: they are left to the evaluator. */
  private isCompilable(program: MicroProgram, eip: number, segments: number): boolean {
    const row = program.instruction?.row;
    if (!row || row.privilege !== undefined || row.sensitive !== undefined || this.stops.has(eip)) return false;
    return usesOnly(program, segments);
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
      const module = new WebAssembly.Module(encodeModule([fillImport], [emitter.emit()], pages) as BufferSource);
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

/** Does the program touch memory only through segments that `flat` (bits 1 ES, 2 SS, 4 DS) says are flat? */
function usesOnly({ ops }: MicroProgram, flat: number): boolean {
  return ops.every(({ code, immediate }) => {
    if (code !== MicroOpCode.load && code !== MicroOpCode.store && code !== MicroOpCode.reserve) return true;
    const bit = immediate === Segment.es ? 1 : immediate === Segment.ss ? 2 : immediate === Segment.ds ? 4 : 0;
    return (flat & bit) !== 0;
  });
}
