// The blocks of threaded code: found by place, made from the bytes when control first comes there, and dropped with their page
// when somebody writes to it.
//
// Blocks of one page are linked to one another directly: they are found, and dropped, together. Control to another page
// goes through the jump table, which also makes sure that the page is still mapped where it was.

import { type Linear, pageSizeBytes } from '../../base/address';
import { allSeparateFlags } from '../../ir/routineShape';
import { BlockWriter, type CompiledEntry, neverHot } from './blockWriter';
import { type CodePlace, placeKey } from './codePlace';
import type { InstructionWeights } from './instructionWeights';
import type { Routines } from './routines';
import type { FormVariant } from './instructionForms';
import { JumpTable } from './jumpTable';
import type { MemoryUnit } from '../memory/memoryUnit';
import type { ThreadedModes } from './threadedModes';
import {
  BlockPlan,
  BlockTables,
  mostBlockInstructions,
  nothing,
  type Stub,
  ThreadedPage,
  unknown,
} from './threadedPage';

/** The compiled code that threaded code goes into where there is some. */
export interface HotCode {
  /** Compiles the page of a place, in which these are the offsets in the code segment of blocks; true if it did. */
  compile(place: CodePlace, blocks: readonly number[]): boolean;
  /** Is there any in the page with this `placeKey`? */
  isCompiled(pageKey: number): boolean;
  /** the entry at an offset in the code segment, in that page */
  entryAt(pageKey: number, eip: number): CompiledEntry | undefined;
}

/** What blocks are made with. */
export interface BlockParts {
  readonly memory: Pick<MemoryUnit, 'physical' | 'area' | 'onRelease'>;
  readonly stateAddress: number;
  readonly hot: HotCode;
  readonly modes: ThreadedModes;
  readonly weights: InstructionWeights;
  readonly routines: () => Routines;
  /** Told when a page is dropped; by its linear address. */
  readonly onDrop: (linear: Linear) => void;
  /** Told when all is forgotten. */
  readonly onForget: () => void;
}

/** Pages known at a time, at some 16 KB each. */
const mostPages = 2048;

const none: readonly ThreadedPage[] = [];

/** A block is warm with a sixteenth of a hot one's visits; others may never be worth their compilation. */
const warmShift = 4;

export class ThreadedPages {
  readonly jumps: JumpTable;
  private readonly bytes: Uint8Array;
  private readonly pages = new Map<number, ThreadedPage>();
  private readonly pagesOf = new Map<number, ThreadedPage[]>();
  private readonly writer: BlockWriter;
  private readonly plan = new BlockPlan();
  private readonly tables = new BlockTables();
  private stops: ReadonlySet<number> = new Set();
  /** where control last left for a block that was not made */
  private openStub: Stub | undefined;
  private lastPage: ThreadedPage | undefined;
  /** did the block that was looked for want a routine that is not made yet? */
  private missed = false;
  /** see `TierLimits`; compiling an instruction costs as much time as running it some 10,000 times as a record */
  hotVisits = 8000;

  constructor(private readonly parts: BlockParts) {
    const { memory, stateAddress, hot } = parts;
    const { physical, area } = memory;
    this.bytes = new Uint8Array(physical.buffer);
    this.jumps = new JumpTable(physical, area);
    this.writer = new BlockWriter(physical, area, stateAddress, (pageKey, eip) => hot.entryAt(pageKey, eip));
    memory.onRelease(physical.onChange(address => this.forgetBytes((address - physical.byteOffset) / pageSizeBytes)));
  }

  /** No block goes over these addresses. */
  setStops(addresses: ReadonlySet<number>): void {
    this.stops = addresses;
    this.forget();
  }

  isStop(linear: Linear): boolean {
    return this.stops.has(linear);
  }

  /** Address of the header of the block at a place, which is made if need be; or `nothing`. */
  find(place: CodePlace): number {
    const stub = this.openStub;
    const known = this.jumps.find(place.eip, place.physical, this.parts.modes.numberOf(place));
    if (known !== unknown && !stub) return known;
    const page = this.pageAt(place);
    const made = page.blocks.get(place.eip);
    const header = made === unknown ? this.make(page, place.eip) : made;
    this.openStub = undefined;
    if (header === nothing) return nothing;
    if (stub?.page === page && stub.drops === page.drops) this.writer.link(stub, header);
    if (known === unknown) this.jumps.add(place, page.mode.number, header);
    return header;
  }

  /** Instructions in a block. */
  countOf(header: number): number {
    return this.writer.countOf(header);
  }

  /** Control has come to the block with this header, and not into it. True if it has become hot. */
  noteLeft(header: number): boolean {
    this.openStub = header === unknown ? undefined : this.writer.stubAt(header);
    return header !== unknown && !this.openStub && this.writer.visitsLeft(header) < 0;
  }

  /** Compiles the page of a place, to whose block this header belongs: that and what else is warm. */
  compile(header: number, place: CodePlace): void {
    this.writer.setVisits(header, neverHot);
    const page = this.pageAt(place);
    const warm = this.hotVisits >> warmShift;
    const visited = page.blocks.offsetsOf(block => this.hotVisits - this.writer.visitsLeft(block) > warm);
    if (!this.parts.hot.compile(place, [...visited.map(offset => page.linear + offset), place.eip])) return;
    this.drop(page.physical);
    page.isCompiled = true;
  }

  /** Compiled code could do nothing at this block: true if it has records for such cases from now on. */
  addBypass(trampoline: number, place: CodePlace): boolean {
    if (!this.writer.wantsBypass(trampoline) || !this.writer.hasRoom) return false;
    const page = this.pageAt(place);
    if (page.blocks.get(place.eip) !== trampoline || !this.planBlock(page, place.eip)) return false;
    this.writer.writeBypass(trampoline, page, place.eip, this.plan);
    return true;
  }

  forget(): void {
    this.lastPage = undefined;
    for (const { blocks } of this.pages.values()) this.tables.give(blocks);
    this.pages.clear();
    this.pagesOf.clear();
    this.openStub = undefined;
    this.writer.clear();
    this.jumps.clear();
    this.parts.onForget();
  }

  /** Somebody writes to a physical page. */
  private forgetBytes(physicalPage: number): void {
    for (const page of this.drop(physicalPage)) page.isCompiled = false;
  }

  /** Forgets the blocks of a physical page, and gives the pages that had them. */
  private drop(physicalPage: number): readonly ThreadedPage[] {
    const pages = this.pagesOf.get(physicalPage) ?? none;
    for (const page of pages) {
      page.drop(this.jumps);
      this.parts.onDrop(page.linear);
    }
    return pages;
  }

  private pageAt(place: CodePlace): ThreadedPage {
    if (this.lastPage?.has(place)) return this.lastPage;
    const page = this.pages.get(placeKey(place)) ?? this.addPage(place);
    this.lastPage = page;
    return page;
  }

  private addPage(place: CodePlace): ThreadedPage {
    if (this.pages.size === mostPages) this.forget();
    const page = new ThreadedPage(place, this.parts.modes.of(place), this.tables.take());
    page.isCompiled = this.parts.hot.isCompiled(page.id);
    this.pages.set(page.id, page);
    const others = this.pagesOf.get(page.physical);
    if (others) others.push(page);
    else this.pagesOf.set(page.physical, [page]);
    return page;
  }

  /** Makes the block at `eip`. */
  private make(page: ThreadedPage, eip: number): number {
    if (!this.writer.hasRoom) {
      this.forget();
      return nothing;
    }
    const { hot, memory } = this.parts;
    const entry = page.isCompiled ? hot.entryAt(page.id, eip) : undefined;
    if (entry) return this.writer.writeTrampoline(page, eip, entry);
    if (!this.planBlock(page, eip)) return this.noteNothing(page, eip);
    memory.physical.watchWrites(page.physical);
    return this.writer.write(page, eip, this.plan, this.hotVisits);
  }

  /** Unless a routine is still to be made, nothing will ever run here but the evaluator, until the page changes. */
  private noteNothing(page: ThreadedPage, eip: number): number {
    if (this.missed || !this.parts.memory.physical.isReadable(page.physical)) return nothing;
    this.parts.memory.physical.watchWrites(page.physical);
    page.blocks.set(eip, nothing);
    return nothing;
  }

  /** Finds the instructions of the block at `start`; false if there are none for routines. */
  private planBlock(page: ThreadedPage, start: number): boolean {
    const { plan, parts } = this;
    plan.count = 0;
    this.missed = false;
    if (!parts.memory.physical.isReadable(page.physical)) return false;
    const pageStart = parts.memory.physical.byteOffset + page.physical * pageSizeBytes;
    const hasStops = this.stops.size > 0;
    for (let offset = start & (pageSizeBytes - 1); plan.count < mostBlockInstructions && offset < pageSizeBytes;) {
      const eip = page.linear + offset;
      if (hasStops && this.stops.has(eip)) break;
      if (page.isCompiled && plan.count > 0 && parts.hot.entryAt(page.id, eip)) break;
      const form = page.mode.forms.at(this.bytes, pageStart + offset, pageSizeBytes - offset);
      if (!form || (form.end === 'repeat' && plan.count > 0) || !this.isReady(form.whole)) break;
      plan.add(form, parts.weights.of(page.physical * pageSizeBytes + offset));
      offset += form.length;
      if (form.endsBlock) break;
    }
    this.chooseVariants();
    return plan.count > 0;
  }

  private isReady({ routine }: FormVariant): boolean {
    const routines = this.parts.routines();
    if (routines.isReady(routine)) return true;
    this.missed = true;
    return routines.noteMiss() && routines.isReady(routine);
  }

  /** From the last to the first: flags that are written again before anybody can look are not computed. */
  private chooseVariants(): void {
    const { forms, variants, weights, count } = this.plan;
    const routines = this.parts.routines();
    let wanted = allSeparateFlags;
    for (let index = count - 1; index >= 0; index--) {
      const { whole, withoutFlags } = forms[index];
      if (withoutFlags && (whole.shape.flagsWritten & wanted) === 0 && routines.isReady(withoutFlags.routine))
        variants[index] = withoutFlags;
      const { shape } = variants[index];
      wanted = (wanted & ~shape.flagsWritten) | shape.flagsRead;
      if (shape.canLeave || weights[index] > 1) wanted = allSeparateFlags;
    }
  }
}
