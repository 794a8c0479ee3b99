// What threaded code keeps for a page of code in one mode, and how a block is described before it is written.

import type { FormVariant, InstructionForm, InstructionForms } from './instructionForms';

export interface ThreadedMode {
  /** from 1: in the jump table */
  readonly number: number;
  readonly forms: InstructionForms;
}

export interface ThreadedPage {
  /** `placeKey` */
  readonly id: number;
  /** number of the physical page, and linear address of its first byte */
  readonly physical: number;
  readonly linear: number;
  readonly mode: ThreadedMode;
  /** addresses of headers by offset in the page; `nothing` where no block can begin */
  readonly blocks: Map<number, number>;
  /** addresses of headers of what leads to other pages, by EIP */
  readonly exits: Map<number, number>;
  /** where the jump table has its blocks */
  readonly jumpSlots: number[];
  /** how often its blocks have been dropped */
  drops: number;
}

/** In place of a header's address: no block can begin here. */
export const nothing = 0;

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

  add(form: InstructionForm): void {
    this.forms[this.count] = form;
    this.variants[this.count++] = form.whole;
  }
}
