// A few registers and flags, and the ways to run a micro-program on them: by the evaluator, and as a region of one block
// or more in WebAssembly. Memory is flat and without paging.

import { pageSizeBytes } from '../../src/base/address';
import { ExecutionTarget } from '../../src/cpu/tiers/executionTarget';
import { WeightCounters } from '../../src/cpu/tiers/weightCounters';
import { MemoryUnit } from '../../src/cpu/memory/memoryUnit';
import { PhysicalMemory } from '../../src/cpu/memory/physicalMemory';
import { ProcessorState } from '../../src/cpu/registers/state';
import { tlbEntries, tlbTableBytes } from '../../src/cpu/memory/tlb';
import { joinBlock } from '../../src/ir/blockGraph';
import { Evaluator } from '../../src/ir/evaluate';
import { IrBuilder } from '../../src/ir/irBuilder';
import type { MicroProgram } from '../../src/ir/microOp';
import { encodeModule } from '../../src/ir/wasm/binary';
import { RegionEmitter } from '../../src/ir/wasm/regionEmitter';
import type { RegionBlock } from '../../src/ir/wasm/regionPlan';
import { Attribute } from '../../src/isa/descriptors';
import { SegmentField, segmentOffset } from '../../src/isa/state';
import type { ExecutionMode } from '../../src/semantics/builder';

export const flatMode: ExecutionMode = {
  codeSize: 32,
  stackSize: 32,
  cpl: 0,
  protectedMode: true,
  virtual8086: false,
};

export const memoryBytes = 0x10000;
const flatAttributes = Attribute.present | Attribute.notSystem | Attribute.writableOrReadable | Attribute.big;
const dispatchTableBytes = 0x2000;

/** A program that no instruction stands for. */
export function programFrom(build: (b: IrBuilder) => void, length = 1): MicroProgram {
  const b = new IrBuilder(flatMode, length);
  build(b);
  return b.finish(undefined);
}

export class OneBlockMachine {
  readonly memory = PhysicalMemory.ofSize(memoryBytes);
  private readonly area = this.memory.takeArea();
  readonly state = ProcessorState.within(this.area);
  readonly unit = new MemoryUnit(this.state, this.memory, undefined, this.area);
  private readonly weights = new WeightCounters(this.area);
  private readonly dispatchTable = this.area.allocate(dispatchTableBytes);
  private readonly evaluator = new Evaluator(new ExecutionTarget(this.state, this.unit), []);

  constructor() {
    for (let segment = 0; segment < 6; segment++)
      this.state.setSegment(segment, { selector: 8, base: 0, limit: 0xffffffff, attributes: flatAttributes });
    for (let address = 0; address < memoryBytes; address += pageSizeBytes)
      for (const write of [false, true]) this.unit.translate(address, write, false);
  }

  evaluate(program: MicroProgram): void {
    this.evaluator.run(program);
  }

  /** The programs as one block at EIP; gives how many instructions were retired. */
  runAsBlock(programs: readonly MicroProgram[], budget = programs.length): number {
    const { eip } = this.state;
    const starts: number[] = [];
    let endEip = eip;
    for (const { length } of programs) {
      starts.push(endEip);
      endEip += length;
    }
    return this.runRegion([{ eip, isEntry: true, graph: joinBlock(programs, eip), starts, endEip }], budget);
  }

  /** Begins with the entry at EIP. */
  runRegion(blocks: readonly RegionBlock[], budget: number): number {
    const { state, unit, memory } = this;
    const emitter = new RegionEmitter(blocks, {
      stateAddress: state.byteOffset,
      tlbAddress: unit.tlbAddress,
      tlbTableBytes,
      tlbSlots: tlbEntries,
      user: false,
      pageEip: blocks[0].eip & ~0xfff,
      dispatchTable: this.dispatchTable,
      codeLimitAddress: state.byteOffset + segmentOffset(1) + SegmentField.limit,
      weights: this.weights.layout,
    });
    emitter.entries.forEach((eip, index) => this.setEntryNumber(eip, index + 1));
    const bytes = encodeModule([], [emitter.emit()], { memoryPages: memory.buffer.byteLength / 0x10000 });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), {
      env: { memory: memory.wasm },
    });
    const run = instance.exports.f0 as (budget: number, entry: number) => number;
    return budget - run(budget, emitter.entries.indexOf(state.eip));
  }

  private setEntryNumber(eip: number, number: number): void {
    new Uint16Array(this.memory.buffer, this.dispatchTable, 0x1000)[eip & 0xfff] = number;
  }
}
