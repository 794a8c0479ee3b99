// Breakpoints on a change of a register: what the guest believes, or with `hw.` what the hardware has. Registers that only privileged
// and sensitive instructions and events change cost next to nothing; for others the guest is stepped.

import { t } from '../base/localization';
import type { Breakpoint, Breakpoints } from './breakpoints';
import type { ExpressionContext } from './expressions/evaluate';
import { registerPlace } from './expressions/registers';
import type { Stop } from './stop';

const hardwarePrefix = /^hw\./i;
/** Changed by privileged and sensitive instructions and by events alone. */
const ofSystem = /^(cr\d|dr\d|gdtr|idtr|ldtr|tr|cpl$|if$|iopl$|eflags\.(if|iopl)$)/i;

export const isRegister = (name: string): boolean => registerPlace(name.replace(hardwarePrefix, '')) !== undefined;

/** `cr3, as the guest believes it`, `cr3 of the hardware` */
export const watchedRegisterText = (name: string): string =>
  hardwarePrefix.test(name)
    ? t`${name.replace(hardwarePrefix, '')} of the hardware`
    : t`${name}, as the guest believes it`;

export const registerChangeText = (name: string, before: string, now: string): string =>
  hardwarePrefix.test(name)
    ? t`${name.replace(hardwarePrefix, '')} of the hardware has changed: ${before} → ${now}`
    : t`${name}, as the guest believes it, has changed: ${before} → ${now}`;

export class RegisterWatch {
  private known = new Map<Breakpoint, number>();

  constructor(private readonly breakpoints: Breakpoints) {}

  get isOn(): boolean {
    return this.breakpoints.watchedRegisters.length > 0;
  }

  /** Must every instruction be looked at? */
  get needsEachStep(): boolean {
    return this.breakpoints.watchedRegisters.some(
      ({ register = '' }) => !ofSystem.test(register.replace(hardwarePrefix, '')),
    );
  }

  /** From here on a change counts. */
  note(context: ExpressionContext): void {
    this.known = new Map(this.breakpoints.watchedRegisters.map(each => [each, valueOf(each, context)]));
  }

  /** A register that has changed since the last call, if its breakpoint stops for that. */
  judge(context: ExpressionContext): Stop | undefined {
    let stop: Stop | undefined;
    for (const breakpoint of this.breakpoints.watchedRegisters) {
      const now = valueOf(breakpoint, context);
      const before = this.known.get(breakpoint) ?? now;
      this.known.set(breakpoint, now);
      if (before === now || stop) continue;
      const { stops, problem } = breakpoint.judge(context);
      if (stops)
        stop = { kind: 'register', ids: [breakpoint.id], name: breakpoint.register ?? '', before, now, problem };
    }
    return stop;
  }
}

const valueOf = ({ register = '' }: Breakpoint, context: ExpressionContext): number => context.lookUp(register).read();
