// What a selector that lies on a stack or in a gate stands for, looked up without a trace.

import type { Linear } from '../base/address';
import { Attribute, descriptorAttributes, descriptorBase, selectorIsLocal, selectorOffset } from '../isa/descriptors';
import { isPresent } from '../isa/descriptorTypes';
import { Segment } from '../isa/registers';
import type { ProcessorState } from '../cpu/registers/state';
import type { MemoryView } from './memory';

export interface SavedSegment {
  readonly base: Linear;
  /** of code in it, or of a stack pointer into it */
  readonly size: 16 | 32;
}

/** In real mode, and for code in virtual-8086 mode, a selector is a paragraph; else it names one of the guest's descriptors. */
export function savedSegment(
  selector: number,
  isVirtual8086: boolean,
  state: ProcessorState,
  memory: MemoryView,
): SavedSegment {
  if (isVirtual8086 || !state.protectedMode) return { base: (selector & 0xffff) << 4, size: 16 };
  const table = selectorIsLocal(selector) ? state.base(Segment.ldtr) : state.get('gdtrBase');
  const descriptor = memory.readDescriptor((table + selectorOffset(selector)) >>> 0);
  const attributes = descriptor && descriptorAttributes(descriptor);
  // the table may be gone, as a boot loader's is: then it was most likely code like that which runs now
  if (!descriptor || !attributes || !isPresent(attributes)) return { base: 0, size: state.codeIs32Bit ? 32 : 16 };
  return { base: descriptorBase(descriptor), size: attributes & Attribute.big ? 32 : 16 };
}
