// What the privileged machinery pushes onto a stack that need not be the current one. First come the checks: room within the
// limit, then alignment and paging of each value; then the pushes, which cannot fail. A frame that lies in one page is
// written where it is; else its values wait among the pending writes.

import type { Linear } from '../../base/address';
import { Attribute, type SegmentCache } from '../../isa/descriptors';
import { Gpr, Segment } from '../../isa/registers';
import { alignmentCheck, stackFault } from '../registers/fault';
import type { PendingWrites } from './pendingWrites';
import { withinLimit } from '../registers/segmentLimit';
import type { ProcessorState } from '../registers/state';

/** What the frame asks of memory (`MemoryUnit` says what each means). */
export interface StackMemory {
  readonly pendingWrites: PendingWrites;
  alignmentChecked(): boolean;
  place(linear: Linear, length: number, write: boolean, user: boolean): number;
  setValueAt(place: number, bytes: 1 | 2 | 4, value: number): void;
}

/** One for each memory unit, used by one operation after the other. */
export class StackFrame {
  private attributes = 0;
  private base = 0;
  /** the limit's bits, signed */
  private limit = 0;
  private mask = 0;
  private top = 0;
  /** the stack's privilege level is 3: its pages are accessed as a user */
  private user = false;
  /** error code of #SS where there is no room */
  private faultCode = 0;
  /** where `top` lies in the buffer, if nothing stands in the way of the pushes; else -1 */
  private place = -1;
  /** else: the lowest offset reserved, and the number of the next push among the pending writes */
  private reserved = 0;
  private nextWrite = -1;

  constructor(
    private readonly state: ProcessorState,
    private readonly memory: StackMemory,
  ) {}

  /** The current stack, at the current privilege level. */
  onCurrentStack(faultCode = 0): this {
    const { state } = this;
    this.begin(state.attributes(Segment.ss), state.base(Segment.ss), state.limit(Segment.ss), state.gpr(Gpr.esp));
    this.user = state.cpl === 3;
    this.faultCode = faultCode;
    return this;
  }

  /** The stack of an inner ring. */
  onInnerStack({ attributes, base, limit }: SegmentCache, pointer: number, faultCode: number): this {
    this.begin(attributes, base, limit, pointer);
    this.user = false;
    this.faultCode = faultCode;
    return this;
  }

  /** Stack pointer after the pushes so far, at the width of the stack. */
  get pointer(): number {
    return this.top;
  }

  /** "IF stack does not have room for N bytes THEN #SS": by the limit alone. */
  requireRoom(values: number, bytes: 2 | 4): void {
    const length = values * bytes;
    if (this.top < length) return this.requireRoomAround(values, bytes);
    this.checkLimit(this.top - length, length);
    if (this.user && this.memory.alignmentChecked()) return;
    const lowest = this.memory.place((this.base + this.top - length) >>> 0, length, true, this.user);
    if (lowest >= 0) this.place = lowest + length;
  }

  /** Checks the next `values` pushes, in order. */
  reserve(values: number, bytes: 2 | 4): void {
    if (this.place < 0) for (let index = 0; index < values; index++) this.reserveOne(bytes);
  }

  push(value: number, bytes: 2 | 4): void {
    this.top = ((this.top - bytes) & this.mask) >>> 0;
    if (this.place < 0) return this.memory.pendingWrites.setValue(this.nextWrite++, value);
    this.place -= bytes;
    this.memory.setValueAt(this.place, bytes, value);
  }

  private begin(attributes: number, base: number, limit: number, pointer: number): void {
    this.attributes = attributes;
    this.base = base | 0;
    this.limit = limit | 0;
    this.mask = attributes & Attribute.big ? -1 : 0xffff;
    this.top = (pointer & this.mask) >>> 0;
    this.place = -1;
    this.reserved = this.top;
    this.nextWrite = -1;
  }

  private reserveOne(bytes: 2 | 4): void {
    const offset = ((this.reserved - bytes) & this.mask) >>> 0;
    this.checkLimit(offset, bytes);
    const linear = (this.base + offset) >>> 0;
    if (this.user && linear & (bytes - 1) && this.memory.alignmentChecked()) throw alignmentCheck();
    const number = this.memory.pendingWrites.reserve(linear, bytes, this.user);
    if (this.nextWrite < 0) this.nextWrite = number;
    this.reserved = offset;
  }

  /** The room wraps around the end of the segment. */
  private requireRoomAround(values: number, bytes: 2 | 4): void {
    for (let index = 1; index <= values; index++)
      this.checkLimit(((this.top - index * bytes) & this.mask) >>> 0, bytes);
  }

  /** A segment that is unusable has limit 0, and no push is of one byte. */
  private checkLimit(offset: number, bytes: number): void {
    if (!withinLimit(this.attributes, this.limit >>> 0, offset, bytes)) throw stackFault(this.faultCode);
  }
}
