// The processor's state word by word: typed access to the buffer that `isa/state.ts` lays out. Compiled code reads the
// same bytes. What the privileged machinery asks for at every event has an accessor; all else goes by name.

import {
  deliveryCountOffset,
  gprOffset,
  instructionCountOffset,
  overheadCountOffset,
  stateOffset,
  stateSizeBytes,
  type StateField,
} from '../../isa/state';

// Indices into `words`, of the fields that have an accessor.
const eipWord = stateOffset.eip >> 2;
const systemFlagsWord = stateOffset.systemFlags >> 2;
const cplWord = stateOffset.cpl >> 2;
const interruptShadowWord = stateOffset.interruptShadow >> 2;
const activityWord = stateOffset.activity >> 2;
const pendingDebugTrapsWord = stateOffset.pendingDebugTraps >> 2;
const gdtrBaseWord = stateOffset.gdtrBase >> 2;
const gdtrLimitWord = stateOffset.gdtrLimit >> 2;
const idtrBaseWord = stateOffset.idtrBase >> 2;
const idtrLimitWord = stateOffset.idtrLimit >> 2;
const cr0Word = stateOffset.cr0 >> 2;
const cr2Word = stateOffset.cr2 >> 2;
const cr3Word = stateOffset.cr3 >> 2;
const cr4Word = stateOffset.cr4 >> 2;
const dr7Word = stateOffset.dr7 >> 2;
const firstGprWord = gprOffset(0) >> 2;
const gprWords = (gprOffset(1) - gprOffset(0)) >> 2;
const instructionCountIndex = instructionCountOffset >> 3;
const overheadCountIndex = overheadCountOffset >> 3;
const deliveryCountIndex = deliveryCountOffset >> 3;

export class StateWords {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  private readonly counts: Float64Array;

  /** State in `buffer` at `byteOffset` (a multiple of 8), which must have `stateSizeBytes` bytes there. */
  constructor(
    readonly buffer: ArrayBufferLike = new ArrayBuffer(stateSizeBytes),
    readonly byteOffset = 0,
  ) {
    this.words = new Int32Array(buffer, byteOffset, stateSizeBytes / 4);
    this.bytes = new Uint8Array(buffer, byteOffset, stateSizeBytes);
    this.counts = new Float64Array(buffer, byteOffset, stateSizeBytes / 8);
  }

  /** A state field as a signed 32-bit number. */
  get(field: StateField): number {
    return this.words[stateOffset[field] >> 2];
  }

  set(field: StateField, value: number): void {
    this.words[stateOffset[field] >> 2] = value;
  }

  /** General register, signed 32 bits. */
  gpr(index: number): number {
    return this.words[firstGprWord + index * gprWords];
  }

  setGpr(index: number, value: number): void {
    this.words[firstGprWord + index * gprWords] = value;
  }

  /** The guest's time: its instructions. */
  get instructionCount(): number {
    return this.counts[instructionCountIndex];
  }

  set instructionCount(value: number) {
    this.counts[instructionCountIndex] = value;
  }

  /** What the processor has retired beyond them. */
  get overheadCount(): number {
    return this.counts[overheadCountIndex];
  }

  set overheadCount(value: number) {
    this.counts[overheadCountIndex] = value;
  }

  /** Instructions that the processor has retired. */
  get retiredCount(): number {
    return this.instructionCount + this.overheadCount;
  }

  get deliveryCount(): number {
    return this.counts[deliveryCountIndex];
  }

  set deliveryCount(value: number) {
    this.counts[deliveryCountIndex] = value;
  }

  // --- words: addresses and limits are unsigned, the others signed

  get eip(): number {
    return this.words[eipWord] >>> 0;
  }

  set eip(value: number) {
    this.words[eipWord] = value;
  }

  get systemFlags(): number {
    return this.words[systemFlagsWord];
  }

  set systemFlags(value: number) {
    this.words[systemFlagsWord] = value;
  }

  get cpl(): number {
    return this.words[cplWord];
  }

  set cpl(value: number) {
    this.words[cplWord] = value;
  }

  get interruptShadow(): number {
    return this.words[interruptShadowWord];
  }

  set interruptShadow(value: number) {
    this.words[interruptShadowWord] = value;
  }

  get activity(): number {
    return this.words[activityWord];
  }

  set activity(value: number) {
    this.words[activityWord] = value;
  }

  get pendingDebugTraps(): number {
    return this.words[pendingDebugTrapsWord];
  }

  set pendingDebugTraps(value: number) {
    this.words[pendingDebugTrapsWord] = value;
  }

  get gdtrBase(): number {
    return this.words[gdtrBaseWord] >>> 0;
  }

  get gdtrLimit(): number {
    return this.words[gdtrLimitWord];
  }

  get idtrBase(): number {
    return this.words[idtrBaseWord] >>> 0;
  }

  get idtrLimit(): number {
    return this.words[idtrLimitWord];
  }

  get cr0(): number {
    return this.words[cr0Word];
  }

  set cr0(value: number) {
    this.words[cr0Word] = value;
  }

  get cr2(): number {
    return this.words[cr2Word];
  }

  set cr2(value: number) {
    this.words[cr2Word] = value;
  }

  get cr3(): number {
    return this.words[cr3Word];
  }

  set cr3(value: number) {
    this.words[cr3Word] = value;
  }

  get cr4(): number {
    return this.words[cr4Word];
  }

  set cr4(value: number) {
    this.words[cr4Word] = value;
  }

  get dr7(): number {
    return this.words[dr7Word];
  }

  set dr7(value: number) {
    this.words[dr7Word] = value;
  }
}
