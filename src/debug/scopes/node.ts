// What the Variables view shows, as a tree that is made when it is opened.

import type { MemoryPlace } from '../memory';

export interface Rows {
  readonly count: number;
  readonly at: (index: number) => VariableNode;
}

/** One row. */
export interface VariableNode {
  readonly name: string;
  readonly value: string;
  /** the expression that stands for it, if it can be watched */
  readonly expression?: string;
  /** the expression can be assigned to */
  readonly settable?: boolean;
  /** linear address that the value is, or holds */
  readonly address?: number;
  /** where it lies, if that is no linear address */
  readonly place?: MemoryPlace;
  /** the value is a number, with a name beside it */
  readonly isNumber?: boolean;
  /** what the value means, shown on hovering */
  readonly explanation?: string;
  readonly children?: () => readonly VariableNode[];
  /** in place of `children`: so many rows, made one by one, that they are shown in pages */
  readonly rows?: Rows;
}

/** A heading of the Variables view. */
export interface ScopeRow {
  readonly name: string;
  readonly kind: 'locals' | 'registers' | 'trap' | 'other';
  readonly variables: () => readonly VariableNode[];
}
