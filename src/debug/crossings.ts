// The guest's exception and interrupt handlers under way, innermost last: noted as events are delivered, forgotten as
// they return. A return is seen where the guest arrives at the interrupted instruction with the stack as it was; one that
// is missed counts as soon as the guest runs in an outer ring, or the handler's frame has been popped or overwritten. So
// a kernel that never returns (it switches threads) costs an entry at most.

import type { DeliveredEvent } from '../cpu/core';
import type { ProcessorState } from '../cpu/state';
import type { MemoryView } from './memory';
import { linearStackPointer } from './position';

export interface Crossing {
  readonly event: DeliveredEvent;
  /** Linear address of the return EIP in the frame that delivery pushed, and the size of its slots. */
  readonly frame: { readonly address: number; readonly slotBytes: 2 | 4 } | undefined;
}

/** More handlers than are ever under way; beyond, the oldest are forgotten. */
const mostCrossings = 64;

export class Crossings {
  private entries: Crossing[] = [];
  /** delivered during the current step; the stack is looked at when it is over */
  private fresh: DeliveredEvent[] = [];

  constructor(private readonly memory: MemoryView) {}

  delivered(event: DeliveredEvent): void {
    this.fresh.push(event);
  }

  /** Handlers known of, whether or not they have returned. */
  get depth(): number {
    return this.entries.length;
  }

  get hasFresh(): boolean {
    return this.fresh.length > 0;
  }

  clear(): void {
    this.entries = [];
    this.fresh = [];
  }

  /** Takes note of what was delivered since the last call. `state` is the guest's, at the first instruction of its handler. */
  settle(state: ProcessorState): void {
    if (this.fresh.length === 0) return;
    const delivered = this.fresh;
    this.fresh = [];
    for (const event of delivered) {
      const crossing = { event, frame: this.frameOf(event, state) };
      this.entries = [...this.entries.filter(earlier => !returnedBefore(earlier, crossing)), crossing];
    }
    if (this.entries.length > mostCrossings) this.entries = this.entries.slice(-mostCrossings);
  }

  /** Is `eip` where a handler may return to? Cheap, to be asked after every step. */
  mayReturnTo(eip: number): boolean {
    return this.entries.some(({ event }) => event.returnEip === eip);
  }

  /** Forgets the handler that has just returned, if one has, with those within it. */
  noteReturn(state: ProcessorState): void {
    const index = this.entries.findLastIndex(entry => returnsTo(entry, state));
    if (index >= 0) this.entries.length = index;
  }

  /** Handlers that have not returned yet, outermost first. */
  underWay(state: ProcessorState): readonly Crossing[] {
    this.settle(state);
    this.entries = this.entries.filter(entry => !hasReturned(entry, state) && this.isIntact(entry));
    return this.entries;
  }

  /** Are no more than `depth` handlers under way? Cheap, to be asked after every step. */
  isBack(state: ProcessorState, depth: number): boolean {
    this.settle(state);
    while (this.entries.length > depth) {
      if (!hasReturned(this.entries[this.entries.length - 1], state)) return false;
      this.entries.pop();
    }
    return true;
  }

  private isIntact({ event, frame }: Crossing): boolean {
    return frame === undefined || this.isFrameOf(event, frame.address, frame.slotBytes);
  }

  /** Finds the return EIP at the top of the stack, below an error code if there is one. */
  private frameOf(event: DeliveredEvent, state: ProcessorState): Crossing['frame'] {
    const top = linearStackPointer(state);
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

/** Does `state` stand where the handler's IRET leads, with its frame popped? */
function returnsTo({ event, frame }: Crossing, state: ProcessorState): boolean {
  if (state.eip !== event.returnEip || state.cpl !== event.fromCpl) return false;
  if (event.fromCpl !== event.toCpl || frame === undefined) return true;
  return linearStackPointer(state) === frame.address + 3 * frame.slotBytes;
}

function hasReturned({ event, frame }: Crossing, state: ProcessorState): boolean {
  const { cpl } = state;
  if (cpl !== event.toCpl) return cpl > event.toCpl;
  return frame !== undefined && linearStackPointer(state) > frame.address;
}

/** Had `earlier` returned when the event of `later` came? It had if the guest was back in an outer ring, or its frame is overwritten. */
function returnedBefore(earlier: Crossing, later: Crossing): boolean {
  const { fromCpl, toCpl } = later.event;
  if (earlier.event.toCpl !== fromCpl) return earlier.event.toCpl < fromCpl;
  if (fromCpl !== toCpl || earlier.frame === undefined || later.frame === undefined) return false;
  return earlier.frame.address <= later.frame.address;
}
