// Who handles an exception or interrupt: the gate in the guest's own IDT, looked at without a trace.

import { hex } from '../base/hex';
import { descriptorAttributes, gateOffset, gateSelector, SystemType } from '../isa/descriptors';
import { vectorName } from '../isa/exceptions';
import type { ProcessorState } from '../cpu/registers/state';
import type { MemoryView } from './memory';
import type { SymbolTable } from './symbols';

export interface Gate {
  readonly vector: number;
  /** as the guest wrote it */
  readonly selector: number;
  readonly offset: number;
}

const gateTypes: readonly number[] = [
  SystemType.taskGate,
  SystemType.interruptGate16,
  SystemType.trapGate16,
  SystemType.interruptGate32,
  SystemType.trapGate32,
];

/** The gate of `vector`, or why there is none that can be used. */
export function findGate(vector: number, state: ProcessorState, memory: MemoryView): Gate | string {
  return state.protectedMode ? protectedGate(vector, state, memory) : realModeGate(vector, state, memory);
}

function realModeGate(vector: number, state: ProcessorState, memory: MemoryView): Gate | string {
  const address = (state.get('idtrBase') >>> 0) + vector * 4;
  const entry = memory.read(address, 4);
  if (entry === undefined) return `the interrupt table at ${hex(state.get('idtrBase'), 8)} cannot be read`;
  return { vector, selector: entry >>> 16, offset: entry & 0xffff };
}

function protectedGate(vector: number, state: ProcessorState, memory: MemoryView): Gate | string {
  const base = state.get('idtrBase') >>> 0;
  const limit = state.get('idtrLimit') & 0xffff;
  if (vector * 8 + 7 > limit) return `the IDT has no entry ${hex(vector, 2)}: its limit is ${hex(limit)}`;
  const low = memory.read(base + vector * 8, 4);
  const high = memory.read(base + vector * 8 + 4, 4);
  if (low === undefined || high === undefined) return `the IDT at ${hex(base, 8)} is not mapped`;
  const attributes = descriptorAttributes({ low, high });
  if (!gateTypes.includes(attributes & 0x1f)) return `entry ${hex(vector, 2)} of the IDT holds no gate`;
  if (!(attributes & 0x80)) return `the gate of entry ${hex(vector, 2)} is marked not present`;
  return { vector, selector: gateSelector({ low, high }), offset: gateOffset({ low, high }) };
}

/** `the guest's handler for #PF at kernel_fault (0x8:0x00101234)`, or why nothing can handle it. */
export function handlerText(vector: number, state: ProcessorState, memory: MemoryView, symbols: SymbolTable): string {
  const gate = findGate(vector, state, memory);
  if (typeof gate === 'string') return `nothing in the guest: ${gate}`;
  const name = symbols.describe(gate.offset);
  const address = `${hex(gate.selector)}:${hex(gate.offset, 8)}`;
  return `the guest's handler for ${vectorName(vector)}${name === undefined ? ` at ${address}` : `, ${name} (${address})`}`;
}
