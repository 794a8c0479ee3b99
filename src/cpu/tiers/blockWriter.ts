// Writes the records of threaded code's blocks into the area below RAM: from a plan, and the bytes of its instructions.

import { parameterValue } from '../../ir/routineShape';
import {
  heavyWord,
  trampolineWord,
  headerBytes,
  headerWord,
  leavesAfter,
  type RecordLayout,
  unmade,
} from '../../ir/wasm/threadedLayout';
import { fixedRoutine } from './routines';
import type { InstructionForm } from './instructionForms';
import type { PhysicalMemory } from '../memory/physicalMemory';
import type { ProcessorArea } from '../memory/processorArea';
import { type BlockPlan, mostBlockInstructions, type Stub, type ThreadedPage } from './threadedPage';

const recordBytes = 0x600000;
/** Most bytes that a block of so many instructions can need, links and stubs included. */
const mostBlockBytes = mostBlockInstructions * 116 + 0x400;
export const neverHot = 0x7fffffff;

/** Where compiled code is entered: number of the region's function in the table, and number of the block. */
export interface CompiledEntry {
  readonly functionNumber: number;
  readonly block: number;
}

/** The compiled entry at an offset in the code segment, in the page with this `placeKey`. */
export type EntryAt = (pageKey: number, eip: number) => CompiledEntry | undefined;

/** Headers are known by their addresses, words by their indices. */
export class BlockWriter {
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private next: number;
  private stubs: Stub[] = [];
  /** index of the first word of the record that was written last */
  private record = 0;
  private readonly fieldValues = new Int32Array(8);
  /** pairs: a word that is to hold a header's address, and the EIP that it is for */
  private readonly links = new Int32Array(4);

  constructor(
    private readonly physical: PhysicalMemory,
    area: ProcessorArea,
    private readonly stateAddress: number,
    private readonly entryAt: EntryAt,
  ) {
    this.words = new Int32Array(physical.buffer);
    this.bytes = new Uint8Array(physical.buffer);
    this.start = area.allocate(recordBytes);
    this.next = this.start;
  }

  /** Is there room for another block? */
  get hasRoom(): boolean {
    return this.next + mostBlockBytes <= this.start + recordBytes;
  }

  /** Gives up all that has been written. */
  clear(): void {
    this.next = this.start;
    this.stubs = [];
  }

  /** The stub, if that is what has this header. */
  stubAt(header: number): Stub | undefined {
    const word = header >> 2;
    return this.words[word + headerWord.count] === unmade ? this.stubs[this.words[word + headerWord.stub]] : undefined;
  }

  countOf(header: number): number {
    return this.words[(header >> 2) + headerWord.count];
  }

  visitsLeft(header: number): number {
    return this.words[(header >> 2) + headerWord.visits];
  }

  setVisits(header: number, visits: number): void {
    this.words[(header >> 2) + headerWord.visits] = visits;
  }

  /** Fills in a link, if it is still a stub for this block. */
  link({ link }: Stub, header: number): void {
    const { words } = this;
    if (words[(words[link] >> 2) + headerWord.eip] === words[(header >> 2) + headerWord.eip]) words[link] = header;
  }

  /** A block of instructions that lie one after the other from `eip`. */
  write(page: ThreadedPage, eip: number, plan: BlockPlan, visits: number): number {
    const { words, links } = this;
    const header = this.takeWords(headerBytes / 4);
    words[header + headerWord.count] = plan.count;
    words[header + headerWord.visits] = visits;
    words[header + headerWord.eip] = eip;
    page.blocks.set(eip, header * 4);
    let linked = 0;
    let at = eip;
    for (let index = 0; index < plan.count; index++) {
      this.writeWeight(plan, index, at);
      linked = this.writeRecord(page, plan, index, at);
      at = (at + plan.forms[index].length) >>> 0;
    }
    if (plan.forms[plan.count - 1].end === 'next') linked = this.writeGoTo(at);
    for (let index = 0; index < linked; index += 2)
      words[links[index]] = this.headerFor(page, links[index + 1] >>> 0, links[index]);
    return header * 4;
  }

  /** A block that goes into compiled code. */
  writeTrampoline(page: ThreadedPage, eip: number, { functionNumber, block }: CompiledEntry): number {
    const header = this.writePassage(eip, trampolineWord.words);
    const record = (header + headerBytes) >> 2;
    this.words[record] = fixedRoutine.enterRegion;
    this.words[record + trampolineWord.function] = functionNumber;
    this.words[record + trampolineWord.block] = block;
    this.words[record + trampolineWord.bypass] = 0;
    page.blocks.set(eip, header);
    return header;
  }

  /** Is it a trampoline, with nothing yet for when compiled code can do nothing there? */
  wantsBypass(header: number): boolean {
    const record = (header + headerBytes) >> 2;
    return this.words[record] === fixedRoutine.enterRegion && this.words[record + trampolineWord.bypass] === 0;
  }

  /** Writes a block of records for when compiled code can do nothing at a trampoline. */
  writeBypass(trampoline: number, page: ThreadedPage, eip: number, plan: BlockPlan): void {
    const bypass = this.write(page, eip, plan, neverHot);
    this.words[((trampoline + headerBytes) >> 2) + trampolineWord.bypass] = bypass;
    page.blocks.set(eip, trampoline);
  }

  /** A record before an instruction that does not weigh one. */
  private writeWeight({ weights, count }: BlockPlan, index: number, eip: number): void {
    const weight = weights[index];
    if (weight === 1) return;
    const record = this.takeWords(weight === 0 ? 1 : heavyWord.words);
    this.words[record] = weight === 0 ? fixedRoutine.weighNothing : fixedRoutine.weighMore;
    if (weight === 0) return;
    this.words[record + heavyWord.more] = weight - 1;
    this.words[record + heavyWord.eip] = eip;
    this.words[record + heavyWord.left] = count - index;
  }

  /** Gives how many words of `links` it has filled. */
  private writeRecord(page: ThreadedPage, plan: BlockPlan, index: number, eip: number): number {
    const { words, fieldValues } = this;
    const form = plan.forms[index];
    const { shape, layout, routine } = plan.variants[index];
    const record = this.takeWords(layout.words);
    this.record = record;
    const following = (eip + form.length) >>> 0;
    this.readFields(form, following, this.startOf(page) + (eip & 0xfff));
    words[record] = routine;
    for (let open = 0; open < shape.registers.length; open++)
      words[record + layout.registers + open] = this.stateAddress + shape.registers[open];
    for (let open = 0; open < shape.parameters.length; open++)
      words[record + layout.parameters + open] = parameterValue(shape.parameters[open], fieldValues);
    if (shape.canLeave) {
      words[record + layout.leave] = eip;
      words[record + layout.leave + 1] = plan.count - index;
    }
    if (leavesAfter(shape)) words[record + layout.following] = following;
    if (layout.linkCount === 0) return 0;
    const { end } = shape.graph;
    const target = end.kind === 'jump' || end.kind === 'branch' ? parameterValue(end.target, fieldValues) : eip;
    return this.noteLinks(layout, target, following);
  }

  private noteLinks({ links, linkCount }: RecordLayout, target: number, following: number): number {
    this.links[0] = this.record + links;
    this.links[1] = target;
    this.links[2] = this.record + links + 1;
    this.links[3] = following;
    return linkCount * 2;
  }

  private writeGoTo(target: number): number {
    const record = this.takeWords(2);
    this.words[record] = fixedRoutine.goTo;
    this.links[0] = record + 1;
    this.links[1] = target;
    return 2;
  }

  /** What the instruction's bytes at `at` hold, by parameter number. */
  private readFields({ fields }: InstructionForm, following: number, at: number): void {
    this.fieldValues[0] = following;
    for (let index = 0; index < fields.length; index++) {
      const { offset, bytes } = fields[index];
      this.fieldValues[index + 1] = this.signedAt(at + offset, bytes);
    }
  }

  private signedAt(at: number, length: 1 | 2 | 4): number {
    const { bytes } = this;
    if (length === 1) return (bytes[at] << 24) >> 24;
    const word = bytes[at] | (bytes[at + 1] << 8);
    return length === 2 ? (word << 16) >> 16 : word | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  }

  /** Where a page lies in the buffer. */
  private startOf({ physical }: ThreadedPage): number {
    return this.physical.byteOffset + (physical << 12);
  }

  /** The header that a link to `target` leads to: a block, a stub in its place, or a way out of the page. */
  private headerFor(page: ThreadedPage, target: number, link: number): number {
    if (target >>> 12 !== page.linear >>> 12) return page.exits.get(target) ?? this.writeExit(page, target);
    const known = page.blocks.get(target);
    if (known > 0) return known;
    const entry = this.entryAt(page.id, target);
    return entry ? this.writeTrampoline(page, target, entry) : this.writeStub(page, target, link);
  }

  private writeStub(page: ThreadedPage, eip: number, link: number): number {
    const header = this.writePassage(eip, 0);
    this.words[(header >> 2) + headerWord.count] = unmade;
    this.words[(header >> 2) + headerWord.stub] = this.stubs.push({ page, drops: page.drops, link }) - 1;
    return header;
  }

  private writeExit(page: ThreadedPage, target: number): number {
    const header = this.writePassage(target, 2);
    const record = (header + headerBytes) >> 2;
    this.words[record] = fixedRoutine.lookUp;
    this.words[record + 1] = target;
    page.exits.set(target, header);
    return header;
  }

  /** A block without instructions, with room for a record. */
  private writePassage(eip: number, recordWords: number): number {
    const { words } = this;
    const header = this.takeWords(headerBytes / 4 + recordWords);
    words[header + headerWord.count] = 0;
    words[header + headerWord.visits] = neverHot;
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
