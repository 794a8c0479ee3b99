// Transfers through the privileged machinery that routines make again by themselves (`ir/wasm/transferLayout.ts`): INT n,
// page faults and IRETD in protected mode, through 32-bit gates and on flat stacks. What is known of one is read off what the
// machinery has just done.

import {
  attributeDpl,
  descriptorAttributes,
  descriptorBase,
  descriptorLimit,
  gateOffset,
  gateSelector,
  type RawDescriptor,
  selectorIsLocal,
  selectorOffset,
  SystemType,
} from '../../isa/descriptors';
import { systemType } from '../../isa/descriptorTypes';
import { Vector } from '../../isa/exceptions';
import { ioplShift } from '../../isa/flags';
import { Segment } from '../../isa/registers';
import { innerStackOffset } from '../../isa/taskState';
import {
  faultRecords,
  interruptRecords,
  returnRecords,
  returnSelectorMask,
  transferBytes,
  type TransferLayout,
  transferWord,
  transferWords,
} from '../../ir/wasm/transferLayout';
import type { CodeMode } from './codePlace';
import { flagsKept } from '../privileged/transfers/gateDelivery';
import { loadableFlags } from '../privileged/eflags';
import { modeOfKey } from './programCache';
import type { DeliveryCause, DeliveryCounts } from '../memory/deliveryCounts';
import type { MemoryUnit } from '../memory/memoryUnit';
import type { ProcessorState } from '../registers/state';

/** A mode, its number in the jump table, and the address of its table of fetches in the TLB. */
export interface NumberedMode {
  readonly mode: CodeMode;
  readonly number: number;
  readonly fetchTable: number;
}

/** From the mode before to the one after. */
export interface ModeChange {
  readonly from: NumberedMode;
  readonly to: NumberedMode;
}

const flatStack = 2;
const descriptorBytes = 8;

export class KnownTransfers {
  readonly layout: TransferLayout;
  private readonly words: Int32Array;
  private readonly first: number;
  private readonly count = interruptRecords + faultRecords + returnRecords;
  private isEmpty = true;

  constructor(
    private readonly state: ProcessorState,
    private readonly memory: MemoryUnit,
    private readonly deliveries: DeliveryCounts,
  ) {
    const { physical, area } = memory;
    const interrupts = area.allocate(this.count * transferBytes);
    const pageFaults = interrupts + interruptRecords * transferBytes;
    this.layout = { interrupts, pageFaults, returns: pageFaults + faultRecords * transferBytes };
    this.words = new Int32Array(physical.buffer);
    this.first = interrupts >> 2;
  }

  clear(): void {
    if (this.isEmpty) return;
    this.isEmpty = true;
    this.words.fill(0, this.first, this.first + this.count * transferWords);
  }

  /** INT n has just been delivered. */
  learnInterrupt(vector: number, change: ModeChange): void {
    const { cpl } = modeOfKey(change.from.mode.modeKey);
    const record = this.layout.interrupts + (vector * 4 + cpl) * transferBytes;
    if (attributeDpl(this.gateAttributes(vector)) >= cpl)
      this.learnDelivery(record, vector, 'softwareInterrupt', change);
  }

  /** A page fault has just been delivered. */
  learnPageFault(change: ModeChange): void {
    const { cpl } = modeOfKey(change.from.mode.modeKey);
    this.learnDelivery(this.layout.pageFaults + cpl * transferBytes, Vector.pageFault, 'exception', change);
  }

  private learnDelivery(record: number, vector: number, cause: DeliveryCause, change: ModeChange): void {
    const { state } = this;
    // to write the frame as the handler's user is not for routines
    if (!usesFlatStacks(change) || cplOf(change.to) === 3) return;
    const gateAddress = this.gateAddress(vector);
    const gate = this.descriptorAt(gateAddress);
    if (!gate || !is32BitGate(descriptorAttributes(gate)) || gateOffset(gate) !== state.eip) return;
    // the frame may have gone over the gate
    if (selectorOffset(gateSelector(gate)) !== selectorOffset(state.selector(Segment.cs))) return;
    const code = this.segmentDescriptor(gateSelector(gate), Segment.cs);
    const changesRing = cplOf(change.from) !== cplOf(change.to);
    const stack = changesRing ? this.segmentDescriptor(state.selector(Segment.ss), Segment.ss) : 0;
    const stackPointerAddress = changesRing ? this.stackPointerAddress(cplOf(change.to)) : 0;
    if (code === undefined || stack === undefined || stackPointerAddress === undefined) return;
    this.begin(record, change, code, stack);
    this.set(record, transferWord.flags, flagsKept(descriptorAttributes(gate)));
    this.setDescriptor(record, transferWord.gate, gateAddress);
    this.set(record, transferWord.idtrBase, state.idtrBase);
    this.set(record, transferWord.idtrLimit, state.idtrLimit);
    this.set(record, transferWord.trBase, state.base(Segment.tr));
    this.set(record, transferWord.trLimit, state.limit(Segment.tr));
    this.set(record, transferWord.trAttributes, state.attributes(Segment.tr));
    this.set(record, transferWord.stackPointerAddress, stackPointerAddress);
    this.set(record, transferWord.eip, state.eip);
    this.set(record, transferWord.count, this.deliveries.addressOf(cause, vector));
    this.complete(record, change);
  }

  /** IRETD has just returned, within a task. `iopl` as it was before. */
  learnReturn(iopl: number, change: ModeChange): void {
    const { state } = this;
    const fromCpl = cplOf(change.from);
    // to read the frame as the code segment's user, or without one, is not for routines
    if (!usesFlatStacks(change) || fromCpl === 3) return;
    const changesRing = fromCpl !== cplOf(change.to);
    const code = this.segmentDescriptor(state.selector(Segment.cs), Segment.cs);
    const stack = changesRing ? this.segmentDescriptor(state.selector(Segment.ss), Segment.ss) : 0;
    if (code === undefined || stack === undefined) return;
    const record = this.layout.returns + (state.selector(Segment.cs) & returnSelectorMask) * transferBytes;
    this.begin(record, change, code, stack);
    this.set(record, transferWord.flags, loadableFlags({ cpl: fromCpl, iopl, usesDescriptors: true }, 4));
    this.set(record, transferWord.iopl, iopl << ioplShift);
    this.complete(record, change);
  }

  // --- what a transfer depended on

  private gateAddress(vector: number): number {
    return (this.state.idtrBase + vector * descriptorBytes) >>> 0;
  }

  private gateAttributes(vector: number): number {
    const gate = this.descriptorAt(this.gateAddress(vector));
    return gate ? descriptorAttributes(gate) : 0;
  }

  /** The descriptor at a linear address, if routines can read it. */
  private descriptorAt(address: number): RawDescriptor | undefined {
    const place = this.memory.place(address >>> 0, descriptorBytes, false, false);
    if (place < 0) return undefined;
    return { low: this.memory.valueAt(place, 4), high: this.memory.valueAt(place + 4, 4) };
  }

  /** The address of a selector's descriptor, if it is in the GDT and describes the segment as it is loaded. Never 0. */
  private segmentDescriptor(selector: number, segment: number): number | undefined {
    const { state } = this;
    if (selectorIsLocal(selector)) return undefined;
    const address = (state.gdtrBase + selectorOffset(selector)) >>> 0;
    const descriptor = this.descriptorAt(address);
    const isLoaded =
      descriptor !== undefined &&
      descriptorAttributes(descriptor) === state.attributes(segment) &&
      descriptorLimit(descriptor) === state.limit(segment) &&
      descriptorBase(descriptor) === state.base(segment);
    return isLoaded && address !== 0 ? address : undefined;
  }

  /** Where a 32-bit TSS holds the stack of an inner ring. Routines see for themselves whether they can read it, and which SS it names. */
  private stackPointerAddress(cpl: number): number | undefined {
    const { state } = this;
    if (systemType(state.attributes(Segment.tr)) !== SystemType.tss32Busy) return undefined;
    return (state.base(Segment.tr) + innerStackOffset(cpl, 4)) >>> 0;
  }

  // --- records

  private set(record: number, word: number, value: number): void {
    this.words[(record >> 2) + word] = value;
  }

  private setDescriptor(record: number, word: number, address: number): void {
    const descriptor = this.descriptorAt(address);
    this.set(record, word, address);
    this.set(record, word + 1, descriptor?.low ?? 0);
    this.set(record, word + 2, descriptor?.high ?? 0);
  }

  private setSegment(record: number, word: number, segment: number): void {
    const { selector, attributes, limit } = this.state.segment(segment);
    [selector, attributes, limit].forEach((value, index) => this.set(record, word + index, value));
  }

  /** What all have. `stack` is 0 if SS stays. */
  private begin(record: number, { to }: ModeChange, code: number, stack: number): void {
    const { state } = this;
    this.isEmpty = false;
    this.set(record, transferWord.fromMode, 0);
    this.set(record, transferWord.toMode, to.number);
    this.set(record, transferWord.toFetchTable, to.fetchTable);
    this.set(record, transferWord.cpl, state.cpl);
    this.set(record, transferWord.gdtrBase, state.gdtrBase);
    this.set(record, transferWord.gdtrLimit, state.gdtrLimit);
    this.setDescriptor(record, transferWord.code, code);
    this.setSegment(record, transferWord.cs, Segment.cs);
    if (stack === 0) this.set(record, transferWord.stack, 0);
    else this.setDescriptor(record, transferWord.stack, stack);
    this.setSegment(record, transferWord.ss, Segment.ss);
  }

  private complete(record: number, { from }: ModeChange): void {
    this.set(record, transferWord.fromMode, from.number);
  }
}

const cplOf = ({ mode }: NumberedMode): number => modeOfKey(mode.modeKey).cpl;

function is32BitGate(attributes: number): boolean {
  const type = systemType(attributes);
  return type === SystemType.interruptGate32 || type === SystemType.trapGate32;
}

/** Both in protected mode, with a stack that begins at 0 and goes by ESP, as none does in virtual-8086 mode; data segments stay as they are. */
const usesFlatStacks = ({ from, to }: ModeChange): boolean =>
  from.mode.flat === to.mode.flat &&
  [from, to].every(({ mode: { modeKey, flat } }) => {
    const { protectedMode, stackSize } = modeOfKey(modeKey);
    return protectedMode && stackSize === 32 && (flat & flatStack) !== 0;
  });
