// What the editor and its memory view (media/memory/) say to each other.

export interface MemoryRow {
  address: number;
  /** Undefined where nothing can be read. */
  bytes?: number[];
  /** The same bytes at the stop before, if they are known. */
  before?: number[];
}

export type MemoryState = 'none' | 'stopped' | 'running' | 'ended';

export type ToMemoryView =
  | { kind: 'expression'; expression: string }
  /** From `address` on, which the expression stands for, or further on or back. */
  | { kind: 'contents'; address: number; rows: MemoryRow[] }
  /** Why the expression stands for no address, or a byte cannot be written. */
  | { kind: 'problem'; problem: string; isNowhere: boolean }
  | { kind: 'state'; state: MemoryState };

export type FromMemoryView =
  /** It shows so many rows of so many bytes: a power of two, up to 16. For the first time it has nothing else yet. */
  | { kind: 'window'; rows: number; columns: number; isFirst: boolean }
  | { kind: 'expression'; expression: string }
  /** So many rows on, or back. */
  | { kind: 'scroll'; rows: number }
  | { kind: 'write'; address: number; byte: number };

/** In the user's language; `{0}` stands for a value. */
export interface MemoryTexts {
  noGuest: string;
  running: string;
  ended: string;
  unchanged: string;
  changed: string;
  /** of a byte, for who does not see the mark */
  was: string;
  unreadable: string;
  edit: string;
}
