// Deliveries that routines have made by themselves (`knownTransfers.ts`) and from which the guest has not returned: noted by the
// routines, for an observer that is told when they have left. A return takes its delivery off again.

import { journalBytes, journalEntries, journalWord, type JournalLayout } from '../../ir/wasm/transferLayout';
import type { DeliveredEvent } from '../core';
import type { ProcessorArea } from '../memory/processorArea';

export class TransferJournal {
  readonly layout: JournalLayout;
  private readonly words: Int32Array;

  constructor(area: ProcessorArea) {
    const next = area.allocate(8);
    const first = area.allocate(journalEntries * journalBytes);
    this.layout = { next, first, end: first + journalEntries * journalBytes };
    this.words = new Int32Array(area.buffer);
  }

  /** Whether anything is noted. */
  set keeps(isKept: boolean) {
    this.next = isKept ? this.layout.first : 0;
  }

  /** Tells of what has been noted, oldest first, and forgets it. */
  drain(tell: (event: DeliveredEvent) => void): void {
    const { first } = this.layout;
    const end = this.next;
    if (end <= first) return;
    this.next = first;
    for (let entry = first; entry < end; entry += journalBytes) tell(this.eventAt(entry >> 2));
  }

  private eventAt(entry: number): DeliveredEvent {
    const word = (name: keyof typeof journalWord): number => this.words[entry + journalWord[name]];
    const isFault = word('errorCode') >= 0;
    return {
      vector: word('vector'),
      kind: isFault ? 'exception' : 'softwareInterrupt',
      errorCode: isFault ? word('errorCode') : undefined,
      returnSelector: word('returnSelector'),
      returnEip: word('returnEip') >>> 0,
      // only code without a base is interrupted by routines
      returnLinear: word('returnEip') >>> 0,
      fromCpl: word('fromCpl'),
      toCpl: word('toCpl'),
      frame: word('frame') >>> 0,
    };
  }

  private get next(): number {
    return this.words[this.layout.next >> 2];
  }

  private set next(address: number) {
    this.words[this.layout.next >> 2] = address;
  }
}
