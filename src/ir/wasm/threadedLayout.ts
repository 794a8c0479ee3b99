// Where threaded code keeps what it works on: the words of records, of blocks' headers and of the jump table, and the words
// that routines share with TypeScript.

import type { RoutineShape } from '../routineShape';
import { tlbEntryBytes, type TlbLayout } from './memoryAccess';
import type { WeightLayout } from './spending';
import type { JournalLayout, TransferLayout } from './transferLayout';

/** Where the words of a record lie, counted in words from its beginning. */
export interface RecordLayout {
  readonly registers: number;
  readonly parameters: number;
  /** EIP of the instruction, and how many instructions of the block are left with it: where control may leave */
  readonly leave: number;
  /** EIP of what follows: where control may leave after the instruction */
  readonly following: number;
  /** headers of the blocks that may come next: the target, then what follows */
  readonly links: number;
  readonly linkCount: number;
  readonly words: number;
}

/** Words of a block's header; the first record follows. */
export const headerWord = {
  /** instructions in the block; more than any budget for a block that is not made yet */
  count: 0,
  /** arrivals left before the block is looked at: it has become hot */
  visits: 1,
  eip: 2,
  /** of a block that is not made yet: its number among those */
  stub: 3,
} as const;
export const headerBytes = 16;
/** The count of a block that is not made yet: more than any budget. */
export const unmade = 0x7fffffff;

/** Words of an entry of the table of blocks by EIP. */
export const jumpWord = { eip: 0, mode: 1, header: 2, addend: 3 } as const;
export const jumpEntryBytes = 16;
export const jumpEntries = 0x8000;
/** Spreads EIPs over the table: 2^32 divided by the golden ratio, whose high bits depend on all bits of the factor. */
export const jumpSpread = 0x9e3779b1 | 0;
export const jumpShift = 32 - Math.log2(jumpEntries);

/** The same code may run in several modes, one after the other: a pair of entries apart. */
export const modeShift = 1;

/** Where an EIP's entry may be: here or, if another has taken its place, in `otherJumpSlot`. */
export const jumpSlot = (eip: number, mode: number): number =>
  ((Math.imul(eip, jumpSpread) >>> jumpShift) ^ (mode << modeShift)) & (jumpEntries - 1);
export const otherJumpSlot = (slot: number): number => slot ^ 1;

/** Bit of a TLB entry's tag (`cpu/memory/tlb.ts`): MOV to CR3 has made it lapse; it may be renewed. */
export const lapsedTag = 4;

/** The walk that made a TLB entry: the entries of directory and table as it left them, and where in the buffer the latter lies. */
export const walkWord = { directoryEntry: 0, leafPlace: 1, leaf: 2 } as const;
/** Of a row, a multiple of an entry's size: one leads to the other. */
export const walkBytes = 2 * tlbEntryBytes;

/**
 * Words of the record that leads into a compiled region: the region function's number in the table, the block to begin
 * with, and the header of a block of records for when the region can do nothing, or 0.
 */
export const trampolineWord = { function: 1, block: 2, bypass: 3, words: 4 } as const;

/** Words of the record before an instruction that weighs more than one: how much more; EIP, and how many are left with it. */
export const heavyWord = { more: 1, eip: 2, left: 3, words: 4 } as const;

/** Instead of an error code: no page fault is due. */
export const noFault = -1;
/** Instead of a budget: RF is not about. */
export const notResumed = -1;

/** Where things lie in the WebAssembly memory. */
export interface RoutineLayout extends TlbLayout {
  readonly stateAddress: number;
  /** a row of `walkWord`s for each entry of the TLB */
  readonly walksAddress: number;
  /** a 64-bit floating-point number: page-table entries read by walks */
  readonly walkReferencesAddress: number;
  /** physical address 0, and the size of RAM */
  readonly ramAddress: number;
  readonly ramBytes: number;
  /** a word each: header of the block that control came to and did not enter; the mode's number; the budget, where others have to know it */
  readonly leftAtAddress: number;
  readonly modeAddress: number;
  readonly budgetAddress: number;
  /** not 0: somebody wants the run to end after the instruction under way */
  readonly endAddress: number;
  /** error code of the page fault that is due, or `noFault` */
  readonly faultAddress: number;
  /** how many page faults may still be delivered without anybody looking: a guest may do nothing else */
  readonly faultsLeftAddress: number;
  /** the budget after an IRET that set RF, for whoever leaves with as much; or `notResumed` */
  readonly resumedAtAddress: number;
  /** linear address where control has come into the page that runs */
  readonly codeAtAddress: number;
  /** records of the fixed routines `leave` and `find`, which take EIP from the state */
  readonly leaveRecord: number;
  readonly findRecord: number;
  /** record of the routine for where an instruction that is paid for is not done */
  readonly leaveBeforeRecord: number;
  readonly weights: WeightLayout;
  readonly transfers: TransferLayout;
  readonly journal: JournalLayout;
  /** numbers in the table of the functions that make known transfers */
  readonly deliverInterruptNumber: number;
  readonly deliverPageFaultNumber: number;
  readonly returnNumber: number;
  /** numbers in the table of the functions that are asked at a miss, and ask the imported ones (`renewalEmitter.ts`) */
  readonly renewOrFillNumber: number;
  readonly renewOrFillQuietlyNumber: number;
  /** number of the imported function `fill(linear, kind, bytes)` → 1 if the TLB now has it, and compiled code may use it */
  readonly fillFunction: number;
  /** number of the imported function `helper(index, a, b, c, d)`, see `helperNames`; it may throw, and nothing has changed */
  readonly helperFunction: number;
  /** of `fillQuietly(linear, kind, bytes)`: like `fill`, without a fault coming of it */
  readonly fillQuietlyFunction: number;
  /** of `fillFetch(linear)`: like `fill`, for a fetch */
  readonly fillFetchFunction: number;
  /** of `find()`: the header of the block at EIP, or 0; the block that control came to and did not enter may be a stub for it */
  readonly findFunction: number;
  /** of `noticeInterrupts()`: ends the run if an interrupt is due */
  readonly noticeInterruptsFunction: number;
  /** of `takeBackWeight()`: the instruction at EIP is not done; gives what it has taken off the budget beyond one */
  readonly takeBackWeightFunction: number;
  readonly jumpTableAddress: number;
  /** a word: the address of the table of fetches at the current privilege level */
  readonly fetchTableAddress: number;
  readonly tailCalls: boolean;
}

/** The helper function takes so many arguments, whoever needs them. */
export const mostHelperParameters = 4;

/** Does a routine for this shape look control's target up by its EIP? */
export const isIndirect = ({ graph: { end }, parameters }: RoutineShape): boolean =>
  end.kind === 'jump' && !parameters.includes(end.target);

/** Does a record say what follows its instruction? */
export const leavesAfter = ({ after, calls }: RoutineShape): boolean =>
  after === 'leaves' || (calls && after === 'goesOn');

export function recordLayout(shape: RoutineShape): RecordLayout {
  const { graph, registers, parameters, canLeave } = shape;
  const linkCount = isIndirect(shape) ? 0 : { next: 0, jump: 1, branch: 2, repeat: 2 }[graph.end.kind];
  const first = 1 + registers.length;
  const leave = first + parameters.length;
  const following = leave + (canLeave ? 2 : 0);
  const links = following + (leavesAfter(shape) ? 1 : 0);
  return { registers: 1, parameters: first, leave, following, links, linkCount, words: links + linkCount };
}
