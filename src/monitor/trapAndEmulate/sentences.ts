// What the handlers' stages have done, in one sentence each, with values. The handlers report nothing themselves: these rows
// read their locals, before and after.

import { Disassembler } from '../../isa/disassemble';
import { type PageAccess, type PageTranslation, physicalOf } from '../../cpu/memory/paging';
import { ProcessorState } from '../../cpu/registers/state';
import type { PortDevice } from '../../devices/device';
import { guestPhysical } from '../../base/address';
import { hex } from '../../base/hex';
import { unreachable } from '../../base/exhaustive';
import { exceptionText, Vector, vectorName } from '../../isa/exceptions';
import { Eflags } from '../../isa/flags';
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
        `${describeTrap(frame)}: the hardware switched from ring ${exit.ring} to ring 0, into the monitor`,
    ),
    host: says(() => "the host's timer has run out: the virtual devices do what is due"),
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
        `the port belongs to ${device.title}: a hosted monitor switches worlds here and asks its process on the host`,
    ),
    emulate: saysChanges<InMonitor>(({ monitor }, changes) => emulationText(monitor, changes)),
  },
  injectException: {
    inject: saysChanges<InMonitor & { exception: CpuException }>(({ monitor, exception: { vector } }, changes) => ({
      kind: 'inject',
      text: `${vectorName(vector)} (${describeVector(vector)}) is for the guest: ${emulationText(monitor, changes).text}`,
    })),
  },
  waitForInterrupt: {
    host: {
      before: locals => monitorOf(locals).now,
      tell: (locals, before) =>
        `the virtual CPU is halted: the host sleeps for ${monitorOf(locals).now - (before as number)} ticks, until a device has something to do`,
    },
  },
  injectInterrupt: {
    inject: saysChanges<InMonitor>(({ monitor }, changes) => ({
      kind: 'inject',
      text: `a virtual device interrupts, and the guest believes its interrupts to be on: ${emulationText(monitor, changes).text}`,
    })),
  },
  resumeGuest: {
    resume: says<InMonitor>(
      ({ monitor: { vcpu, hardware } }) =>
        `IRET to ring ${hardware.state.cpl}: the guest believes in ring ${vcpu.state.cpl} and goes on at ${hex(vcpu.state.eip, 8)}`,
    ),
  },
};

/** A local of the type that its name stands for. */
const shows =
  <T>(text: (value: T, monitor: Monitor) => string): LocalTexts[string] =>
  (value, locals) =>
    text(value as T, monitorOf(locals));

export const localTexts: LocalTexts = {
  monitor: () => 'the monitor',
  exit: shows<Exit>(exit =>
    exit.kind === 'emulation' ? exitReason(exit) : `${exitReason(exit)}, from ring ${exit.ring}`,
  ),
  frame: shows<TrapFrame>(describeTrap),
  linear: shows<number>(linear => hex(linear, 8)),
  access: shows<PageAccess>(({ write, user }) => `${user ? 'user' : 'supervisor'} ${write ? 'write' : 'read'}`),
  found: shows<GuestAccess>(({ kind }) => kind),
  instruction: shows<GuestInstruction | undefined>((instruction, monitor) => instructionText(monitor, instruction)),
  device: shows<PortDevice | undefined>(device => device?.title ?? 'none'),
  exception: shows<CpuException>(({ vector, errorCode }) => exceptionText(vector, errorCode)),
};

/** A step of the virtual CPU may come out as something else than what was to be emulated. */
function emulationText({ emulated: { outcome, times } }: Monitor, changes: string): PassedStage {
  if (outcome === 'delivered') return { kind: 'inject', text: `the guest's own handler is entered: ${changes}` };
  if (outcome === 'shutdown')
    return {
      kind: 'inject',
      text: 'the guest could not handle this, nor the double fault that followed: triple fault',
    };
  return { kind: 'emulate', text: `${times > 1 ? `${times} times, ` : ''}${changes}` };
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
        ? `the guest's own page tables allow ${what}: a hidden fault`
        : `the guest has paging off, which allows ${what}: a hidden fault`;
    case 'watched':
      return `${what} would change a table that the monitor shadows: it must be carried out here`;
    case 'unbacked':
      return `${what} has no RAM behind it that the hardware may be shown`;
    case 'refused':
      return `the guest's own page tables do not allow ${what}: a true fault`;
    default:
      return unreachable(found);
  }
}

const shadowText = (monitor: Monitor, linear: number, { physical }: PageTranslation): string =>
  `shadow entry made: guest-virtual ${hex(linear, 8)} → guest-physical ${hex(physical, 8)} → host-physical ${hex(monitor.hostPhysical(guestPhysical(physical)), 8)}`;

/** Such as `cli (fa) at 0x8:0x00100010`. */
function instructionText(monitor: Monitor, fetched: GuestInstruction | undefined): string {
  const { state } = monitor.vcpu;
  if (!fetched) return `the instruction at ${codeAddress(state.selector(Segment.cs), state.eip)} cannot be fetched`;
  const { selector, eip, codeSize } = fetched;
  const bytes = bytesOf(monitor, fetched);
  const encoding = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(' ');
  return `${disassembly(bytes, eip, codeSize)} (${encoding}) at ${codeAddress(selector, eip)}`;
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
  const believes = `the guest believes in ring ${state.cpl}`;
  if (!frame)
    return `the hardware cannot hold this state of the guest yet, so the virtual CPU takes this instruction; ${believes}`;
  const row = fetched?.program.instruction?.row;
  if (!row) return `no processor knows this instruction; ${believes}, and has to handle the fault`;
  const privilege = privilegeThatFailed(row.privilege, frame);
  if (privilege)
    return `the instruction ${privilegeText(privilege)}, and the hardware has ${realPrivilege(frame)}; ${believes} with IOPL ${state.iopl}`;
  // INT1 heeds no gate's DPL
  if (row.flow === 'interrupt' && row.mnemonic !== 'int1')
    return `the gates of the real IDT are for ring 0 only, so that a software interrupt traps; ${believes}, and its own IDT decides`;
  return `${faultCause(frame)}; ${believes}, and its own tables decide`;
}

/** The rule of the opcode table that the real ring broke, if that was the cause of a #GP(0). */
function privilegeThatFailed(
  privilege: Privilege | undefined,
  { vector, errorCode, context }: TrapFrame,
): Privilege | undefined {
  if (vector !== Vector.generalProtection || errorCode !== 0) return undefined;
  return privilege === 'v86Iopl' && !(context.eflags & Eflags.vm) ? undefined : privilege;
}

const realPrivilege = ({ context }: TrapFrame): string =>
  `CPL ${ringOf(context)} and IOPL ${(context.eflags & Eflags.iopl) >> 12}`;

function faultCause({ vector, errorCode = 0, context }: TrapFrame): string {
  const ring = ringOf(context);
  if (vector === Vector.pageFault) return 'the write must not go past the monitor';
  if (vector === Vector.segmentNotPresent)
    return `the segment of selector ${hex(errorCode)} is marked not present in the real tables`;
  if (errorCode !== 0) return `ring ${ring} may not use selector ${hex(errorCode)} this way`;
  return `the access is not one that ring ${ring} may make within its truncated segments`;
}

const accessText = ({ write, user }: PageAccess, linear: number): string =>
  `a ${user ? 'user' : 'supervisor'} ${write ? 'write' : 'read'} at ${hex(linear, 8)}`;

const shownFields: readonly StateField[] = ['cr0', 'cr2', 'cr3', 'cr4', 'gdtrBase', 'idtrBase', 'dr6', 'dr7'];

/** What a step changed on the virtual CPU: `IF 1 → 0, EIP 0x… → 0x…`. */
function changesText(before: ProcessorState, after: ProcessorState): string {
  const changes: string[] = [];
  const note = (name: string, from: number, to: number, digits = 0): void => {
    const text = (value: number): string => (digits ? hex(value >>> 0, digits) : `${value}`);
    if (from !== to) changes.push(`${name} ${text(from)} → ${text(to)}`);
  };
  note('ring', before.cpl, after.cpl);
  note('IF', interruptFlag(before), interruptFlag(after));
  note('IOPL', before.iopl, after.iopl);
  gprNames.forEach((name, index) => note(name.toUpperCase(), before.gpr(index), after.gpr(index), 8));
  segmentNames.forEach((name, index) => note(name.toUpperCase(), before.selector(index), after.selector(index), 4));
  note('LDTR', before.selector(Segment.ldtr), after.selector(Segment.ldtr), 4);
  note('TR', before.selector(Segment.tr), after.selector(Segment.tr), 4);
  for (const field of shownFields)
    note(field.replace('Base', '').toUpperCase(), before.get(field), after.get(field), 8);
  note('EIP', before.eip, after.eip, 8);
  return `on the virtual CPU: ${changes.join(', ') || 'nothing that it shows has changed'}`;
}

const interruptFlag = (state: ProcessorState): number => (state.systemFlags & Eflags.if ? 1 : 0);
