// What guests from elsewhere count on and will not find here: said where they stumble over it.

import { Vector } from '../isa/exceptions';

export const noLinux =
  'This machine is empty: there is no Linux in it, nor any other operating system that would answer a system call. ' +
  'A guest brings its own kernel, or reaches the devices by itself, such as COM1 at port 0x3f8.';

const noX87 =
  'This processor has no x87 unit, as CPUID says, so floating-point instructions raise #NM. Build the guest without them ' +
  '(gcc: -msoft-float), or let its #NM handler emulate them.';

const linuxCalls = /^(int 0x80|syscall|sysenter)$/;

/** `instruction` has raised `vector`: is it for want of something that other machines have? */
export function whatIsMissing(vector: number, instruction: string): string | undefined {
  if (vector === Vector.deviceNotAvailable && instruction.startsWith('f')) return noX87;
  return linuxCalls.test(instruction) ? noLinux : undefined;
}
