// Pushes of the privileged machinery onto a stack that need not be the current one. Limit, alignment and paging are
// checked at each push; the values reach memory when the pending writes are committed.

import { Attribute, type SegmentCache } from '../isa/descriptors';
import { Segment } from '../isa/registers';
import type { Core } from './core';
import { alignmentCheck, stackFault } from './fault';
import { withinLimit } from './memoryUnit';
import type { PendingWrites } from './pendingWrites';

export class StackFrame {
  private readonly attributes: number;
  private readonly base: number;
  private readonly limit: number;
  private readonly mask: number;
  private top: number;
  /** where `top` lies in the buffer, if there is room for all pushes to come without further checks; else -1 */
  private place = -1;

  constructor(
    private readonly core: Core,
    private readonly writes: PendingWrites,
    { attributes, base, limit }: SegmentCache,
    pointer: number,
    /** the stack's privilege level is 3: its pages are accessed as a user */
    private readonly user: boolean,
    /** error code of #SS where there is no room */
    private readonly faultCode: number,
  ) {
    this.attributes = attributes;
    this.base = base;
    this.limit = limit;
    this.mask = attributes & Attribute.big ? 0xffffffff : 0xffff;
    this.top = (pointer & this.mask) >>> 0;
  }

  /** The current stack, at the current privilege level. */
  static current(core: Core, writes: PendingWrites, faultCode = 0): StackFrame {
    const { state } = core;
    return new StackFrame(core, writes, state.segment(Segment.ss), state.stackPointer, state.cpl === 3, faultCode);
  }

  /** Stack pointer after the pushes so far, at the width of the stack. */
  get pointer(): number {
    return this.top;
  }

  /**
   * "IF stack does not have room for N bytes THEN #SS": by the limit alone; pages are checked by each push, unless all of
   * them turn out to be at hand.
   */
  requireRoom(values: number, bytes: 2 | 4): void {
    const { memory } = this.core;
    const length = values * bytes;
    if (this.top < length) return this.requireRoomAround(values, bytes);
    this.checkLimit(this.top - length, length);
    if (this.user && memory.alignmentChecked()) return;
    const place = memory.place((this.base + this.top - length) >>> 0, length, true, this.user);
    if (place >= 0) this.place = place + length;
  }

  push(value: number, bytes: 2 | 4): void {
    const offset = ((this.top - bytes) & this.mask) >>> 0;
    this.top = offset;
    if (this.place >= 0) {
      this.place -= bytes;
      return this.writes.addAt(this.place, bytes, value);
    }
    this.checkLimit(offset, bytes);
    const linear = (this.base + offset) >>> 0;
    if (this.user && linear & (bytes - 1) && this.core.memory.alignmentChecked()) throw alignmentCheck();
    this.writes.add(linear, bytes, value, this.user);
  }

  /** CS:EIP, as CALL pushes it. */
  pushReturnAddress(next: number, bytes: 2 | 4): void {
    this.push(this.core.state.selector(Segment.cs), bytes);
    this.push(next, bytes);
  }

  /** The room wraps around the end of the segment. */
  private requireRoomAround(values: number, bytes: 2 | 4): void {
    for (let index = 1; index <= values; index++)
      this.checkLimit(((this.top - index * bytes) & this.mask) >>> 0, bytes);
  }

  private checkLimit(offset: number, bytes: number): void {
    const { attributes, limit } = this;
    if (attributes & Attribute.unusable || !withinLimit(attributes, limit, offset, bytes)) {
      throw stackFault(this.faultCode);
    }
  }
}
