// The guest's exception and interrupt handlers under way, innermost last: noted as events are delivered, forgotten as
// they return. A return is seen when an IRET leads to the interrupted instruction with the stack as it was; one that is
// missed (which routines have made by themselves) counts as soon as the guest runs in an outer ring, or the handler's
// frame has been popped or overwritten. So a kernel that never returns (it switches threads) costs an entry at most.

import type { DeliveredEvent } from '../cpu/core';
import type { ProcessorState } from '../cpu/registers/state';
import type { MemoryView } from './memory';
import { linearEipOf, linearStackPointer } from './position';

export interface Crossing {
  readonly event: DeliveredEvent;
  /** Linear address of the return EIP in the frame that delivery pushed, and the size of its slots. */
  readonly frame: { readonly address: number; readonly slotBytes: 2 | 4 };
}

/** More handlers than are ever under way; beyond, the oldest are forgotten. */
const mostCrossings = 64;

export class Crossings {
  /** The frames are looked at when somebody asks. */
  private entries: DeliveredEvent[] = [];

  constructor(private readonly memory: MemoryView) {}

  delivered(event: DeliveredEvent): void {
    const { entries } = this;
    let kept = 0;
    for (const earlier of entries) if (!returnedBefore(earlier, event)) entries[kept++] = earlier;
    entries.length = kept;
    entries.push(event);
    if (entries.length > mostCrossings) entries.shift();
  }

  /** Handlers known of, whether or not they have returned. */
  get depth(): number {
    return this.entries.length;
  }

  /** The outermost event that was delivered when `depth` handlers were under way. */
  eventBeyond(depth: number): DeliveredEvent | undefined {
    return this.entries[depth];
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
      .filter(event => !hasReturned(event, state))
      .map(event => ({ event, frame: frameOf(event, this.memory) }));
    const intact = found.flatMap(({ event, frame }) => (frame ? [{ event, frame }] : []));
    this.entries = intact.map(({ event }) => event);
    return intact;
  }

  /** Are no more than `depth` handlers under way? Cheap, to be asked after every step. */
  isBack(state: ProcessorState, depth: number): boolean {
    while (this.entries.length > depth) {
      if (!hasReturned(this.entries[this.entries.length - 1], state)) return false;
      this.entries.pop();
    }
    return true;
  }
}

/** Finds the return EIP at the top of the handler's stack, below an error code if there is one; undefined if it has gone. */
export function frameOf(event: DeliveredEvent, memory: MemoryView): Crossing['frame'] | undefined {
  for (const slotBytes of [4, 2] as const) {
    const address = event.frame + (event.errorCode === undefined ? 0 : slotBytes);
    if (isFrameOf(event, { address, slotBytes }, memory)) return { address, slotBytes };
  }
  return undefined;
}

/** Do the return EIP and CS of `event` lie there? */
function isFrameOf(
  { returnEip, returnSelector }: DeliveredEvent,
  { address, slotBytes }: Crossing['frame'],
  memory: MemoryView,
): boolean {
  const wanted = slotBytes === 4 ? returnEip >>> 0 : returnEip & 0xffff;
  const selector = memory.read(address + slotBytes, 2);
  return memory.read(address, slotBytes) === wanted && selector === (returnSelector & 0xffff);
}

/** Where the return EIP lies, if slots have four bytes. */
const returnAddressAt = ({ errorCode, frame }: DeliveredEvent): number => frame + (errorCode === undefined ? 0 : 4);

/** Does `state` stand where the handler's IRET leads, with its frame popped? */
function returnsTo(event: DeliveredEvent, state: ProcessorState): boolean {
  if (linearEipOf(state) !== event.returnLinear || state.cpl !== event.fromCpl) return false;
  if (event.fromCpl !== event.toCpl) return true;
  const popped = linearStackPointer(state) - event.frame;
  return [4, 2].some(slotBytes => popped === (event.errorCode === undefined ? 3 : 4) * slotBytes);
}

function hasReturned(event: DeliveredEvent, state: ProcessorState): boolean {
  const { cpl } = state;
  const { toCpl } = event;
  return cpl !== toCpl ? cpl > toCpl : linearStackPointer(state) > returnAddressAt(event);
}

/** Had `earlier` returned when `later` came? It had if the guest was back in an outer ring, or its frame is overwritten. */
function returnedBefore(earlier: DeliveredEvent, later: DeliveredEvent): boolean {
  const { fromCpl, toCpl } = later;
  if (earlier.toCpl !== fromCpl) return earlier.toCpl < fromCpl;
  return fromCpl === toCpl && returnAddressAt(earlier) <= returnAddressAt(later);
}
