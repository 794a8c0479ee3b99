// The words that routines share with TypeScript, in the area below RAM: see `RoutineLayout` for who uses which and how.

import { noFault } from '../../ir/wasm/threadedLayout';
import type { ProcessorArea } from '../memory/processorArea';

const names = [
  'leftAt',
  'mode',
  'fetchTable',
  'budget',
  'end',
  'codeAt',
  'fault',
  'faultsLeft',
  'resumedAt',
  'leaveRecord',
  'findRecord',
  'leaveBeforeRecord',
] as const;
export type RoutineWord = (typeof names)[number];

export class RoutineWords {
  private readonly words: Int32Array;
  private readonly byteOffset: number;

  constructor(area: ProcessorArea) {
    this.byteOffset = area.allocate(names.length * 4);
    this.words = new Int32Array(area.buffer, this.byteOffset, names.length);
    this.fault = noFault;
  }

  addressOf(name: RoutineWord): number {
    return this.byteOffset + names.indexOf(name) * 4;
  }

  /** header of the block that control came to and did not enter, or 0 */
  get leftAt(): number {
    return this.words[0];
  }

  set leftAt(header: number) {
    this.words[0] = header;
  }

  /** number of the mode, and address of its table of fetches in the TLB */
  get mode(): number {
    return this.words[1];
  }

  setMode(number: number, fetchTable: number): void {
    this.words[1] = number;
    this.words[2] = fetchTable;
  }

  /** the budget, while TypeScript runs */
  get budget(): number {
    return this.words[3];
  }

  /** the run under way ends after the instruction that calls out now */
  get end(): boolean {
    return this.words[4] !== 0;
  }

  set end(ends: boolean) {
    this.words[4] = ends ? 1 : 0;
  }

  /** where control has come into the page that runs: linear address */
  get codeAt(): number {
    return this.words[5];
  }

  set codeAt(eip: number) {
    this.words[5] = eip;
  }

  /** error code of the page fault that is due, CR2 set; or `noFault` */
  get fault(): number {
    return this.words[6];
  }

  set fault(code: number) {
    this.words[6] = code;
  }

  /** page faults that routines may still deliver */
  get faultsLeft(): number {
    return this.words[7];
  }

  set faultsLeft(count: number) {
    this.words[7] = count;
  }

  /** the budget at the boundary where RF would be set, or `notResumed` */
  get resumedAt(): number {
    return this.words[8];
  }

  set resumedAt(budget: number) {
    this.words[8] = budget;
  }

  /** Records that consist of the number of their routine. */
  setRecords(leave: number, find: number): void {
    this.words[9] = leave;
    this.words[10] = find;
  }

  /** The same, of the one for where an instruction that is paid for is not done. */
  set leaveBefore(routine: number) {
    this.words[11] = routine;
  }
}
