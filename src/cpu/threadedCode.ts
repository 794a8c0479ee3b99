// Threaded code: basic blocks as rows of records, each of which names the handler (`ir/wasm/handlerEmitter.ts`) that does its
// instruction and then goes on to the next record. Records are made from the bytes at little cost, so this is how code
// runs that is not worth compiling; it counts arrivals at each block to find what is.
//
// Blocks of one page are linked to one another directly: they are found, and dropped, together. Control to another page
// goes through the jump table, which also makes sure that the page is still mapped where it was.

import { pageSizeBytes } from '../base/address';
import { Dr7 } from '../isa/controlRegisters';
import { Eflags } from '../isa/flags';
import { Segment } from '../isa/registers';
import { helperNames, helperRow } from '../semantics/helpers';
import { allFlags } from '../ir/handlerShape';
import { headerBytes, type HandlerLayout } from '../ir/wasm/threadedLayout';
import { BlockWriter, type CompiledEntry, neverHot } from './blockWriter';
import { type CodeMode, type CodePlace, placeKey } from './codePlace';
import { CpuException, pageFault } from './fault';
import type { FunctionTable } from './functionTable';
import { fixedHandler, functionNumber, Handlers } from './handlers';
import { modeCount, modeOfKey } from './instructionCache';
import { type FormVariant, InstructionForms } from './instructionForms';
import { JumpTable } from './jumpTable';
import { KnownTransfers, type NumberedMode } from './knownTransfers';
import type { MemoryUnit } from './memoryUnit';
import type { ProcessorState } from './state';
import {
  BlockPlan,
  mostBlockInstructions,
  nothing,
  type Stub,
  type ThreadedMode,
  type ThreadedPage,
} from './threadedPage';
import { fetchKind, tlbEntries, tlbTableBytes } from './tlb';

/** by index in `helperNames` */
const disturbs = helperNames.map(name => helperRow(name).disturbs);
const softwareInterrupt = helperNames.indexOf('softwareInterrupt');
const interruptReturn = helperNames.indexOf('interruptReturn');

/** A helper bound to its processor, in the order of `helperNames`. */
export type HelperFunction = (a: number, b: number, c: number, d: number) => number | void;

/** The compiled code that threaded code goes into where there is some. */
export interface HotCode {
  /** Compiles the page of a place, in which these are the offsets in the code segment of blocks; true if it did. */
  compile(place: CodePlace, blocks: readonly number[]): boolean;
  /** the entry at an offset in the code segment, in the page with this `placeKey` */
  entryAt(pageKey: number, eip: number): CompiledEntry | undefined;
}

const modeIndex = ({ modeKey, flat }: CodeMode): number => modeKey * 8 + flat;

/** Words that handlers share with TypeScript: see `HandlerLayout`. */
const sharedWord = {
  leftAt: 0,
  mode: 1,
  budget: 2,
  end: 3,
  fetchTlb: 4,
  fault: 5,
  faultsLeft: 6,
  resumedAt: 7,
  leaveRecord: 8,
  refetchRecord: 9,
  count: 10,
} as const;

/** Page faults in a row that nobody but handlers sees: a guest whose handlers only ever fault retires nothing. */
const mostFaults = 10_000;
const noFault = -1;
const notResumed = -1;

export class ThreadedCode {
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  /** index of the shared words */
  private readonly shared: number;
  private readonly modes = new Map<number, ThreadedMode>();
  /** by `modeIndex`: number of the mode, 0 if there is none yet */
  private readonly modeNumbers = new Int32Array(modeCount * 8);
  /** number 0 is none */
  private readonly modesByNumber: CodeMode[] = [{ modeKey: 0, flat: 0 }];
  private readonly pages = new Map<number, ThreadedPage>();
  private readonly pagesOf = new Map<number, ThreadedPage[]>();
  private readonly jumps: JumpTable;
  private readonly writer: BlockWriter;
  private readonly transfers: KnownTransfers;
  /** Somebody wants to be told of transfers. */
  private isObserved = false;
  private readonly plan = new BlockPlan();
  private stops: ReadonlySet<number> = new Set();
  private seesAll = false;
  readonly handlers: Handlers;
  /** where control last left for a block that was not made */
  private openStub: Stub | undefined;
  private lastPage: ThreadedPage | undefined;
  private codeLimit = -1;
  private drops = 0;
  /** instructions retired once the budget of the run under way is used up */
  private countAtEnd = 0;
  private raised: CpuException | undefined;
  /** the last run ended before an access that is not for handlers */
  leftForEvaluator = false;
  /** did the block that was looked for want a handler that is not made yet? */
  private missed = false;
  /** see `TierLimits`; compiling an instruction costs as much time as running it some 10,000 times as a record */
  hotVisits = 8000;

  constructor(
    private readonly state: ProcessorState,
    private readonly memory: MemoryUnit,
    functions: FunctionTable,
    private readonly helpers: readonly HelperFunction[],
    private readonly hot: HotCode,
    private readonly modeNow: () => CodeMode | undefined,
    private readonly noticeInterrupts: () => void,
  ) {
    const { physical } = memory;
    this.words = new Int32Array(physical.buffer);
    this.bytes = new Uint8Array(physical.buffer);
    this.shared = physical.allocate(sharedWord.count * 4) >> 2;
    this.jumps = new JumpTable(physical);
    this.transfers = new KnownTransfers(state, memory);
    this.writer = new BlockWriter(physical, state.byteOffset, (pageKey, eip) => hot.entryAt(pageKey, eip));
    const layouts = { supervisor: this.layout(false), user: this.layout(true) };
    this.handlers = new Handlers(layouts, physical.wasm, functions, {
      fill: (linear, kind, bytes) => this.fill(linear, kind, bytes),
      helper: (index, a, b, c, d) => this.callHelper(index, a, b, c, d),
      fillFetch: linear => this.fill(linear, fetchKind(state.cpl === 3), 1),
      fillQuietly: (linear, kind, bytes) => (memory.fillForCompiledCode(linear >>> 0, kind, bytes) ? 1 : 0),
      noticeInterrupts: () => this.noticeInterrupts(),
    });
    this.fault = noFault;
    this.words[this.shared + sharedWord.leaveRecord] = fixedHandler.leave;
    this.words[this.shared + sharedWord.refetchRecord] = fixedHandler.refetch;
    physical.onChange(address => this.drop((address - physical.byteOffset) / pageSizeBytes));
  }

  private layout(user: boolean): HandlerLayout {
    const addressOf = (word: number): number => (this.shared + word) * 4;
    return {
      stateAddress: this.state.byteOffset,
      leftAtAddress: addressOf(sharedWord.leftAt),
      modeAddress: addressOf(sharedWord.mode),
      budgetAddress: addressOf(sharedWord.budget),
      endAddress: addressOf(sharedWord.end),
      fetchTlbAddress: addressOf(sharedWord.fetchTlb),
      faultAddress: addressOf(sharedWord.fault),
      faultsLeftAddress: addressOf(sharedWord.faultsLeft),
      resumedAtAddress: addressOf(sharedWord.resumedAt),
      leaveRecord: addressOf(sharedWord.leaveRecord),
      refetchRecord: addressOf(sharedWord.refetchRecord),
      transfers: this.transfers.layout,
      deliverInterruptNumber: fixedHandler.deliverInterrupt,
      deliverPageFaultNumber: fixedHandler.deliverPageFault,
      returnNumber: fixedHandler.return,
      jumpTableAddress: this.jumps.address,
      tlbAddress: this.memory.tlbAddress,
      tlbTableBytes,
      tlbSlots: tlbEntries,
      user,
      fillFunction: functionNumber.fill,
      helperFunction: functionNumber.helper,
      fillFetchFunction: functionNumber.fillFetch,
      fillQuietlyFunction: functionNumber.fillQuietly,
      noticeInterruptsFunction: functionNumber.noticeInterrupts,
      tailCalls: hasTailCalls(),
    };
  }

  // --- what handlers call

  /** A page walk sets accessed flags: perhaps in the very page that runs. */
  private fill(linear: number, kind: number, bytes: number): number {
    const { drops } = this;
    const filled = this.memory.fillForCompiledCode(linear >>> 0, kind, bytes);
    if (filled && this.drops === drops) return 1;
    if (!filled && !this.seesAll) this.fault = this.memory.takeRefusedFault();
    if (this.fault === noFault) this.leftForEvaluator = true;
    return 0;
  }

  /** Error code of the page fault that is due, CR2 set; or `noFault`. */
  private get fault(): number {
    return this.words[this.shared + sharedWord.fault];
  }

  private set fault(code: number) {
    this.words[this.shared + sharedWord.fault] = code;
  }

  /** The helper finds the time as it is before its instruction. */
  private callHelper(index: number, a: number, b: number, c: number, d: number): number {
    this.state.instructionCount = this.countAtEnd - this.words[this.shared + sharedWord.budget];
    if (index === softwareInterrupt || index === interruptReturn) this.transfer(index, a, b, c, d);
    else {
      const result = this.helpers[index](a, b, c, d) ?? 0;
      if (disturbs[index]) this.followMode();
      return result;
    }
    return 0;
  }

  private transfer(index: number, a: number, b: number, c: number, d: number): void {
    const { iopl } = this.state;
    const from = this.currentMode();
    const isNested = (this.state.systemFlags & Eflags.nt) !== 0;
    this.helpers[index](a, b, c, d);
    if (index === interruptReturn) this.clearResumeFlag();
    this.followMode();
    if (this.isObserved || this.words[this.shared + sharedWord.end] !== 0) return;
    const change = { from, to: this.currentMode() };
    if (index === softwareInterrupt) this.transfers.learnInterrupt(a & 0xff, change);
    else if (a === 32 && !isNested) this.transfers.learnReturn(iopl, change);
  }

  /** After IRET: as handlers do it themselves (`ir/wasm/transferEmitter.ts`). */
  private clearResumeFlag(): void {
    const { state } = this;
    if (!(state.systemFlags & Eflags.rf) || state.dr7 & Dr7.enables) return;
    state.systemFlags &= ~Eflags.rf;
    this.words[this.shared + sharedWord.resumedAt] = this.words[this.shared + sharedWord.budget] - 1;
  }

  /** The page fault at which the last run ended has been delivered. */
  learnPageFault(): void {
    const mode = this.modeNow();
    const number = mode && this.state.limit(Segment.cs) === this.codeLimit ? this.modeNumbers[modeIndex(mode)] : 0;
    if (this.isObserved || this.seesAll || !mode || number === 0) return;
    this.transfers.learnPageFault({ from: this.currentMode(), to: this.numbered(mode, number) });
  }

  /** Control goes on in the mode that there is now, if handlers can run in it. */
  private followMode(): void {
    const mode = this.modeNow();
    const number = mode && this.state.limit(Segment.cs) === this.codeLimit ? this.modeNumbers[modeIndex(mode)] : 0;
    if (mode && number !== 0) this.setMode(mode, number);
    else this.endRun();
  }

  private setMode(mode: CodeMode, number: number): void {
    this.words[this.shared + sharedWord.mode] = number;
    this.words[this.shared + sharedWord.fetchTlb] = this.fetchTableOf(mode);
  }

  private fetchTableOf({ modeKey }: CodeMode): number {
    return this.memory.tlbAddress + fetchKind(modeOfKey(modeKey).cpl === 3) * tlbTableBytes;
  }

  private numbered(mode: CodeMode, number: number): NumberedMode {
    return { mode, number, fetchTable: this.fetchTableOf(mode) };
  }

  /** The mode that handlers are in, or were in when they left. */
  private currentMode(): NumberedMode {
    const number = this.words[this.shared + sharedWord.mode];
    return this.numbered(this.modesByNumber[number], number);
  }

  // --- running

  /** The run under way ends after the instruction that calls the machinery now. */
  endRun(): void {
    this.words[this.shared + sharedWord.end] = 1;
  }

  /** Whether the machinery has to make each transfer, because somebody is told of it. */
  setObserved(isObserved: boolean): void {
    this.isObserved = isObserved;
    this.transfers.clear();
  }

  /** `seesAll`: instructions that are privileged or sensitive are left to the evaluator, before which somebody looks. */
  setStops(addresses: ReadonlySet<number>, seesAll: boolean): void {
    this.stops = addresses;
    if (seesAll !== this.seesAll) {
      this.modes.clear();
      this.modeNumbers.fill(0);
      this.modesByNumber.length = 1;
    }
    this.seesAll = seesAll;
    this.forget();
  }

  /** Runs at most `budget` instructions from here; 0 if there is nothing that handlers can run. Within the code segment's limit. */
  run(budget: number, place: CodePlace): number {
    const limit = this.state.limit(Segment.cs);
    if (limit !== this.codeLimit) {
      this.jumps.clear();
      this.transfers.clear();
    }
    this.codeLimit = limit;
    const header = this.find(place);
    if (header === nothing) return 0;
    const count = this.writer.countOf(header);
    if (count > budget) return 0;
    this.setMode(place, this.modeNumbers[modeIndex(place)]);
    this.words[this.shared + sharedWord.end] = 0;
    this.words[this.shared + sharedWord.faultsLeft] = mostFaults;
    this.words[this.shared + sharedWord.resumedAt] = notResumed;
    this.fault = noFault;
    this.memory.forgetRefusedFault();
    this.leftForEvaluator = false;
    this.countAtEnd = this.state.instructionCount + budget;
    let left = this.enter(header + headerBytes, budget - count);
    if (left === budget && this.addBypass(header, place)) left = this.enter(header + headerBytes, budget);
    this.state.instructionCount = this.countAtEnd - left;
    if (left === this.words[this.shared + sharedWord.resumedAt]) this.state.systemFlags |= Eflags.rf;
    this.afterLeaving();
    return budget - left;
  }

  private enter(record: number, budget: number): number {
    try {
      return this.handlers.enter(record, budget);
    } catch (exception) {
      if (!(exception instanceof CpuException)) throw exception;
      this.raised = exception;
      this.words[this.shared + sharedWord.leftAt] = 0;
      return this.words[this.shared + sharedWord.budget];
    }
  }

  /** The exception of the instruction at which `run` has ended, if that is why. The instruction has changed nothing. */
  takeException(): CpuException | undefined {
    const { raised } = this;
    this.raised = undefined;
    if (this.seesAll) return undefined;
    if (raised) return raised;
    const code = this.fault;
    this.fault = noFault;
    return code === noFault ? undefined : pageFault(code);
  }

  private afterLeaving(): void {
    const header = this.words[this.shared + sharedWord.leftAt];
    this.openStub = undefined;
    if (header === 0) return;
    this.openStub = this.writer.stubAt(header);
    if (!this.openStub && this.writer.visitsLeft(header) < 0) this.becomeHot(header);
  }

  /** Control is before the block with this header. */
  private becomeHot(header: number): void {
    this.writer.setVisits(header, neverHot);
    const { eip, cpl } = this.state;
    const physical = this.memory.tlb.lookup(eip, fetchKind(cpl === 3));
    if (physical < 0) return;
    const { modeKey, flat } = this.currentMode().mode;
    const place = { physical, eip, modeKey, flat };
    const page = this.pageAt(place);
    const blocks = [...page.blocks].filter(([, address]) => address !== nothing && this.wasVisited(address));
    if (this.hot.compile(place, [...blocks.map(([offset]) => page.linear + offset), eip])) this.drop(page.physical);
  }

  private wasVisited(header: number): boolean {
    return this.writer.visitsLeft(header) < this.hotVisits;
  }

  // --- pages

  /** Forgets the blocks of a physical page. */
  drop(physicalPage: number): void {
    const pages = this.pagesOf.get(physicalPage);
    if (!pages) return;
    this.drops++;
    for (const page of pages) {
      page.drops++;
      page.blocks.clear();
      page.exits.clear();
      for (const slot of page.jumpSlots) this.jumps.remove(slot);
      page.jumpSlots.length = 0;
    }
  }

  forget(): void {
    this.lastPage = undefined;
    this.pages.clear();
    this.pagesOf.clear();
    this.openStub = undefined;
    this.drops++;
    this.writer.clear();
    this.jumps.clear();
    this.transfers.clear();
  }

  private pageAt(place: CodePlace): ThreadedPage {
    const id = placeKey(place);
    if (this.lastPage?.id === id) return this.lastPage;
    const page = this.pages.get(id) ?? this.addPage(id, place);
    this.lastPage = page;
    return page;
  }

  private addPage(id: number, place: CodePlace): ThreadedPage {
    const physical = place.physical >>> 12;
    const linear = (place.eip & ~0xfff) >>> 0;
    const mode = this.modeOf(place);
    const page = { id, physical, linear, mode, blocks: new Map(), exits: new Map(), jumpSlots: [], drops: 0 };
    this.pages.set(id, page);
    const others = this.pagesOf.get(physical);
    if (others) others.push(page);
    else this.pagesOf.set(physical, [page]);
    return page;
  }

  private modeOf({ modeKey, flat }: CodeMode): ThreadedMode {
    const key = modeIndex({ modeKey, flat });
    const known = this.modes.get(key);
    if (known) return known;
    const conditions = { modeKey, flat, seesAll: this.seesAll };
    const forms = new InstructionForms(conditions, shape => this.handlers.numberOf(shape));
    const mode = { number: this.modes.size + 1, forms };
    this.modes.set(key, mode);
    this.modeNumbers[key] = mode.number;
    this.modesByNumber[mode.number] = { modeKey, flat };
    return mode;
  }

  // --- blocks

  /** Address of the header of the block at a place, which is made if need be; or `nothing`. */
  private find(place: CodePlace): number {
    const stub = this.openStub;
    const known = this.jumps.find(place, this.modeNumbers[modeIndex(place)]);
    if (known !== 0 && !stub) return known;
    const page = this.pageAt(place);
    const header = page.blocks.get(place.eip & 0xfff) ?? this.make(page, place.eip);
    this.openStub = undefined;
    if (header === nothing) return nothing;
    if (stub?.page === page && stub.drops === page.drops) this.writer.link(stub, header);
    if (known === 0) page.jumpSlots.push(this.jumps.add(place, page.mode.number, header));
    return header;
  }

  /** Makes the block at `eip`. */
  private make(page: ThreadedPage, eip: number): number {
    if (!this.writer.hasRoom) {
      this.forget();
      return nothing;
    }
    const entry = this.hot.entryAt(page.id, eip);
    if (entry) return this.writer.writeGate(page, eip, entry);
    if (!this.planBlock(page, eip)) return this.noteNothing(page, eip);
    this.memory.physical.watchWrites(page.physical);
    return this.writer.write(page, eip, this.plan, this.hotVisits);
  }

  /** Unless a handler is still to be made, nothing will ever run here but the evaluator, until the page changes. */
  private noteNothing(page: ThreadedPage, eip: number): number {
    if (this.missed || !this.isRam(page)) return nothing;
    this.memory.physical.watchWrites(page.physical);
    page.blocks.set(eip & 0xfff, nothing);
    return nothing;
  }

  /** Compiled code could do nothing at this block: true if it has records for such cases from now on. */
  private addBypass(gate: number, place: CodePlace): boolean {
    if (this.raised || !this.writer.wantsBypass(gate) || !this.writer.hasRoom) return false;
    const page = this.pageAt(place);
    if (page.blocks.get(place.eip & 0xfff) !== gate || !this.planBlock(page, place.eip)) return false;
    this.writer.writeBypass(gate, page, place.eip, this.plan);
    return true;
  }

  private isRam({ physical }: ThreadedPage): boolean {
    return this.memory.physical.contains(physical * pageSizeBytes, pageSizeBytes);
  }

  /** Finds the instructions of the block at `start`; false if there are none for handlers. */
  private planBlock(page: ThreadedPage, start: number): boolean {
    const { plan } = this;
    plan.count = 0;
    this.missed = false;
    if (!this.isRam(page)) return false;
    const pageStart = this.memory.physical.byteOffset + page.physical * pageSizeBytes;
    for (let offset = start & 0xfff; plan.count < mostBlockInstructions && offset < pageSizeBytes;) {
      const eip = page.linear + offset;
      if (this.stops.has(eip) || (plan.count > 0 && this.hot.entryAt(page.id, eip))) break;
      const form = page.mode.forms.at(this.bytes, pageStart + offset, pageSizeBytes - offset);
      if (!form || (form.end === 'repeat' && plan.count > 0) || !this.isReady(form.whole)) break;
      plan.add(form);
      offset += form.length;
      if (form.end !== 'next') break;
    }
    this.chooseVariants();
    return plan.count > 0;
  }

  private isReady({ handler }: FormVariant): boolean {
    if (this.handlers.isReady(handler)) return true;
    this.missed = true;
    return this.handlers.noteMiss() && this.handlers.isReady(handler);
  }

  /** From the last to the first: flags that are written again before anybody can look are not computed. */
  private chooseVariants(): void {
    const { forms, variants, count } = this.plan;
    let wanted = allFlags;
    for (let index = count - 1; index >= 0; index--) {
      const { whole, withoutFlags } = forms[index];
      if (withoutFlags && (whole.shape.flagsWritten & wanted) === 0 && this.handlers.isReady(withoutFlags.handler))
        variants[index] = withoutFlags;
      const { shape } = variants[index];
      wanted = (wanted & ~shape.flagsWritten) | shape.flagsRead;
      if (shape.canLeave) wanted = allFlags;
    }
  }
}

/** (module (func (return_call 0))) */
const tailCallModule = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 6, 1, 4, 0, 0x12, 0, 0x0b],
);

/** Does the engine have tail calls? Found out by showing it a function with one. */
const hasTailCalls = (): boolean => WebAssembly.validate(tailCallModule);
