import { CpuException } from '../cpu/registers/fault';
import type { Processor } from '../cpu/processor';
import type { MicroProgram } from '../ir/microOp';

/** The instruction that `processor` will fetch next, or undefined if fetching it would fault. */
export function peekInstruction(processor: Processor): MicroProgram | undefined {
  const cr2 = processor.state.get('cr2');
  try {
    return processor.fetch();
  } catch (exception) {
    if (!(exception instanceof CpuException)) throw exception;
    processor.state.set('cr2', cr2);
    return undefined;
  }
}
