// Who handles an exception or interrupt: the gate in the guest's own IDT, looked at without a trace.

import type { Linear } from '../base/address';
import { hex } from '../base/hex';
import { t } from '../base/localization';
import { descriptorAttributes, gateOffset, gateSelector } from '../isa/descriptors';
import { isIdtGate, isPresent } from '../isa/descriptorTypes';
import { vectorName } from '../isa/exceptions';
import type { ProcessorState } from '../cpu/registers/state';
import type { MemoryView } from './memory';
import { savedSegment } from './savedSegment';
import type { ProgramSymbols } from '../symbols/programSymbols';

export interface Gate {
  readonly vector: number;
  /** as the guest wrote it */
  readonly selector: number;
  readonly offset: number;
  /** of the handler's first instruction */
  readonly linear: Linear;
}

/** The gate of `vector`, or why there is none that can be used. */
export function findGate(vector: number, state: ProcessorState, memory: MemoryView): Gate | string {
  return state.protectedMode ? protectedGate(vector, state, memory) : realModeGate(vector, state, memory);
}

/** Where the guest's own gate of `vector` lies: linear address, and bytes. */
export function gatePlace(vector: number, state: ProcessorState): { address: Linear; bytes: 4 | 8 } {
  const bytes = state.protectedMode ? 8 : 4;
  return { address: ((state.get('idtrBase') >>> 0) + vector * bytes) >>> 0, bytes };
}

function realModeGate(vector: number, state: ProcessorState, memory: MemoryView): Gate | string {
  const address = (state.get('idtrBase') >>> 0) + vector * 4;
  const entry = memory.read(address, 4);
  if (entry === undefined) return t`the interrupt table at ${hex(state.get('idtrBase'), 8)} cannot be read`;
  const [selector, offset] = [entry >>> 16, entry & 0xffff];
  return { vector, selector, offset, linear: selector * 16 + offset };
}

function protectedGate(vector: number, state: ProcessorState, memory: MemoryView): Gate | string {
  const base = state.get('idtrBase') >>> 0;
  const limit = state.get('idtrLimit') & 0xffff;
  if (vector * 8 + 7 > limit) return t`the IDT has no entry ${hex(vector, 2)}: its limit is ${hex(limit)}`;
  const gate = memory.readDescriptor(base + vector * 8);
  if (gate === undefined) return t`the IDT at ${hex(base, 8)} is not mapped`;
  const attributes = descriptorAttributes(gate);
  if (!isIdtGate(attributes)) return t`entry ${hex(vector, 2)} of the IDT holds no gate`;
  if (!isPresent(attributes)) return t`the gate of entry ${hex(vector, 2)} is marked not present`;
  const [selector, offset] = [gateSelector(gate), gateOffset(gate)];
  const segment = savedSegment(selector, false, state, memory);
  return { vector, selector, offset, linear: (segment.base + offset) >>> 0 };
}

/** `the guest's handler for #PF at kernel_fault (0x8:0x00101234)`, or why nothing can handle it. */
export function handlerText(
  vector: number,
  state: ProcessorState,
  memory: MemoryView,
  symbols: ProgramSymbols,
): string {
  const gate = findGate(vector, state, memory);
  if (typeof gate === 'string') return t`nothing in the guest: ${gate}`;
  const name = symbols.describe(gate.linear);
  const address = `${hex(gate.selector)}:${hex(gate.offset, 8)}`;
  return name === undefined
    ? t`the guest's handler for ${vectorName(vector)} at ${address}`
    : t`the guest's handler for ${vectorName(vector)}, ${name} (${address})`;
}
