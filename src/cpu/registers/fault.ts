// Exceptions raised by instructions. They are thrown by whatever finds the fault, and caught by the processor's loop,
// which delivers them through the IDT. Plain objects rather than Errors: no stack trace is wanted, and none is paid for.

import { Vector } from '../../isa/exceptions';

/** An exception on its way to delivery. CR2 is already set where `vector` is #PF; DR6 where it is #DB. */
export class CpuException {
  constructor(
    readonly vector: number,
    /** for the vectors that have one; in real mode it is not pushed */
    readonly errorCode: number | undefined = undefined,
  ) {}
}

export const debugException = (): CpuException => new CpuException(Vector.debug);
export const invalidOpcode = (): CpuException => new CpuException(Vector.invalidOpcode);
export const invalidTss = (errorCode: number): CpuException => new CpuException(Vector.invalidTss, errorCode);
export const segmentNotPresent = (errorCode: number): CpuException =>
  new CpuException(Vector.segmentNotPresent, errorCode);
export const stackFault = (errorCode: number): CpuException => new CpuException(Vector.stackFault, errorCode);
export const generalProtection = (errorCode: number): CpuException =>
  new CpuException(Vector.generalProtection, errorCode);
export const pageFault = (errorCode: number): CpuException => new CpuException(Vector.pageFault, errorCode);
export const alignmentCheck = (): CpuException => new CpuException(Vector.alignmentCheck, 0);
