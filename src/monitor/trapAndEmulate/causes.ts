// Why the monitor was called, in one sentence for somebody who sees it for the first time. What the manuals say of it is in the
// stages' sentences (`sentences.ts`).

import { hex } from '../../base/hex';
import { t } from '../../base/localization';
import { Vector, vectorName } from '../../isa/exceptions';
import type { Instruction } from '../../isa/instruction';
import { Activity } from '../../isa/state';
import { hostTimerVector } from '../deprivileged/monitorMemory';
import type { GuestAccess } from '../deprivileged/shadowPaging';
import { ringOf, type TrapFrame } from '../deprivileged/worldSwitch';
import type { Monitor } from './monitor';
import { assemblyOf } from './sentences';

/** The virtual CPU has what the guest believes. `found` is what the guest's tables say of the access, after a page fault. */
export function whyCalled(monitor: Monitor, frame: TrapFrame, found: GuestAccess | undefined): string {
  if (frame.vector === hostTimerVector)
    return t`the host's timer has run out: a virtual device has something to do, and the guest was interrupted for it`;
  const fetched = monitor.fetchInstruction();
  const instruction = fetched && `\`${assemblyOf(monitor, fetched)}\``;
  if (found) return pageCause(found, instruction, hex(monitor.hardware.state.get('cr2') >>> 0, 8));
  if (fetched === undefined || instruction === undefined)
    return t`the guest's next instruction cannot be fetched: the processor called the monitor`;
  return instructionCause(monitor, frame, fetched.program.instruction, instruction);
}

function pageCause({ kind }: GuestAccess, instruction = t`the guest`, address: string): string {
  switch (kind) {
    case 'allowed':
      return t`the page at ${address} is used for the first time: the monitor's page tables get the entry that they lacked, and the guest notices nothing`;
    case 'watched':
      return t`${instruction} writes to a table of which the monitor keeps a copy, so the processor called the monitor`;
    case 'unbacked':
      return t`${instruction} reaches for an address where there is no RAM, so the processor called the monitor`;
    case 'refused':
      return t`${instruction} reaches for a page that the guest's own tables do not allow: the fault is the guest's, and the monitor passes it on`;
  }
}

function instructionCause(
  { vcpu }: Monitor,
  { vector, context }: TrapFrame,
  known: Instruction | undefined,
  instruction: string,
): string {
  const ring = ringOf(context);
  const who = !vcpu.state.protectedMode ? t`the guest` : vcpu.state.cpl === 0 ? t`the kernel` : t`the program`;
  if (known === undefined) return t`no processor knows this instruction: the monitor passes the fault on to the guest`;
  if (vector === Vector.generalProtection && known.row.flow === 'interrupt')
    return t`${instruction} calls for a handler; all that the processor knows are the monitor's, which passes the call on to the guest's`;
  if (vector === Vector.generalProtection && known.row.privilege !== undefined)
    return known.row.privilege === 'io'
      ? t`${instruction} talks to a device; ${who} is really in ring ${ring}, which may not, so the processor called the monitor`
      : t`${instruction} is privileged; ${who} is really in ring ${ring}, so the processor called the monitor`;
  if (emulated.includes(vector))
    return t`${instruction} needs a segment in a way that ring ${ring} may not have it, so the processor called the monitor`;
  return t`${instruction} has raised ${vectorName(vector)}: the monitor passes it on to the guest's own handler`;
}

/** Faults that may come from the form that the monitor has given to the guest's segments. */
const emulated: readonly number[] = [
  Vector.generalProtection,
  Vector.segmentNotPresent,
  Vector.stackFault,
  Vector.invalidTss,
];

export const whyStillEmulating = ({ vcpu }: Monitor): string =>
  vcpu.state.activity === Activity.active
    ? t`the hardware cannot hold the guest's registers as they are now, so the monitor takes the next instruction for it`
    : t`the guest waits for an interrupt, and the monitor waits with it`;
