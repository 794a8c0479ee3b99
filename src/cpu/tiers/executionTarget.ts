// What micro-programs act on: state and memory of one processor, as the evaluator wants them.

import { Segment } from '../../isa/registers';
import type { EvaluationTarget } from '../../ir/evaluate';
import { CpuException, generalProtection } from '../registers/fault';
import type { MemoryUnit } from '../memory/memoryUnit';
import type { ProcessorState } from '../registers/state';

export class ExecutionTarget implements EvaluationTarget {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;

  constructor(
    private readonly state: ProcessorState,
    private readonly memory: MemoryUnit,
  ) {
    this.words = state.words;
    this.bytes = state.bytes;
  }

  load(segment: number, offset: number, bytes: 1 | 2 | 4): number {
    return this.memory.load(segment, offset, bytes);
  }

  store(segment: number, offset: number, bytes: 1 | 2 | 4, value: number): void {
    this.memory.store(segment, offset, bytes, value);
  }

  reserve(slot: number, segment: number, offset: number, bytes: 1 | 2 | 4 | 8): void {
    this.memory.reserve(slot, segment, offset, bytes);
  }

  loadReserved(slot: number, bytes: 1 | 2 | 4, half = 0): number {
    return this.memory.reservations.load(slot, bytes, half);
  }

  storeReserved(slot: number, bytes: 1 | 2 | 4, value: number, half = 0): void {
    this.memory.reservations.store(slot, bytes, value, half);
  }

  raise(vector: number, errorCode: number | undefined): never {
    throw new CpuException(vector, errorCode);
  }

  checkBranch(offset: number): void {
    if (offset > this.state.limit(Segment.cs)) throw generalProtection(0);
  }
}
