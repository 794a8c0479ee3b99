// What the handlers' stages have done, in one sentence each, with values. The handlers report nothing themselves: these rows
// read their locals, before and after.

import { Disassembler } from '../../isa/disassemble';
import { type PageAccess, type PageTranslation, physicalOf } from '../../cpu/memory/paging';
import { ProcessorState } from '../../cpu/registers/state';
import type { PortDevice } from '../../devices/device';
import { guestPhysical } from '../../base/address';
import { hex } from '../../base/hex';
import { marked, t, translated } from '../../base/localization';
import { unreachable } from '../../base/exhaustive';
import { exceptionText, Vector, vectorName } from '../../isa/exceptions';
import { Eflags, ioplShift } from '../../isa/flags';
import type { Privilege } from '../../isa/opcodeRow';
import { gprNames, Segment, segmentNames } from '../../isa/registers';
import type { StateField } from '../../isa/state';
import type { CpuException } from '../../cpu/registers/fault';
import { privilegeText } from '../../isa/privilege';
import { type Exit, exitReason, type Trap } from '../exit';
import type { Locals, LocalTexts, PassedStage, Sentence, Sentences } from '../visit';
import type { GuestInstruction, Monitor } from './monitor';
import type { GuestAccess } from '../deprivileged/shadowPaging';
import { describeTrap, describeVector } from '../deprivileged/trap';
import { ringOf, type TrapFrame } from '../deprivileged/worldSwitch';

interface InMonitor {
  readonly monitor: Monitor;
}
interface PageFaultLocals extends InMonitor {
  readonly linear: number;
  readonly access: PageAccess;
  readonly found: GuestAccess;
}
interface EmulationLocals extends InMonitor {
  readonly instruction: GuestInstruction | undefined;
}

/** A row for the stage of a handler with these locals. */
const says = <L>(tell: (locals: L) => string): Sentence => ({ tell: locals => tell(locals as unknown as L) });

/** The same, of a stage that changes the virtual CPU. */
const saysChanges = <L extends InMonitor>(tell: (locals: L, changes: string) => PassedStage): Sentence => ({
  before: locals => copyOf(monitorOf(locals).vcpu.state),
  tell: (locals, before) =>
    tell(locals as unknown as L, changesText(before as ProcessorState, monitorOf(locals).vcpu.state)),
});

/** Every handler has it. */
const monitorOf = (locals: Locals): Monitor => (locals as unknown as InMonitor).monitor;

export const sentences: Sentences = {
  handleTrap: {
    intercept: says<{ frame: TrapFrame; exit: Trap }>(
      ({ frame, exit }) =>
        t`${describeTrap(frame)}: the hardware switched from ring ${exit.ring} to ring 0, into the monitor`,
    ),
    host: says(() => t`the host's timer has run out: the virtual devices do what is due`),
  },
  handlePageFault: {
    check: says<PageFaultLocals>(locals => pageFaultText(locals)),
    translate: says<PageFaultLocals>(({ monitor, linear, found }) =>
      found.kind === 'allowed' ? shadowText(monitor, linear, found.translation) : '',
    ),
  },
  emulateInstruction: {
    decode: says<EmulationLocals>(({ monitor, instruction }) => instructionText(monitor, instruction)),
    check: says<EmulationLocals>(({ monitor, instruction }) => whyTrapped(monitor, instruction)),
    host: says<{ device: PortDevice }>(
      ({ device }) =>
        t`the port belongs to ${translated(device.title)}: a hosted monitor switches worlds here and asks its process on the host`,
    ),
    emulate: saysChanges<InMonitor>(({ monitor }, changes) => emulationText(monitor, changes)),
  },
  injectException: {
    inject: saysChanges<InMonitor & { exception: CpuException }>(({ monitor, exception: { vector } }, changes) => ({
      kind: 'inject',
      text: t`${vectorName(vector)} (${describeVector(vector)}) is for the guest: ${emulationText(monitor, changes).text}`,
    })),
  },
  waitForInterrupt: {
    host: {
      before: locals => monitorOf(locals).now,
      tell: (locals, before) =>
        t`the virtual CPU is halted: the host sleeps for ${monitorOf(locals).now - (before as number)} ticks, until a device has something to do`,
    },
  },
  injectInterrupt: {
    inject: saysChanges<InMonitor>(({ monitor }, changes) => ({
      kind: 'inject',
      text: t`a virtual device interrupts, and the guest believes its interrupts to be on: ${emulationText(monitor, changes).text}`,
    })),
  },
  resumeGuest: {
    resume: says<InMonitor>(
      ({ monitor: { vcpu, hardware } }) =>
        t`IRET to ring ${hardware.state.cpl}: the guest believes in ring ${vcpu.state.cpl} and goes on at ${hex(vcpu.state.eip, 8)}`,
    ),
  },
};

/** What the guest's own tables, or the monitor's, say of an access. */
const accessKinds: Readonly<Record<GuestAccess['kind'], string>> = {
  allowed: marked`allowed`,
  watched: marked`watched`,
  unbacked: marked`unbacked`,
  refused: marked`refused`,
};

/** A local of the type that its name stands for. */
const shows =
  <T>(text: (value: T, monitor: Monitor) => string): LocalTexts[string] =>
  (value, locals) =>
    text(value as T, monitorOf(locals));

export const localTexts: LocalTexts = {
  monitor: () => t`the monitor`,
  exit: shows<Exit>(exit =>
    exit.kind === 'emulation'
      ? translated(exitReason(exit))
      : t`${translated(exitReason(exit))}, from ring ${exit.ring}`,
  ),
  frame: shows<TrapFrame>(describeTrap),
  linear: shows<number>(linear => hex(linear, 8)),
  access: shows<PageAccess>(({ write, user }) =>
    user ? (write ? t`user write` : t`user read`) : write ? t`supervisor write` : t`supervisor read`,
  ),
  found: shows<GuestAccess>(({ kind }) => translated(accessKinds[kind])),
  instruction: shows<GuestInstruction | undefined>((instruction, monitor) => instructionText(monitor, instruction)),
  device: shows<PortDevice | undefined>(device => (device ? translated(device.title) : t`none`)),
  exception: shows<CpuException>(({ vector, errorCode }) => exceptionText(vector, errorCode)),
};

/** A step of the virtual CPU may come out as something else than what was to be emulated. */
function emulationText({ emulated: { outcome, times } }: Monitor, changes: string): PassedStage {
  if (outcome === 'delivered') return { kind: 'inject', text: t`the guest's own handler is entered: ${changes}` };
  if (outcome === 'shutdown')
    return {
      kind: 'inject',
      text: t`the guest could not handle this, nor the double fault that followed: triple fault`,
    };
  return { kind: 'emulate', text: times > 1 ? t`${times} times, ${changes}` : changes };
}

function copyOf(state: ProcessorState): ProcessorState {
  const copy = new ProcessorState();
  copy.copyFrom(state);
  return copy;
}

function pageFaultText({ monitor, linear, access, found }: PageFaultLocals): string {
  const what = accessText(access, linear);
  switch (found.kind) {
    case 'allowed':
      return monitor.vcpu.state.paging
        ? t`the guest's own page tables allow ${what}: a hidden fault`
        : t`the guest has paging off, which allows ${what}: a hidden fault`;
    case 'watched':
      return t`${what} would change a table that the monitor shadows: it must be carried out here`;
    case 'unbacked':
      return t`${what} has no RAM behind it that the hardware may be shown`;
    case 'refused':
      return t`the guest's own page tables do not allow ${what}: a true fault`;
    default:
      return unreachable(found);
  }
}

const shadowText = (monitor: Monitor, linear: number, { physical }: PageTranslation): string =>
  t`shadow entry made: guest-virtual ${hex(linear, 8)} → guest-physical ${hex(physical, 8)} → host-physical ${hex(monitor.hostPhysical(guestPhysical(physical)), 8)}`;

/** Such as `cli (fa) at 0x8:0x00100010`. */
function instructionText(monitor: Monitor, fetched: GuestInstruction | undefined): string {
  const { state } = monitor.vcpu;
  if (!fetched) return t`the instruction at ${codeAddress(state.selector(Segment.cs), state.eip)} cannot be fetched`;
  const { selector, eip, codeSize } = fetched;
  const bytes = bytesOf(monitor, fetched);
  const encoding = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(' ');
  return t`${disassembly(bytes, eip, codeSize)} (${encoding}) at ${codeAddress(selector, eip)}`;
}

/** Such as `cli`. */
export const assemblyOf = (monitor: Monitor, fetched: GuestInstruction): string =>
  disassembly(bytesOf(monitor, fetched), fetched.eip, fetched.codeSize);

function bytesOf({ vcpu: { state }, guestMemory }: Monitor, { linear, program }: GuestInstruction): Uint8Array {
  return Uint8Array.from({ length: program.length }, (_, index) => {
    const physical = physicalOf(guestMemory, state, (linear + index) >>> 0);
    return physical === undefined ? 0 : guestMemory.read8(physical);
  });
}

const codeAddress = (selector: number, eip: number): string => `${hex(selector)}:${hex(eip, 8)}`;

function disassembly(bytes: Uint8Array, eip: number, codeSize: 16 | 32): string {
  const disassembler = new Disassembler();
  try {
    return disassembler.disassemble(bytes, eip, codeSize).text;
  } finally {
    disassembler.free();
  }
}

/** Why the hardware stopped at an instruction, if it did. */
function whyTrapped({ vcpu: { state }, frame }: Monitor, fetched: GuestInstruction | undefined): string {
  const { cpl, iopl } = state;
  if (!frame)
    return t`the hardware cannot hold this state of the guest yet, so the virtual CPU takes this instruction; the guest believes in ring ${cpl}`;
  const row = fetched?.program.instruction?.row;
  if (!row)
    return t`no processor knows this instruction; the guest believes in ring ${cpl}, and has to handle the fault`;
  const privilege = privilegeThatFailed(row.privilege, frame);
  if (privilege) {
    const real = realPrivilege(frame);
    return t`the instruction ${privilegeText(privilege)}, and the hardware had CPL ${real.cpl} and IOPL ${real.iopl} when it trapped; the guest believes in ring ${cpl} with IOPL ${iopl}`;
  }
  // INT1 heeds no gate's DPL
  if (row.flow === 'interrupt' && row.mnemonic !== 'int1')
    return t`the gates of the real IDT are for ring 0 only, so that a software interrupt traps; the guest believes in ring ${cpl}, and its own IDT decides`;
  return t`${faultCause(frame)}; the guest believes in ring ${cpl}, and its own tables decide`;
}

/** The rule of the opcode table that the real ring broke, if that was the cause of a #GP(0). */
function privilegeThatFailed(
  privilege: Privilege | undefined,
  { vector, errorCode, context }: TrapFrame,
): Privilege | undefined {
  if (vector !== Vector.generalProtection || errorCode !== 0) return undefined;
  return privilege === 'v86Iopl' && !(context.eflags & Eflags.vm) ? undefined : privilege;
}

const realPrivilege = ({ context }: TrapFrame): { cpl: number; iopl: number } => ({
  cpl: ringOf(context),
  iopl: (context.eflags & Eflags.iopl) >> ioplShift,
});

function faultCause({ vector, errorCode = 0, context }: TrapFrame): string {
  const ring = ringOf(context);
  if (vector === Vector.pageFault) return t`the write must not go past the monitor`;
  if (vector === Vector.segmentNotPresent)
    return t`the segment of selector ${hex(errorCode)} is marked not present in the real tables`;
  if (errorCode !== 0) return t`ring ${ring} may not use selector ${hex(errorCode)} this way`;
  return t`the access is not one that ring ${ring} may make within its truncated segments`;
}

function accessText({ write, user }: PageAccess, linear: number): string {
  const address = hex(linear, 8);
  if (user) return write ? t`a user write at ${address}` : t`a user read at ${address}`;
  return write ? t`a supervisor write at ${address}` : t`a supervisor read at ${address}`;
}

const shownFields: readonly StateField[] = ['cr0', 'cr2', 'cr3', 'cr4', 'gdtrBase', 'idtrBase', 'dr6', 'dr7'];

/** What a step changed on the virtual CPU: `IF 1 → 0, EIP 0x… → 0x…`. */
function changesText(before: ProcessorState, after: ProcessorState): string {
  const changes: string[] = [];
  const note = (name: string, from: number, to: number, digits = 0): void => {
    const text = (value: number): string => (digits ? hex(value >>> 0, digits) : `${value}`);
    if (from !== to) changes.push(`${name} ${text(from)} → ${text(to)}`);
  };
  note(t`ring`, before.cpl, after.cpl);
  note('IF', interruptFlag(before), interruptFlag(after));
  note('IOPL', before.iopl, after.iopl);
  gprNames.forEach((name, index) => note(name.toUpperCase(), before.gpr(index), after.gpr(index), 8));
  segmentNames.forEach((name, index) => note(name.toUpperCase(), before.selector(index), after.selector(index), 4));
  note('LDTR', before.selector(Segment.ldtr), after.selector(Segment.ldtr), 4);
  note('TR', before.selector(Segment.tr), after.selector(Segment.tr), 4);
  for (const field of shownFields)
    note(field.replace('Base', '').toUpperCase(), before.get(field), after.get(field), 8);
  note('EIP', before.eip, after.eip, 8);
  return changes.length > 0
    ? t`on the virtual CPU: ${changes.join(', ')}`
    : t`on the virtual CPU: nothing that it shows has changed`;
}

const interruptFlag = (state: ProcessorState): number => (state.systemFlags & Eflags.if ? 1 : 0);
