// What threaded code keeps for a page of code in one mode, and how a block is described before it is written.

import { type Linear, pageMask, pageSizeBytes } from '../../base/address';
import { type CodePlace, placeKey } from './codePlace';
import type { FormVariant, InstructionForm } from './instructionForms';
import type { JumpTable } from './jumpTable';
import type { ThreadedMode } from './threadedModes';

/** In place of a header's address: it is not known, or it is known that no block can begin here. */
export const unknown = 0;
export const nothing = -1;

/** Addresses of the headers of a page's blocks. */
export class BlockTable {
  private readonly headers = new Int32Array(pageSizeBytes);
  /** offsets that are not `unknown` */
  private readonly offsets: number[] = [];
  private count = 0;

  /** The header's address, `nothing` or `unknown`, of the block at a linear address. */
  get(eip: number): number {
    return this.headers[eip & (pageSizeBytes - 1)];
  }

  set(eip: number, header: number): void {
    const offset = eip & (pageSizeBytes - 1);
    if (this.headers[offset] === unknown) this.offsets[this.count++] = offset;
    this.headers[offset] = header;
  }

  /** Offsets in the page of blocks with a header that `isWanted`. */
  offsetsOf(isWanted: (header: number) => boolean): number[] {
    const known = this.offsets.slice(0, this.count);
    return known.filter(offset => this.headers[offset] !== nothing && isWanted(this.headers[offset]));
  }

  /** How many blocks there are, or places where none can begin. */
  get size(): number {
    return this.count;
  }

  /** Offset in the page of one of them. */
  offsetAt(index: number): number {
    return this.offsets[index];
  }

  clear(): void {
    for (let index = 0; index < this.count; index++) this.headers[this.offsets[index]] = unknown;
    this.count = 0;
  }
}

/** Tables of pages that were forgotten serve new ones: making one costs more than a page's few blocks. */
export class BlockTables {
  private readonly free: BlockTable[] = [];

  take(): BlockTable {
    return this.free.pop() ?? new BlockTable();
  }

  give(table: BlockTable): void {
    table.clear();
    this.free.push(table);
  }
}

export class ThreadedPage {
  /** `placeKey` */
  readonly id: number;
  /** number of the physical page, and linear address of its first byte */
  readonly physical: number;
  readonly linear: Linear;
  /** addresses of headers of what leads to other pages, by EIP */
  readonly exits = new Map<number, number>();
  /** how often its blocks have been dropped */
  drops = 0;
  /** there is compiled code of its bytes as they are */
  isCompiled = false;

  constructor(
    place: CodePlace,
    readonly mode: ThreadedMode,
    /** empty */
    readonly blocks: BlockTable,
  ) {
    this.id = placeKey(place);
    this.physical = place.physical >>> 12;
    this.linear = (place.eip & pageMask) >>> 0;
  }

  /** Is this the page of a place? */
  has({ physical, eip, modeKey, flat }: CodePlace): boolean {
    const { mode } = this;
    if (physical >>> 12 !== this.physical || (eip & pageMask) >>> 0 !== this.linear) return false;
    return modeKey === mode.modeKey && flat === mode.flat;
  }

  /** Forgets its blocks, here and in the jump table. */
  drop(jumps: JumpTable): void {
    const { blocks, linear, mode } = this;
    this.drops++;
    for (let index = 0; index < blocks.size; index++) jumps.remove(linear + blocks.offsetAt(index), mode.number);
    blocks.clear();
    if (this.exits.size > 0) this.exits.clear();
  }
}

/** A link to a block that is not made yet. */
export interface Stub {
  readonly page: ThreadedPage;
  /** `drops` of the page when it was made */
  readonly drops: number;
  /** index of the word that is to hold the header's address */
  readonly link: number;
}

export const mostBlockInstructions = 64;

/** The instructions of a block in the making; one object serves all blocks. */
export class BlockPlan {
  count = 0;
  readonly forms: InstructionForm[] = [];
  readonly variants: FormVariant[] = [];
  readonly weights: number[] = [];

  add(form: InstructionForm, weight: number): void {
    this.forms[this.count] = form;
    this.weights[this.count] = weight;
    this.variants[this.count++] = form.whole;
  }
}
