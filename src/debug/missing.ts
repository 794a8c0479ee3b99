// What guests from elsewhere count on and will not find here: said where they stumble over it.

import { t, translated } from '../base/localization';
import { Vector } from '../isa/exceptions';
import { noLinux } from '../machine/foreignFiles';

const noX87 = (): string =>
  t`This processor has no x87 unit, as CPUID says, so floating-point instructions raise #NM. Build the guest without them (gcc: -msoft-float), or let its #NM handler emulate them.`;

const linuxCalls = /^(int 0x80|syscall|sysenter)$/;

/** `instruction` has raised `vector`: is it for want of something that other machines have? */
export function whatIsMissing(vector: number, instruction: string): string | undefined {
  if (vector === Vector.deviceNotAvailable && instruction.startsWith('f')) return noX87();
  return linuxCalls.test(instruction) ? translated(noLinux) : undefined;
}
