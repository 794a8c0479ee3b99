// The guest's exception and interrupt handlers under way, innermost last: noted as events are delivered, forgotten as
// they return. A return is seen when an IRET leads to the interrupted instruction with the stack as it was; one that is
// missed (by a monitor's guest, whose IRET need not trap) counts as soon as the guest runs in an outer ring, or the handler's
// frame has been popped or overwritten. So a kernel that never returns (it switches threads) costs an entry at most.

import type { DeliveredEvent } from '../cpu/core';
import type { ProcessorState } from '../cpu/state';
import type { MemoryView } from './memory';
import { linearStackPointer } from './position';

export interface Crossing {
  readonly event: DeliveredEvent;
  /** Linear address of the return EIP in the frame that delivery pushed, and the size of its slots. */
  readonly frame: { readonly address: number; readonly slotBytes: 2 | 4 };
}

/** What is noted at delivery, at little cost; the frame is looked at when somebody asks. */
interface Entry {
  readonly event: DeliveredEvent;
  /** linear stack pointer at the handler's first instruction */
  readonly top: number;
}

/** More handlers than are ever under way; beyond, the oldest are forgotten. */
const mostCrossings = 64;

export class Crossings {
  private entries: Entry[] = [];

  constructor(private readonly memory: MemoryView) {}

  /** `state` is the guest's, at the first instruction of the event's handler. */
  delivered(event: DeliveredEvent, state: ProcessorState): void {
    const { entries } = this;
    const entry = { event, top: linearStackPointer(state) };
    let kept = 0;
    for (const earlier of entries) if (!returnedBefore(earlier, entry)) entries[kept++] = earlier;
    entries.length = kept;
    entries.push(entry);
    if (entries.length > mostCrossings) entries.shift();
  }

  /** Handlers known of, whether or not they have returned. */
  get depth(): number {
    return this.entries.length;
  }

  clear(): void {
    this.entries = [];
  }

  /** Forgets the handler that has just returned, if one has, with those within it. */
  noteReturn(state: ProcessorState): void {
    const index = this.entries.findLastIndex(entry => returnsTo(entry, state));
    if (index >= 0) this.entries.length = index;
  }

  /** Handlers that have not returned yet, outermost first. */
  underWay(state: ProcessorState): readonly Crossing[] {
    const found = this.entries
      .filter(entry => !hasReturned(entry, state))
      .map(entry => ({ entry, frame: this.frameOf(entry) }));
    const intact = found.flatMap(({ entry, frame }) =>
      frame ? [{ entry, crossing: { event: entry.event, frame } }] : [],
    );
    this.entries = intact.map(({ entry }) => entry);
    return intact.map(({ crossing }) => crossing);
  }

  /** Are no more than `depth` handlers under way? Cheap, to be asked after every step. */
  isBack(state: ProcessorState, depth: number): boolean {
    while (this.entries.length > depth) {
      if (!hasReturned(this.entries[this.entries.length - 1], state)) return false;
      this.entries.pop();
    }
    return true;
  }

  /** Finds the return EIP at the top of the stack, below an error code if there is one; undefined if it has gone. */
  private frameOf({ event, top }: Entry): Crossing['frame'] | undefined {
    for (const slotBytes of [4, 2] as const) {
      const address = top + (event.errorCode === undefined ? 0 : slotBytes);
      if (this.isFrameOf(event, address, slotBytes)) return { address, slotBytes };
    }
    return undefined;
  }

  /** Do the return EIP and CS of `event` lie at `address`? */
  private isFrameOf({ returnEip, returnSelector }: DeliveredEvent, address: number, slotBytes: 2 | 4): boolean {
    const wanted = slotBytes === 4 ? returnEip >>> 0 : returnEip & 0xffff;
    const selector = this.memory.read(address + slotBytes, 2);
    return this.memory.read(address, slotBytes) === wanted && selector === (returnSelector & 0xffff);
  }
}

/** Where the return EIP lies, if slots have four bytes. */
const frameAddress = ({ event, top }: Entry): number => top + (event.errorCode === undefined ? 0 : 4);

/** Does `state` stand where the handler's IRET leads, with its frame popped? */
function returnsTo(entry: Entry, state: ProcessorState): boolean {
  const { event, top } = entry;
  if (state.eip !== event.returnEip || state.cpl !== event.fromCpl) return false;
  if (event.fromCpl !== event.toCpl) return true;
  const popped = linearStackPointer(state) - top;
  return [4, 2].some(slotBytes => popped === (event.errorCode === undefined ? 3 : 4) * slotBytes);
}

function hasReturned(entry: Entry, state: ProcessorState): boolean {
  const { cpl } = state;
  const { toCpl } = entry.event;
  return cpl !== toCpl ? cpl > toCpl : linearStackPointer(state) > frameAddress(entry);
}

/** Had `earlier` returned when the event of `later` came? It had if the guest was back in an outer ring, or its frame is overwritten. */
function returnedBefore(earlier: Entry, later: Entry): boolean {
  const { fromCpl, toCpl } = later.event;
  if (earlier.event.toCpl !== fromCpl) return earlier.event.toCpl < fromCpl;
  return fromCpl === toCpl && frameAddress(earlier) <= frameAddress(later);
}
