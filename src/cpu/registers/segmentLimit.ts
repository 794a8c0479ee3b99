// Segment limits (SDM Vol. 3A §5.3).

import { Attribute } from '../../isa/descriptors';
import { isExpandDown } from '../../isa/descriptorTypes';

/** §5.3. An access that wraps past 4 GiB fails even where the limit is 4 GiB: the manual leaves it open, processors fault. */
export function withinLimit(attributes: number, limit: number, offset: number, bytes: number): boolean {
  const last = offset + bytes - 1;
  if (!isExpandDown(attributes)) return last <= limit;
  return offset > limit && last <= (attributes & Attribute.big ? 0xffffffff : 0xffff);
}
