// What the monitor does when the guest traps, from the interception to the resumption. Read it top to bottom: it is the
// explanation that the debugger shows.

import { CpuException } from '../../cpu/registers/fault';
import type { StepOutcome } from '../../cpu/processor';
import { hex } from '../../base/hex';
import { Dr6 } from '../../isa/controlRegisters';
import { PageFaultError, Vector, vectorName } from '../../isa/exceptions';
import { Activity } from '../../isa/state';
import { deliverException } from '../../cpu/privileged/transfers/interrupts';
import type { PageTranslation } from '../../cpu/memory/paging';
import type { ProcessorState } from '../../cpu/registers/state';
import { stage, type Stages } from '../stage';
import type { Exit } from '../system';
import { accessText, changesText, instructionText, portOf, whyTrapped } from './explain';
import { hostTimerVector, monitorSizeBytes } from './monitorMemory';
import type { TrapAndEmulate } from './trapAndEmulate';
import { describeTrap, describeVector } from './trap';
import type { TrapFrame } from './worldSwitch';

/** The hardware has just entered the monitor page: ring 0, the frame on the monitor's stack. */
export function* handleTrap(system: TrapAndEmulate, frame: TrapFrame, exit: Exit): Stages {
  system.save(frame);
  yield stage(
    'intercept',
    () => `${describeTrap(frame)}: the hardware switched from ring ${exit.ring} to ring 0, into the monitor`,
  );

  switch (frame.vector) {
    case hostTimerVector:
      yield stage('host', () => "the host's timer has run out: the virtual devices do what is due");
      break;
    case Vector.pageFault:
      yield* handlePageFault(system, frame);
      break;
    case Vector.generalProtection:
    case Vector.invalidOpcode:
    case Vector.segmentNotPresent:
    case Vector.stackFault:
    case Vector.invalidTss:
      yield* emulateInstruction(system, frame);
      break;
    default:
      yield* reflect(system, new CpuException(frame.vector, frame.errorCode));
  }
  yield* resume(system);
}

/** The guest's state cannot be in the hardware: one more instruction, or an event, on the virtual CPU. */
export function* continueEmulation(system: TrapAndEmulate): Stages {
  if (system.vcpu.state.get('activity') === Activity.halted) yield* idle(system);
  else yield* emulateInstruction(system);
  yield* resume(system);
}

/** Is the fault the guest's own affair, or only the shadow's? */
function* handlePageFault(system: TrapAndEmulate, frame: TrapFrame): Stages {
  const { state } = system.vcpu;
  const linear = system.hardware.state.get('cr2') >>> 0;
  const code = frame.errorCode ?? 0;
  const access = {
    write: (code & PageFaultError.write) !== 0,
    user: (code & PageFaultError.user) !== 0 && state.paging,
  };
  const result = system.shadowPaging.fill(state, linear, access);
  switch (result.kind) {
    case 'filled':
      yield stage('check', () => `${allowed(state)} ${accessText(access, linear)}: a hidden fault`);
      yield stage('shadow', () => shadowText(linear, result.translation));
      return;
    case 'watched':
      yield stage(
        'check',
        () =>
          `${accessText(access, linear)} would change a table that the monitor shadows: it must be carried out here`,
      );
      yield* emulateInstruction(system, frame);
      return;
    case 'unbacked':
      yield stage('check', () => `${accessText(access, linear)} has no RAM behind it that the hardware may be shown`);
      yield* emulateInstruction(system, frame);
      return;
    case 'guestFault':
      yield stage(
        'check',
        () => `the guest's own page tables do not allow ${accessText(access, linear)}: a true fault`,
      );
      state.set('cr2', linear);
      yield* reflect(system, new CpuException(Vector.pageFault, result.fault.errorCode));
  }
}

/** What the hardware has noted in DR6: B0 to B3, BS. Without any of them it was INT1. */
const debugCauses = 0xf | Dr6.bs;

const allowed = ({ paging }: ProcessorState): string =>
  paging ? "the guest's own page tables allow" : 'the guest has paging off, which allows';

const shadowText = (linear: number, { physical }: PageTranslation): string =>
  `shadow entry made: guest-virtual ${hex(linear, 8)} → guest-physical ${hex(physical, 8)} → host-physical ${hex(physical + monitorSizeBytes, 8)}`;

/** The virtual CPU takes a step: it has the rights that the guest believes to have. */
function* emulateInstruction(system: TrapAndEmulate, frame?: TrapFrame): Stages {
  const { vcpu } = system;
  const program = system.nextInstruction();
  yield stage('decode', () => instructionText(system, program));
  yield stage('check', () => whyTrapped(system, program, frame));

  const device = portOf(system, program);
  if (device)
    yield stage(
      'host',
      () =>
        `the port belongs to ${device.title}: a hosted monitor switches worlds here and asks its process on the host`,
    );
  const before = system.remember();
  const { outcome, times } = system.emulate(program);
  system.refreshShadows();
  yield* report(outcome, () => `${times > 1 ? `${times} times, ` : ''}${changesText(before, vcpu.state)}`);
}

function* report(outcome: StepOutcome, changes: () => string): Stages {
  if (outcome === 'delivered') yield stage('inject', () => `the guest's own handler is entered: ${changes()}`);
  else if (outcome === 'shutdown')
    yield stage('inject', () => 'the guest could not handle this, nor the double fault that followed: triple fault');
  else yield stage('emulate', () => changes());
}

/** An exception that is the guest's own: delivered through the guest's IDT, to its kernel, on its stack. */
function* reflect(system: TrapAndEmulate, exception: CpuException): Stages {
  const { vcpu, hardware } = system;
  if (exception.vector === Vector.debug)
    vcpu.state.set('dr6', vcpu.state.get('dr6') | (hardware.state.get('dr6') & debugCauses));
  yield stage(
    'check',
    () => `${vectorName(exception.vector)} (${describeVector(exception.vector)}) is for the guest to handle`,
  );
  const before = system.remember();
  deliverException(vcpu, exception);
  system.refreshShadows();
  const dead = vcpu.state.get('activity') === Activity.shutdown;
  yield* report(dead ? 'shutdown' : 'delivered', () => changesText(before, vcpu.state));
}

/** HLT: the virtual CPU waits, and the host has other things to do. */
function* idle(system: TrapAndEmulate): Stages {
  const from = system.now;
  if (!system.interruptIsDue) system.pc.skipToNextDeadline();
  yield stage(
    'host',
    () =>
      `the virtual CPU is halted: the host sleeps for ${system.now - from} ticks, until a device has something to do`,
  );
  const { vcpu } = system;
  const before = system.remember();
  if (system.interruptIsDue) yield* report(vcpu.step(), () => changesText(before, vcpu.state));
}

/** Back to the guest: with an interrupt if one is due, and on the hardware if its state fits there. */
function* resume(system: TrapAndEmulate): Stages {
  const { vcpu, pc } = system;
  // A device may take its request back at this very instruction.
  pc.runDue();
  if (system.interruptIsDue) {
    yield stage(
      'check',
      () => 'an interrupt of the virtual devices is due, and the guest believes its interrupts to be on',
    );
    const before = system.remember();
    const outcome = vcpu.step();
    yield* report(outcome, () => changesText(before, vcpu.state));
  }
  if (!system.canRunDirectly()) return;
  system.runDirectly();
  yield stage('resume', () => resumeText(system));
}

const resumeText = ({ vcpu, hardware }: TrapAndEmulate): string =>
  `IRET to ring ${hardware.state.cpl}: the guest believes in ring ${vcpu.state.cpl} and goes on at ${hex(vcpu.state.eip, 8)}`;
