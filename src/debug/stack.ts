// The call stack across the boundaries: monitor, guest kernel, guest program, with a label row at each crossing.
//
// Where debug information says how frames are found, as of compiled code, it is followed. Hand-written assembly seldom keeps
// frame pointers, so calls are found by looking through the live part of the stack for values that can only be return
// addresses: a CALL ends right before them. Handlers are known from the events that were delivered (`Crossings`), and where
// none was seen, from the frame that a ring change leaves at the top of the TSS's ring-0 stack. What cannot be read ends the
// walk; it never goes round in circles, as it only moves up the stack.

import type { Linear } from '../base/address';
import { t, translated } from '../base/localization';
import { exitReason } from '../monitor/exit';
import { decode } from '../isa/decode';
import { Eflags } from '../isa/flags';
import { Gpr, Segment } from '../isa/registers';
import { innerStackOffset } from '../isa/taskState';
import type { ProcessorState } from '../cpu/registers/state';
import type { System } from '../monitor/system';
import type { MonitorFrame, Visit } from '../monitor/visit';
import type { Crossing, Crossings } from './crossings';
import type { KnownRegisters } from './expressions/frameRegisters';
import { eventText } from './guestEvents';
import type { MemoryView } from './memory';
import { type KnownCalls, knownCalls } from './knownCalls';
import { linearStackPointer } from './position';
import { type SavedSegment, savedSegment } from './savedSegment';
import type { ProgramSymbols } from '../symbols/programSymbols';

/** How the function or handler of a frame ends. */
export type ReturnTarget =
  /** by a RET to `address`; `slot` is where the return address lies on the stack */
  | { readonly kind: 'call'; readonly address: number; readonly slot: number }
  /** by an IRET, after which `depth` handlers are under way */
  | { readonly kind: 'handler'; readonly depth: number }
  /** by leaving the ring `from` outwards */
  | { readonly kind: 'ring'; readonly from: number };

export interface GuestFrame {
  readonly kind: 'guest';
  /** linear address of the next instruction of this frame */
  readonly linear: Linear;
  /** linear address of the instruction that is under way here: the call, in a caller's frame; else the next one */
  readonly at: Linear;
  readonly ring: number;
  /** what is known of its registers; undefined of the innermost, whose registers are the guest's */
  readonly registers: KnownRegisters | undefined;
  readonly returns: ReturnTarget | undefined;
}

export type Frame =
  | { readonly kind: 'monitor'; readonly frame: MonitorFrame }
  | { readonly kind: 'label'; readonly text: string }
  | GuestFrame;

type Call = ReturnTarget & { readonly kind: 'call' };

const mostFrames = 64;
/** how much of a stack is looked through for one activation */
const mostStackBytes = 0x2000;
const callLengths = [5, 2, 3, 6, 7, 4];
const longestCall = 7;

/** Code that has been entered and not left (a handler, or what it interrupted), and where it is at: with its callers on one stack. */
interface Activation {
  readonly eip: number;
  readonly codeBase: number;
  readonly codeSize: 16 | 32;
  readonly stackPointer: number;
  /** EBP; undefined where nobody knows it any more */
  readonly basePointer?: number;
  /** base of the segment that the stack lies in */
  readonly stackBase: number;
  readonly ring: number;
  /** bytes of the instruction under way, if it is the one before `eip`: INT n has been passed when its handler runs */
  readonly passed: number;
  /** undefined of the innermost */
  readonly registers: KnownRegisters | undefined;
}

/** What the frames are found from; an engine has it. */
export interface StackSources {
  readonly system: System;
  readonly symbols: ProgramSymbols;
  readonly crossings: Crossings;
  readonly visit: Visit | undefined;
}

/** All frames, innermost first. */
export function callStack(sources: StackSources, memory: MemoryView): Frame[] {
  return new StackWalk(sources, memory).frames();
}

class StackWalk {
  private readonly found: Frame[] = [];
  private readonly state: ProcessorState;
  private readonly crossings: readonly Crossing[];

  constructor(
    private readonly sources: StackSources,
    private readonly memory: MemoryView,
  ) {
    this.state = sources.system.running.level.believed();
    this.crossings = sources.crossings.underWay(this.state);
  }

  frames(): Frame[] {
    this.monitorFrames();
    const { state } = this;
    let activation: Activation | undefined = {
      eip: state.eip,
      codeBase: state.base(Segment.cs),
      codeSize: state.codeIs32Bit ? 32 : 16,
      stackPointer: linearStackPointer(state),
      basePointer: (state.base(Segment.ss) + state.gpr(Gpr.ebp)) >>> 0,
      stackBase: state.base(Segment.ss),
      ring: state.cpl,
      passed: 0,
      registers: undefined,
    };
    for (let depth = this.crossings.length - 1; activation && depth >= 0; depth--) {
      activation = this.throughCrossing(activation, this.crossings[depth], depth);
    }
    if (activation) this.outermost(activation);
    return this.found.slice(0, mostFrames);
  }

  private monitorFrames(): void {
    const { visit } = this.sources;
    if (!visit?.isUnderWay) return;
    for (const frame of visit.stack) this.found.push({ kind: 'monitor', frame });
    const { exit } = visit;
    const reason = translated(exitReason(exit));
    const text = exit.kind === 'emulation' ? reason : t`${reason} · ring ${exit.ring} → ${0}`;
    this.found.push({ kind: 'label', text });
  }

  /** The frames of a handler, the label that names its event, and the activation that was interrupted. */
  private throughCrossing(activation: Activation, crossing: Crossing, depth: number): Activation | undefined {
    const { event, frame } = crossing;
    const onStack =
      frame.address >= activation.stackPointer && frame.address - activation.stackPointer < mostStackBytes;
    this.activationFrames(activation, onStack ? frame.address : undefined, { kind: 'handler', depth });
    this.found.push({ kind: 'label', text: t`${eventText(event)} · ring ${event.fromCpl} → ${event.toCpl}` });
    const inVirtual8086 = this.interruptedVirtual8086(frame);
    const stack = this.stackBefore(activation, frame, event.fromCpl !== event.toCpl, inVirtual8086);
    const outer = {
      eip: event.returnEip,
      codeBase: (event.returnLinear - event.returnEip) >>> 0,
      codeSize: this.segment(event.returnSelector, inVirtual8086).size,
      stackPointer: stack?.pointer ?? 0,
      stackBase: stack?.base ?? 0,
      ring: event.fromCpl,
      passed: event.kind === 'softwareInterrupt' ? 2 : event.kind === 'softwareException' ? 1 : 0,
      registers: {
        eip: event.returnEip,
        cs: event.returnSelector,
        eflags: this.memory.read(frame.address + 2 * frame.slotBytes, frame.slotBytes),
        ...(stack && { esp: (stack.pointer - stack.base) >>> 0, ss: stack.selector }),
        cpl: event.fromCpl,
      },
    };
    if (stack !== undefined) return outer;
    this.found.push(this.guestFrame(outer, undefined));
    return undefined;
  }

  /** The activation that no known handler interrupted; a kernel's may still have been entered from a program. */
  private outermost(activation: Activation): void {
    const program = activation.ring === 0 ? this.programBelow(activation) : undefined;
    this.activationFrames(activation, program?.frame, program && { kind: 'ring', from: activation.ring });
    if (!program) return;
    this.found.push({ kind: 'label', text: t`ring ${program.activation.ring} → ${activation.ring}` });
    this.activationFrames(program.activation, undefined, undefined);
  }

  /** An activation's innermost frame, and its callers as far as its stack goes. `outermostReturn` is how the last one ends. */
  private activationFrames(
    activation: Activation,
    stackEnd: number | undefined,
    outermostReturn: ReturnTarget | undefined,
  ): void {
    const known = this.knownCalls(activation, stackEnd);
    const calls = [...known.calls, ...this.calls({ ...activation, stackPointer: known.stackPointer }, stackEnd)];
    this.found.push(this.guestFrame(activation, calls[0] ?? outermostReturn));
    const slotBytes = activation.codeSize === 32 ? 4 : 2;
    let { basePointer } = activation;
    calls.forEach((call, index) => {
      basePointer = this.callersBasePointer(basePointer, call.slot, slotBytes);
      const { address: linear, slot } = call;
      const returns = calls[index + 1] ?? outermostReturn;
      const at = this.callBefore(linear, activation.codeSize) ?? linear;
      const registers = this.callersRegisters(activation, { linear, stackPointer: slot + slotBytes, basePointer });
      this.found.push({ kind: 'guest', linear, at, ring: activation.ring, registers, returns });
    });
  }

  /** What a function has when the one that it called has returned: its place, its stack, and what nobody changes on the way. */
  private callersRegisters(
    { codeBase, stackBase, ring, registers }: Activation,
    { linear, stackPointer, basePointer }: { linear: number; stackPointer: number; basePointer: number | undefined },
  ): KnownRegisters {
    const { state } = this;
    const { cs, ss } = registers ?? { cs: state.selector(Segment.cs), ss: state.selector(Segment.ss) };
    const esp = (stackPointer - stackBase) >>> 0;
    const ebp = basePointer === undefined ? undefined : (basePointer - stackBase) >>> 0;
    return { eip: (linear - codeBase) >>> 0, esp, ebp, cs, ss, cpl: ring };
  }

  /** The callee has pushed it right below its return address and points there, or has left it alone; else nobody knows. */
  private callersBasePointer(basePointer: number | undefined, slot: number, slotBytes: 2 | 4): number | undefined {
    if (basePointer === undefined || basePointer > slot) return basePointer;
    return basePointer === slot - slotBytes ? this.memory.read(basePointer, slotBytes) : undefined;
  }

  private guestFrame(activation: Activation, returns: ReturnTarget | undefined): GuestFrame {
    const { eip, codeBase, ring, passed, registers } = activation;
    const linear = (codeBase + eip) >>> 0;
    return { kind: 'guest', linear, at: (linear - passed) >>> 0, ring, registers, returns };
  }

  /** The innermost calls, as far as debug information tells them. */
  private knownCalls(activation: Activation, stackEnd = Infinity): KnownCalls {
    const { codeBase, codeSize, eip, stackPointer, basePointer } = activation;
    const innermost = { linear: (codeBase + eip) >>> 0, stackPointer, basePointer };
    if (codeSize !== 32) return { calls: [], stackPointer };
    const { symbols } = this.sources;
    const isReturnAddress = (address: number): boolean => this.followsCall(address, codeSize);
    return knownCalls(innermost, { symbols, memory: this.memory, isReturnAddress, stackEnd, most: mostFrames });
  }

  /** The return addresses on the stack, innermost first. */
  private calls({ stackPointer, codeBase, codeSize }: Activation, stackEnd: number | undefined): Call[] {
    const slotBytes = codeSize / 8;
    const length = Math.min((stackEnd ?? Infinity) - stackPointer, mostStackBytes);
    const { bytes } = this.memory.readBytes({ space: 'gva', address: stackPointer }, length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const found: Call[] = [];
    for (let offset = 0; offset + slotBytes <= bytes.length && found.length < mostFrames; offset += slotBytes) {
      const eip = slotBytes === 4 ? view.getUint32(offset, true) : view.getUint16(offset, true);
      const address = (codeBase + eip) >>> 0;
      if (eip !== 0 && this.followsCall(address, codeSize))
        found.push({ kind: 'call', address, slot: stackPointer + offset });
    }
    return found;
  }

  /** Does a CALL end where `address` begins? */
  private followsCall(address: number, codeSize: 16 | 32): boolean {
    const { symbols } = this.sources;
    if (symbols.lines.covers(address - 1) && !symbols.lines.rowAt(address - 1)?.isCode) return false;
    return this.callBefore(address, codeSize) !== undefined;
  }

  /** Where the CALL begins that ends where `address` begins. */
  private callBefore(address: number, codeSize: 16 | 32): Linear | undefined {
    const start = Math.max(0, address - longestCall);
    const { bytes } = this.memory.readBytes({ space: 'gva', address: start }, address - start);
    const length = callLengths.find(each => each <= bytes.length && isCall(bytes, bytes.length - each, each, codeSize));
    return length === undefined ? undefined : address - length;
  }

  /** Only frames of four-byte slots have room for VM. */
  private interruptedVirtual8086({ address, slotBytes }: Crossing['frame']): boolean {
    return slotBytes === 4 && ((this.memory.read(address + 8, 4) ?? 0) & Eflags.vm) !== 0;
  }

  /** Linear stack pointer of the interrupted code: saved in the frame if the ring changed, else right above the frame. */
  private stackBefore(
    { stackBase, registers }: Activation,
    { address, slotBytes }: Crossing['frame'],
    ringChanged: boolean,
    inVirtual8086: boolean,
  ): { pointer: number; base: number; selector: number } | undefined {
    if (!ringChanged) {
      const selector = registers?.ss ?? this.state.selector(Segment.ss);
      return { pointer: address + 3 * slotBytes, base: stackBase, selector };
    }
    const pointer = this.memory.read(address + 3 * slotBytes, slotBytes);
    const selector = this.memory.read(address + 4 * slotBytes, 2);
    if (pointer === undefined || selector === undefined) return undefined;
    const segment = this.segment(selector, inVirtual8086);
    return { pointer: stackPointerIn(segment, pointer), base: segment.base, selector };
  }

  private segment(selector: number, inVirtual8086: boolean): SavedSegment {
    return savedSegment(selector, inVirtual8086, this.state, this.memory);
  }

  /**
   * SDM Vol. 3A §6.12.1: EIP, CS, EFLAGS, ESP and SS of ring 3 lie at the top of the stack that the TSS names for ring 0;
   * in virtual-8086 mode below four more segment registers (Vol. 3B §20.3.1).
   */
  private programBelow({ stackPointer }: Activation): { frame: number; activation: Activation } | undefined {
    const { state } = this;
    if (!state.usesDescriptors) return undefined;
    const top = this.memory.read((state.base(Segment.tr) + innerStackOffset(0, 4)) >>> 0, 4);
    if (top === undefined || top - stackPointer > mostStackBytes) return undefined;
    const frames = [top - 20, top - 36].filter(frame => frame >= stackPointer);
    const [plain, ofVirtual8086] = frames.map((frame, index) => this.programIn(frame, index === 1));
    return plain ?? ofVirtual8086;
  }

  /** The program that a frame at the top of the kernel's stack returns to, if it looks like one. */
  private programIn(frame: number, inVirtual8086: boolean): { frame: number; activation: Activation } | undefined {
    const [eip, selector, eflags, esp, stackSelector] = [0, 4, 8, 12, 16].map(
      offset => this.memory.read(frame + offset, 4) ?? 0,
    );
    const isRing3 = inVirtual8086 ? (eflags & Eflags.vm) !== 0 : (selector & 3) === 3 && (stackSelector & 3) === 3;
    if (!isRing3 || !(eflags & Eflags.reserved1)) return undefined;
    const code = this.segment(selector, inVirtual8086);
    const stack = this.segment(stackSelector, inVirtual8086);
    const activation = {
      eip,
      codeBase: code.base,
      codeSize: code.size,
      stackPointer: stackPointerIn(stack, esp),
      stackBase: stack.base,
      ring: 3,
      passed: 0,
      registers: { eip, cs: selector & 0xffff, eflags, esp: esp >>> 0, ss: stackSelector & 0xffff, cpl: 3 },
    };
    return { frame, activation };
  }
}

const stackPointerIn = ({ base, size }: SavedSegment, pointer: number): number =>
  (base + (size === 16 ? pointer & 0xffff : pointer)) >>> 0;

function isCall(bytes: Uint8Array, start: number, length: number, codeSize: 16 | 32): boolean {
  const decoded = decode(bytes, start, length, codeSize);
  if (decoded.kind !== 'instruction' || decoded.instruction.length !== length) return false;
  return decoded.instruction.row.flow === 'call';
}
