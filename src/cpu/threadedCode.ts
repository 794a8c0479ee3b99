// Threaded code: basic blocks as rows of records, each of which names the handler (`ir/wasm/handlerEmitter.ts`) that does its
// instruction and then goes on to the next record. Records are made from the bytes at little cost, so this is how code
// runs that is not worth compiling; it counts arrivals at each block to find what is.
//
// Blocks of one page are linked to one another directly: they are found, and dropped, together. Control to another page
// goes through the jump table, which also makes sure that the page is still mapped where it was.

import { pageSizeBytes } from '../base/address';
import { helperNames, helperRow } from '../semantics/helpers';
import { Segment } from '../isa/registers';
import { allFlags, parameterValue } from '../ir/handlerShape';
import {
  gateWord,
  headerBytes,
  headerWord,
  type HandlerLayout,
  jumpEntries,
  jumpEntryBytes,
  jumpSlot,
  jumpWord,
  leavesAfter,
  otherJumpSlot,
} from '../ir/wasm/handlerEmitter';
import { type CodeMode, type CodePlace, placeKey } from './codePlace';
import { CpuException, pageFault } from './fault';
import type { FunctionTable } from './functionTable';
import { fixedHandler, functionNumber, Handlers } from './handlers';
import { type FormVariant, type InstructionForm, InstructionForms } from './instructionForms';
import { modeCount } from './instructionCache';
import type { MemoryUnit } from './memoryUnit';
import type { ProcessorState } from './state';
import { fetchKind, tlbEntries, tlbTableBytes } from './tlb';

const recordRoomBytes = 0x600000;
/** by index in `helperNames` */
const disturbs = helperNames.map(name => helperRow(name).disturbs);
const mostBlockInstructions = 64;
/** Most bytes that a block of so many instructions can need, links and stubs included. */
const mostBlockBytes = mostBlockInstructions * 100 + 0x400;
/** The count of a block that is not made yet: more than any budget. */
const unmade = 0x7fffffff;
const never = 0x7fffffff;
/** In place of a header's address: no block can begin here. */
const nothing = 0;

interface Page {
  readonly id: number;
  /** physical page, and linear address of its first byte */
  readonly physical: number;
  readonly linear: number;
  readonly mode: Mode;
  /** addresses of headers by offset in the page */
  readonly blocks: Map<number, number>;
  /** addresses of headers of what leads to other pages, by EIP */
  readonly exits: Map<number, number>;
  readonly jumpSlots: number[];
  /** how often its blocks have been dropped */
  drops: number;
}

interface Mode {
  /** from 1: in the jump table */
  readonly number: number;
  readonly user: boolean;
  readonly forms: InstructionForms;
}

/** A link to a block that is not made yet. */
interface Stub {
  readonly page: Page;
  /** `drops` of the page when it was made */
  readonly drops: number;
  /** word that is to hold the header's address */
  readonly link: number;
}

/** A block in the making. */
interface Piece {
  readonly form: InstructionForm;
  variant: FormVariant;
  readonly eip: number;
}

/** Where compiled code is entered: number of the region's function in the table, and number of the block. */
export interface CompiledEntry {
  readonly functionNumber: number;
  readonly block: number;
}

/** A helper bound to its processor, in the order of `helperNames`. */
export type HelperFunction = (a: number, b: number, c: number, d: number) => number | void;

/** The compiled code that threaded code goes into where there is some. */
export interface HotCode {
  /** Compiles the page of a place, to be entered at these offsets in the code segment; true if it did. */
  compile(place: CodePlace, entries: readonly number[]): boolean;
  /** the entry at an offset in the code segment, in the page with this `placeKey` */
  entryAt(pageKey: number, eip: number): CompiledEntry | undefined;
}

const modeIndex = ({ modeKey, flat }: CodeMode): number => modeKey * 8 + flat;

export class ThreadedCode {
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly modes = new Map<number, Mode>();
  /** by `modeIndex`: number of the mode, 0 if there is none yet */
  private readonly modeNumbers = new Int32Array(modeCount * 8);
  private readonly pages = new Map<number, Page>();
  private readonly pagesOf = new Map<number, Page[]>();
  private stubs: Stub[] = [];
  private stops: ReadonlySet<number> = new Set();
  readonly handlers: Handlers;
  private readonly leftAtAddress: number;
  private readonly modeAddress: number;
  private readonly budgetAddress: number;
  private readonly endAddress: number;
  private readonly fetchTlbAddress: number;
  private readonly jumpTable: number;
  private readonly recordsStart: number;
  private next: number;
  /** where control last left for a block that was not made */
  private openStub: Stub | undefined;
  private lastPage: Page | undefined;
  private codeLimit = -1;
  private drops = 0;
  private seesAll = false;
  /** instructions retired once the budget of the run under way is used up */
  private countAtEnd = 0;
  private raised: CpuException | undefined;
  /** of the run under way */
  private mode: CodeMode = { modeKey: 0, flat: 0 };
  /** did the block that was looked for want a handler that is not made yet? */
  private missed = false;
  /** see `TierLimits` */
  hotVisits = 1500;

  constructor(
    private readonly state: ProcessorState,
    private readonly memory: MemoryUnit,
    functions: FunctionTable,
    private readonly helpers: readonly HelperFunction[],
    private readonly hot: HotCode,
    private readonly modeNow: () => CodeMode | undefined,
  ) {
    const { physical } = memory;
    this.words = new Int32Array(physical.buffer);
    this.bytes = new Uint8Array(physical.buffer);
    this.leftAtAddress = physical.allocate(32);
    this.modeAddress = this.leftAtAddress + 4;
    this.budgetAddress = this.leftAtAddress + 8;
    this.endAddress = this.leftAtAddress + 12;
    this.fetchTlbAddress = this.leftAtAddress + 16;
    this.jumpTable = physical.allocate(jumpEntries * jumpEntryBytes);
    this.recordsStart = physical.allocate(recordRoomBytes);
    this.next = this.recordsStart;
    const layouts = { supervisor: this.layout(false), user: this.layout(true) };
    this.handlers = new Handlers(layouts, physical.wasm, functions, {
      fill: (linear, kind, bytes) => this.fill(linear, kind, bytes),
      helper: (index, a, b, c, d) => this.callHelper(index, a, b, c, d),
    });
    physical.onChange(address => this.drop((address - physical.byteOffset) / pageSizeBytes));
  }

  private layout(user: boolean): HandlerLayout {
    return {
      stateAddress: this.state.byteOffset,
      leftAtAddress: this.leftAtAddress,
      modeAddress: this.modeAddress,
      budgetAddress: this.budgetAddress,
      endAddress: this.endAddress,
      jumpTableAddress: this.jumpTable,
      fetchTlbAddress: this.fetchTlbAddress,
      tlbAddress: this.memory.tlbAddress,
      tlbTableBytes,
      tlbSlots: tlbEntries,
      user,
      fillFunction: functionNumber.fill,
      helperFunction: functionNumber.helper,
      tailCalls: hasTailCalls(),
    };
  }

  /** A page walk sets accessed flags: perhaps in the very page that runs. */
  private fill(linear: number, kind: number, bytes: number): number {
    const { drops } = this;
    return this.memory.fillForCompiledCode(linear >>> 0, kind, bytes) && this.drops === drops ? 1 : 0;
  }

  /** The helper finds the time as it is before its instruction. */
  private callHelper(index: number, a: number, b: number, c: number, d: number): number {
    this.state.instructionCount = this.countAtEnd - this.words[this.budgetAddress >> 2];
    const result = this.helpers[index](a, b, c, d) ?? 0;
    if (disturbs[index]) this.followMode();
    return result;
  }

  /** Control goes on in the mode that there is now, if handlers can run in it. */
  private followMode(): void {
    const mode = this.modeNow();
    const number = mode && this.state.limit(Segment.cs) === this.codeLimit ? this.modeNumbers[modeIndex(mode)] : 0;
    if (mode && number !== 0) this.setMode(mode, number);
    else this.endRun();
  }

  private setMode(mode: CodeMode, number: number): void {
    this.mode = mode;
    this.words[this.modeAddress >> 2] = number;
    const kind = fetchKind(this.state.cpl === 3);
    this.words[this.fetchTlbAddress >> 2] = this.memory.tlbAddress + kind * tlbTableBytes;
  }

  /** The run under way ends after the instruction that calls the machinery now. */
  endRun(): void {
    this.words[this.endAddress >> 2] = 1;
  }

  /** `seesAll`: instructions that are privileged or sensitive are left to the evaluator, before which somebody looks. */
  setStops(addresses: ReadonlySet<number>, seesAll: boolean): void {
    this.stops = addresses;
    if (seesAll !== this.seesAll) this.forgetModes();
    this.seesAll = seesAll;
    this.forget();
  }

  private forgetModes(): void {
    this.modes.clear();
    this.modeNumbers.fill(0);
  }

  /** Runs at most `budget` instructions from here; 0 if there is nothing that handlers can run. Within the code segment's limit. */
  run(budget: number, place: CodePlace): number {
    const limit = this.state.limit(Segment.cs);
    if (limit !== this.codeLimit) this.clearJumps();
    this.codeLimit = limit;
    const header = this.noted(place) || this.find(place);
    if (header === nothing) return 0;
    const count = this.words[(header >> 2) + headerWord.count];
    if (count > budget) return 0;
    this.setMode(place, this.modeNumbers[modeIndex(place)]);
    this.words[this.endAddress >> 2] = 0;
    this.memory.forgetRefusedFault();
    this.countAtEnd = this.state.instructionCount + budget;
    let left = this.enter(header + headerBytes, budget - count);
    if (left === budget && this.addBypass(header, place)) left = this.enter(header + headerBytes, budget);
    this.state.instructionCount = this.countAtEnd - left;
    this.afterLeaving();
    return budget - left;
  }

  /** The block at a place by the jump table, as handlers would find it; nothing if a link waits to be filled in, or it has none. */
  private noted(place: CodePlace): number {
    if (this.openStub) return nothing;
    const { eip } = place;
    const slot = jumpSlot(eip);
    const first = this.jumpEntry(slot);
    const entry = this.words[first + jumpWord.eip] === (eip | 0) ? first : this.jumpEntry(otherJumpSlot(slot));
    const { words } = this;
    const isSame =
      words[entry + jumpWord.eip] === (eip | 0) &&
      words[entry + jumpWord.mode] === this.modeNumbers[modeIndex(place)] &&
      words[entry + jumpWord.addend] === this.addendOf(place);
    return isSame ? words[entry + jumpWord.header] : nothing;
  }

  /** The block at a place, made if need be. */
  private find(place: CodePlace): number {
    const page = this.pageAt(place);
    const header = page.blocks.get(place.eip & 0xfff) ?? this.make(page, place.eip);
    if (header === nothing) return nothing;
    this.link(page, header);
    this.noteJump(page, place, header);
    return header;
  }

  /** What to add to a linear address of the place's page to get a place in the buffer. */
  private addendOf({ physical, eip }: CodePlace): number {
    return (this.memory.physical.byteOffset + (physical & ~0xfff) - (eip & ~0xfff)) | 0;
  }

  private enter(record: number, budget: number): number {
    try {
      return this.handlers.enter(record, budget);
    } catch (exception) {
      if (!(exception instanceof CpuException)) throw exception;
      this.raised = exception;
      this.words[this.leftAtAddress >> 2] = 0;
      return this.words[this.budgetAddress >> 2];
    }
  }

  /** The exception of the instruction at which `run` has ended, if that is why. The instruction has changed nothing. */
  takeException(): CpuException | undefined {
    const { raised } = this;
    this.raised = undefined;
    if (this.seesAll) return undefined;
    if (raised) return raised;
    const code = this.memory.takeRefusedFault();
    return code < 0 ? undefined : pageFault(code);
  }

  /** Forgets the blocks of a physical page. */
  drop(physicalPage: number): void {
    const pages = this.pagesOf.get(physicalPage);
    if (!pages) return;
    this.drops++;
    for (const page of pages) {
      page.drops++;
      page.blocks.clear();
      page.exits.clear();
      for (const slot of page.jumpSlots)
        for (const place of [slot, otherJumpSlot(slot)]) this.words[this.jumpEntry(place) + jumpWord.mode] = 0;
      page.jumpSlots.length = 0;
    }
  }

  private afterLeaving(): void {
    const leftAt = this.words[this.leftAtAddress >> 2];
    this.openStub = undefined;
    if (leftAt === 0) return;
    const header = leftAt >> 2;
    if (this.words[header + headerWord.count] === unmade)
      this.openStub = this.stubs[this.words[header + headerWord.stub]];
    else if (this.words[header + headerWord.visits] < 0) this.becomeHot(header);
  }

  /** Control is before the block with this header. */
  private becomeHot(header: number): void {
    this.words[header + headerWord.visits] = never;
    const { eip, cpl } = this.state;
    const physical = this.memory.tlb.lookup(eip, fetchKind(cpl === 3));
    if (physical < 0) return;
    const { modeKey, flat } = this.mode;
    const place = { physical, eip, modeKey, flat };
    const page = this.pageAt(place);
    const entries = [...page.blocks]
      .filter(
        ([, address]) => this.words[(address >> 2) + headerWord.visits] < this.hotVisits / 2 || address >> 2 === header,
      )
      .map(([offset]) => page.linear + offset);
    if (this.hot.compile(place, [...new Set([...entries, eip])])) this.drop(page.physical);
  }

  /** Fills in the link by which control left, if it led to this block. */
  private link(page: Page, header: number): void {
    const stub = this.openStub;
    this.openStub = undefined;
    if (!stub || stub.page !== page || stub.drops !== page.drops) return;
    const { words } = this;
    if (words[(words[stub.link] >> 2) + headerWord.eip] === words[(header >> 2) + headerWord.eip])
      words[stub.link] = header;
  }

  // --- pages

  private pageAt(place: CodePlace): Page {
    const id = placeKey(place);
    if (this.lastPage?.id === id) return this.lastPage;
    const page = this.pages.get(id) ?? this.addPage(id, place);
    this.lastPage = page;
    return page;
  }

  private addPage(id: number, place: CodePlace): Page {
    const physical = place.physical >>> 12;
    const page: Page = {
      id,
      physical,
      linear: (place.eip & ~0xfff) >>> 0,
      mode: this.modeOf(place),
      blocks: new Map(),
      exits: new Map(),
      jumpSlots: [],
      drops: 0,
    };
    this.pages.set(id, page);
    const others = this.pagesOf.get(physical);
    if (others) others.push(page);
    else this.pagesOf.set(physical, [page]);
    return page;
  }

  private modeOf(place: CodePlace): Mode {
    const { modeKey, flat } = place;
    const key = modeIndex(place);
    const known = this.modes.get(key);
    if (known) return known;
    const user = ((modeKey >> 2) & 3) === 3;
    const forms = new InstructionForms({ modeKey, flat, seesAll: this.seesAll }, shape =>
      this.handlers.numberOf(shape),
    );
    const mode: Mode = { number: this.modes.size + 1, user, forms };
    this.modes.set(key, mode);
    this.modeNumbers[key] = mode.number;
    return mode;
  }

  private clearJumps(): void {
    this.words.fill(0, this.jumpTable >> 2, (this.jumpTable + jumpEntries * jumpEntryBytes) >> 2);
  }

  forget(): void {
    this.lastPage = undefined;
    this.pages.clear();
    this.pagesOf.clear();
    this.stubs = [];
    this.openStub = undefined;
    this.drops++;
    this.next = this.recordsStart;
    this.clearJumps();
  }

  /** Enters a block into the jump table, at one of its two places; if neither is free, what was in the first one moves. */
  private noteJump(page: Page, place: CodePlace, header: number): void {
    const { eip } = place;
    const slot = jumpSlot(eip);
    if (this.isNoted(slot, page, header) || this.isNoted(otherJumpSlot(slot), page, header)) return;
    const { words } = this;
    const [first, second] = [this.jumpEntry(slot), this.jumpEntry(otherJumpSlot(slot))];
    const isFree = (place: number): boolean => words[place + jumpWord.mode] === 0;
    const entry = !isFree(first) && isFree(second) ? second : first;
    if (!isFree(entry)) words.copyWithin(second, first, first + jumpEntryBytes / 4);
    words[entry + jumpWord.eip] = eip;
    words[entry + jumpWord.mode] = page.mode.number;
    words[entry + jumpWord.header] = header;
    words[entry + jumpWord.addend] = this.addendOf(place);
    page.jumpSlots.push(slot);
  }

  private isNoted(slot: number, { mode }: Page, header: number): boolean {
    const entry = this.jumpEntry(slot);
    return this.words[entry + jumpWord.header] === header && this.words[entry + jumpWord.mode] === mode.number;
  }

  /** index of an entry's first word */
  private jumpEntry(slot: number): number {
    return (this.jumpTable + slot * jumpEntryBytes) >> 2;
  }

  // --- blocks

  /** Makes the block at `eip`; gives its header's address, or 0. */
  private make(page: Page, eip: number): number {
    if (!this.hasRoom) {
      this.forget();
      return nothing;
    }
    const entry = this.hot.entryAt(page.id, eip);
    if (entry) return this.makeGate(page, eip, entry);
    const pieces = this.findPieces(page, eip);
    if (pieces.length === 0) return this.noteNothing(page, eip);
    this.memory.physical.watchWrites(page.physical);
    this.chooseVariants(pieces);
    return this.writeBlock(page, eip, pieces);
  }

  /** Unless a handler is still to be made, nothing will ever run here but the evaluator, until the page changes. */
  private noteNothing(page: Page, eip: number): number {
    if (this.missed || !this.isRam(page)) return nothing;
    this.memory.physical.watchWrites(page.physical);
    page.blocks.set(eip & 0xfff, nothing);
    return nothing;
  }

  private isRam({ physical }: Page): boolean {
    return this.memory.physical.contains(physical * pageSizeBytes, pageSizeBytes);
  }

  private findPieces(page: Page, start: number): Piece[] {
    const pieces: Piece[] = [];
    const pageStart = this.startOf(page);
    this.missed = false;
    if (!this.isRam(page)) return pieces;
    let offset = start & 0xfff;
    while (pieces.length < mostBlockInstructions && offset < pageSizeBytes) {
      const eip = page.linear + offset;
      if (this.stops.has(eip) || (pieces.length > 0 && this.hot.entryAt(page.id, eip))) break;
      const form = page.mode.forms.at(this.bytes, pageStart + offset, pageSizeBytes - offset);
      if (!form || (form.end === 'repeat' && pieces.length > 0) || !this.isReady(form.whole)) break;
      pieces.push({ form, variant: form.whole, eip });
      offset += form.length;
      if (form.end !== 'next') break;
    }
    return pieces;
  }

  /** Where a page lies in the buffer. */
  private startOf({ physical }: Page): number {
    return this.memory.physical.byteOffset + physical * pageSizeBytes;
  }

  private isReady({ handler }: FormVariant): boolean {
    if (this.handlers.isReady(handler)) return true;
    this.missed = true;
    return this.handlers.noteMiss() && this.handlers.isReady(handler);
  }

  /** From the last to the first: flags that are written again before anybody can look are not computed. */
  private chooseVariants(pieces: readonly Piece[]): void {
    let wanted = allFlags;
    for (let index = pieces.length - 1; index >= 0; index--) {
      const piece = pieces[index];
      const { whole, withoutFlags } = piece.form;
      if (withoutFlags && (whole.shape.flagsWritten & wanted) === 0 && this.handlers.isReady(withoutFlags.handler))
        piece.variant = withoutFlags;
      const { shape } = piece.variant;
      wanted = (wanted & ~shape.flagsWritten) | shape.flagsRead;
      if (shape.canLeave) wanted = allFlags;
    }
  }

  private writeBlock(page: Page, eip: number, pieces: readonly Piece[]): number {
    const { words } = this;
    const pageStart = this.startOf(page);
    const header = this.takeWords(4);
    words[header + headerWord.count] = pieces.length;
    words[header + headerWord.visits] = this.hotVisits;
    words[header + headerWord.eip] = eip;
    page.blocks.set(eip & 0xfff, header * 4);
    const links: { readonly word: number; readonly target: number }[] = [];
    pieces.forEach((piece, index) => {
      const left = pieces.length - index;
      const [target, following] = this.writeRecord(piece, left, pageStart);
      const { layout } = piece.variant;
      const first = this.recordsEnd + layout.links;
      if (layout.linkCount > 0) links.push({ word: first, target });
      if (layout.linkCount > 1) links.push({ word: first + 1, target: following });
    });
    const last = pieces[pieces.length - 1];
    if (last.form.end === 'next') {
      const record = this.takeWords(2);
      words[record] = fixedHandler.goTo;
      links.push({ word: record + 1, target: (last.eip + last.form.length) >>> 0 });
    }
    for (const { word, target } of links) words[word] = this.headerFor(page, target >>> 0, word);
    return header * 4;
  }

  /** index of the first word of the record that was written last */
  private recordsEnd = 0;
  private readonly fieldValues = new Int32Array(8);

  /** Gives where control may go: the target, and what follows. */
  private writeRecord({ form, variant, eip }: Piece, left: number, pageStart: number): readonly [number, number] {
    const { words, fieldValues } = this;
    const { shape, layout, handler } = variant;
    const record = this.takeWords(layout.words);
    this.recordsEnd = record;
    const following = (eip + form.length) >>> 0;
    fieldValues[0] = following;
    for (let index = 0; index < form.fields.length; index++)
      fieldValues[index + 1] = this.field(form, index, eip, pageStart);
    words[record] = handler;
    for (let index = 0; index < shape.registers.length; index++)
      words[record + layout.registers + index] = this.state.byteOffset + shape.registers[index];
    for (let index = 0; index < shape.parameters.length; index++)
      words[record + layout.parameters + index] = parameterValue(shape.parameters[index], fieldValues);
    if (shape.canLeave) {
      words[record + layout.leave] = eip;
      words[record + layout.leave + 1] = left;
    }
    if (leavesAfter(shape)) words[record + layout.following] = following;
    const { end } = shape.graph;
    if (layout.linkCount === 0) return [0, 0];
    if (end.kind === 'jump' || end.kind === 'branch') return [parameterValue(end.target, fieldValues), following];
    return [eip, following];
  }

  private field({ fields }: InstructionForm, index: number, eip: number, pageStart: number): number {
    const { offset, bytes } = fields[index];
    const at = pageStart + (eip & 0xfff) + offset;
    const low = this.bytes[at];
    if (bytes === 1) return (low << 24) >> 24;
    if (bytes === 2) return ((low | (this.bytes[at + 1] << 8)) << 16) >> 16;
    return low | (this.bytes[at + 1] << 8) | (this.bytes[at + 2] << 16) | (this.bytes[at + 3] << 24);
  }

  /** The header that a link to `target` leads to: a block, a stub in its place, or a way out of the page. */
  private headerFor(page: Page, target: number, link: number): number {
    if (target >>> 12 !== page.linear >>> 12) return page.exits.get(target) ?? this.makeExit(page, target);
    const known = page.blocks.get(target & 0xfff);
    if (known) return known;
    const entry = this.hot.entryAt(page.id, target);
    if (entry) return this.makeGate(page, target, entry);
    const { words } = this;
    const stub = this.takeWords(4);
    words[stub + headerWord.count] = unmade;
    words[stub + headerWord.visits] = never;
    words[stub + headerWord.eip] = target;
    words[stub + headerWord.stub] = this.stubs.push({ page, drops: page.drops, link }) - 1;
    return stub * 4;
  }

  /** A block that goes into compiled code. */
  private makeGate(page: Page, eip: number, { functionNumber, block }: CompiledEntry): number {
    const header = this.makePassage(eip, gateWord.words);
    const record = (header + headerBytes) >> 2;
    this.words[record] = fixedHandler.enterRegion;
    this.words[record + gateWord.function] = functionNumber;
    this.words[record + gateWord.block] = block;
    this.words[record + gateWord.bypass] = 0;
    page.blocks.set(eip & 0xfff, header);
    return header;
  }

  /** Compiled code could do nothing at a gate: gives the gate a block of records for such cases. True if it has one from now on. */
  private addBypass(gate: number, place: CodePlace): boolean {
    const record = (gate + headerBytes) >> 2;
    const { words } = this;
    const isGate = words[record] === fixedHandler.enterRegion;
    if (!isGate || words[record + gateWord.bypass] !== 0 || this.raised) return false;
    const page = this.pageAt(place);
    if (page.blocks.get(place.eip & 0xfff) !== gate || !this.hasRoom) return false;
    const pieces = this.findPieces(page, place.eip);
    if (pieces.length === 0) return false;
    this.chooseVariants(pieces);
    const bypass = this.writeBlock(page, place.eip, pieces);
    words[(bypass >> 2) + headerWord.visits] = never;
    words[record + gateWord.bypass] = bypass;
    page.blocks.set(place.eip & 0xfff, gate);
    return true;
  }

  private get hasRoom(): boolean {
    return this.next + mostBlockBytes <= this.recordsStart + recordRoomBytes;
  }

  private makeExit(page: Page, target: number): number {
    const header = this.makePassage(target, 2);
    const record = (header + headerBytes) >> 2;
    this.words[record] = fixedHandler.lookUp;
    this.words[record + 1] = target;
    page.exits.set(target, header);
    return header;
  }

  /** A block without instructions, with room for a record. */
  private makePassage(eip: number, recordWords: number): number {
    const { words } = this;
    const header = this.takeWords(headerBytes / 4 + recordWords);
    words[header + headerWord.count] = 0;
    words[header + headerWord.visits] = never;
    words[header + headerWord.eip] = eip;
    return header * 4;
  }

  /** Room for so many words; gives the index of the first. */
  private takeWords(count: number): number {
    const first = this.next >> 2;
    this.next += count * 4;
    return first;
  }
}

/** (module (func (return_call 0))) */
const tailCallModule = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 6, 1, 4, 0, 0x12, 0, 0x0b],
);

/** Does the engine have tail calls? Found out by showing it a function with one. */
const hasTailCalls = (): boolean => WebAssembly.validate(tailCallModule);
