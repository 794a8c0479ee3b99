// When delivering one exception raises another (SDM Vol. 3A §6.15, #DF, table 6-5): deliver the second, or a double
// fault in place of both, or shut down.

import { type DoubleFaultClass, exceptionRow, Vector } from '../../../isa/exceptions';
import { CpuException } from '../../registers/fault';

const classOf = ({ vector }: CpuException): DoubleFaultClass => exceptionRow(vector)?.doubleFaultClass ?? 'benign';

/** What to deliver after `second` came up during delivery of `first`; nothing if the processor shuts down. */
export function combineFaults(first: CpuException, second: CpuException): CpuException | undefined {
  const secondClass = classOf(second);
  if (secondClass === 'benign') return second;
  switch (classOf(first)) {
    case 'benign':
      return second;
    case 'contributory':
      return secondClass === 'contributory' ? doubleFault() : second;
    case 'pageFault':
      return doubleFault();
    case 'doubleFault':
      return undefined;
  }
}

const doubleFault = (): CpuException => new CpuException(Vector.doubleFault, 0);
