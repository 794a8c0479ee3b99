// What the monitor does when the guest traps, from the interception to the resumption: the program that the debugger steps
// through. Read it from top to bottom. A comment that begins with a stage's name is a heading of the lines below it, up to
// the next empty one.

import { CpuException } from '../../cpu/registers/fault';
import { Vector } from '../../isa/exceptions';
import { Activity } from '../../isa/state';
import type { Trap } from '../exit';
import type { Monitor } from './monitor';
import { hostTimerVector } from '../deprivileged/monitorMemory';
import type { TrapFrame } from '../deprivileged/worldSwitch';

/** The guest has trapped: the hardware has switched to ring 0 and pushed a frame on the monitor's stack. */
export function handleTrap(monitor: Monitor, exit: Trap, frame: TrapFrame): void {
  // intercept: the guest's registers are taken off the hardware
  monitor.saveGuest(frame);
  monitor.countExit(exit);

  switch (frame.vector) {
    case hostTimerVector:
      // host: the timer was set for the first virtual device that has something to do
      monitor.runDevices();
      break;
    case Vector.pageFault:
      handlePageFault(monitor, frame);
      break;
    case Vector.generalProtection:
    case Vector.invalidOpcode:
    case Vector.segmentNotPresent:
    case Vector.stackFault:
    case Vector.invalidTss:
      emulateInstruction(monitor);
      break;
    default:
      injectException(monitor, new CpuException(frame.vector, frame.errorCode));
  }
  resumeGuest(monitor);
}

/** The hardware cannot hold the guest's state yet: the monitor takes another instruction for it, or waits with it. */
export function continueEmulation(monitor: Monitor): void {
  if (monitor.vcpu.state.activity === Activity.halted) waitForInterrupt(monitor);
  else emulateInstruction(monitor);
  resumeGuest(monitor);
}

/** Is the fault the guest's own affair, or only the shadow tables'? */
function handlePageFault(monitor: Monitor, frame: TrapFrame): void {
  // check: what do the guest's own page tables say of this access?
  const linear = monitor.hardware.state.get('cr2') >>> 0;
  const access = monitor.faultingAccess(frame);
  const found = monitor.walkGuestTables(linear, access);

  switch (found.kind) {
    case 'allowed':
      // translate: the guest's page is given the frame of the machine that it really lies in
      monitor.fillShadow(linear, found.translation, access);
      break;
    case 'watched':
    case 'unbacked':
      emulateInstruction(monitor);
      break;
    case 'refused':
      monitor.vcpu.state.set('cr2', linear);
      injectException(monitor, new CpuException(Vector.pageFault, found.fault.errorCode));
  }
}

/** The heart of trap and emulate: the virtual CPU does what the hardware refused to do. */
function emulateInstruction(monitor: Monitor): void {
  monitor.runDevices();

  // decode: what was the guest about to do?
  const instruction = monitor.fetchInstruction();

  // check: why did it trap, and does it address a device?
  const device = monitor.portDevice(instruction);

  if (device !== undefined) {
    // host: a hosted monitor has no driver of its own for this device: a process of the host stands for it
    monitor.switchToHost(device);
  }

  // emulate: the virtual CPU takes the instruction, with the rights that the guest believes to have
  monitor.emulate(instruction);
  monitor.refreshShadows();
}

/** An exception that is the guest's own. */
function injectException(monitor: Monitor, exception: CpuException): void {
  // inject: the virtual CPU enters the guest's own handler, by the guest's IDT, on the guest's stack
  if (exception.vector === Vector.debug) monitor.copyDebugStatus();
  monitor.deliver(exception);
  monitor.refreshShadows();
}

/** HLT: the virtual CPU waits, and the host has other things to do. */
function waitForInterrupt(monitor: Monitor): void {
  // host: others may run until a virtual device has something to do
  monitor.sleep();

  if (monitor.interruptIsDue) injectInterrupt(monitor);
}

/** A virtual device interrupts, and the guest believes its interrupts to be on. */
function injectInterrupt(monitor: Monitor): void {
  // inject: the virtual CPU enters the guest's own handler for it
  monitor.takeInterrupt();
}

/** Back to the guest: with an interrupt if one is due, and on the hardware if its state fits there. */
function resumeGuest(monitor: Monitor): void {
  // A device may take its request back at this very instruction.
  monitor.runDevices();
  if (monitor.interruptIsDue) injectInterrupt(monitor);
  if (!monitor.canRunDirectly()) return;

  // resume: the virtual CPU's registers are put into the hardware, in the form that ring 1 can have; then IRET
  monitor.enterGuest();
}
