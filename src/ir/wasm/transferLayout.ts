// What is known of a transfer of control through the privileged machinery, an interrupt's delivery or return, that has been made
// before: all that it depended on, and where it led. If nothing of the former has changed, it leads there again. The
// machinery itself is in `src/cpu`; who writes these records is `src/cpu/tiers/knownTransfers.ts`.

/** Words of a record. */
export const transferWord = {
  /** number of the mode it sets out from; 0: nothing is known */
  fromMode: 0,
  /** number of the mode it leads to, and that mode's table of fetches in the TLB */
  toMode: 1,
  toFetchTable: 2,
  cpl: 3,
  /** delivery: the system flags that stay; return: the system flags that are loaded */
  flags: 4,
  /** descriptors: linear address, low and high doubleword. No stack's if SS stays. */
  code: 5,
  stack: 8,
  gdtrBase: 11,
  gdtrLimit: 12,
  /** segments as they are cached: selector, attributes, limit */
  cs: 13,
  ss: 16,
  /** return: IOPL as it was, in its place */
  iopl: 19,
  /** delivery: the gate, like the descriptors */
  gate: 19,
  idtrBase: 22,
  idtrLimit: 23,
  /** delivery to an inner ring: TR, and the linear address of the ring's ESP in the TSS, which its SS follows */
  trBase: 24,
  trLimit: 25,
  trAttributes: 26,
  stackPointerAddress: 27,
  /** delivery: where the handler begins */
  eip: 28,
  /** delivery: address of its count, a 64-bit floating-point number */
  count: 29,
} as const;
export const transferWords = 32;
export const transferBytes = transferWords * 4;

/** Records of returns are found by this part of the selector that CS gets. */
export const returnSelectorMask = 0x7f;
export const returnRecords = returnSelectorMask + 1;
/** Records of deliveries: for each vector and CPL. */
export const recordsPerVector = 4;
export const interruptRecords = 256 * recordsPerVector;
/** Records of page faults: for each CPL. */
export const faultRecords = recordsPerVector;

/** Words of a delivery in the journal (`src/cpu/tiers/transferJournal.ts`). */
export const journalWord = {
  vector: 0,
  /** of a page fault; of INT n -1 */
  errorCode: 1,
  returnSelector: 2,
  returnEip: 3,
  fromCpl: 4,
  toCpl: 5,
  /** address of what was pushed last */
  frame: 6,
} as const;
export const journalBytes = 32;
/** With more deliveries under way, the machinery makes the next one. */
export const journalEntries = 64;

export interface JournalLayout {
  /** address of a word: where the next entry goes, or 0 if no journal is kept */
  readonly next: number;
  readonly first: number;
  readonly end: number;
}

/** Where the records begin. */
export interface TransferLayout {
  readonly interrupts: number;
  readonly pageFaults: number;
  readonly returns: number;
}
