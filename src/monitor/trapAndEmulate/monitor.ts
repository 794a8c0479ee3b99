// What the handlers may ask of the monitor: what it knows of the guest, and what it can do. Each is a step of its own in
// the handlers' program.

import type { GuestPhysical, HostPhysical } from '../../base/address';
import type { CpuException } from '../../cpu/registers/fault';
import type { PageAccess, PageTranslation } from '../../cpu/memory/paging';
import type { Processor, StepOutcome } from '../../cpu/processor';
import type { PhysicalMemory } from '../../cpu/memory/physicalMemory';
import type { PortDevice } from '../../devices/device';
import type { MicroProgram } from '../../ir/microOp';
import type { Exit } from '../exit';
import type { GuestAccess } from '../deprivileged/shadowPaging';
import type { TrapFrame } from '../deprivileged/worldSwitch';

/** An instruction of the guest, decoded, and where it was fetched. */
export interface GuestInstruction {
  readonly selector: number;
  readonly eip: number;
  readonly linear: number;
  readonly codeSize: 16 | 32;
  readonly program: MicroProgram;
}

/** How a step of the virtual CPU came out. */
export interface Emulated {
  readonly outcome: StepOutcome;
  /** 1, or the elements of a repeated string instruction */
  readonly times: number;
}

export interface Monitor {
  /** the processor that the guest believes to have */
  readonly vcpu: Processor;
  /** the processor that there is */
  readonly hardware: Processor;
  readonly guestMemory: PhysicalMemory;
  /** what the hardware pushed when the guest trapped; undefined where the monitor goes on without a trap */
  readonly frame: TrapFrame | undefined;
  /** an interrupt of the virtual devices that the guest would take now */
  readonly interruptIsDue: boolean;
  /** how the virtual CPU's last step came out */
  readonly emulated: Emulated;
  /** virtual time, in ticks */
  readonly now: number;

  /** The hardware's registers, and those in the frame, become the virtual CPU's: from here on they are what the guest believes. */
  saveGuest(frame: TrapFrame): void;
  /** Exits are counted by their reasons. */
  countExit(exit: Exit): void;
  /** The virtual devices do what is due by now. */
  runDevices(): void;
  /** Nothing runs until a virtual device has something to do. */
  sleep(): void;
  /** The process of the host that stands for a device is asked: the processor goes to the host's world and back. */
  switchToHost(device: PortDevice): void;

  /** What the page fault was about, in the guest's terms. */
  faultingAccess(frame: TrapFrame): PageAccess;
  /** Walks the guest's own page tables for the access, as the guest's processor would. */
  walkGuestTables(linear: number, access: PageAccess): GuestAccess;
  /** Makes the entry of the shadow tables that the access lacked. */
  fillShadow(linear: number, translation: PageTranslation, access: PageAccess): void;
  /** Brings shadows up to date with whatever has been written to the guest's tables. */
  refreshShadows(): void;

  /** The instruction that the guest is at, or undefined where it cannot be fetched. */
  fetchInstruction(): GuestInstruction | undefined;
  /** The device behind the port of an IN or OUT. */
  portDevice(instruction: GuestInstruction | undefined): PortDevice | undefined;
  /** The virtual CPU takes its next instruction, `instruction`: it has the rights that the guest believes to have. */
  emulate(instruction: GuestInstruction | undefined): void;
  /** What the hardware has noted of a debug exception becomes the virtual CPU's. */
  copyDebugStatus(): void;
  /** Delivers an exception by the guest's own IDT, to its kernel, on its stack. */
  deliver(exception: CpuException): void;
  /** The virtual CPU takes the interrupt that is due. */
  takeInterrupt(): void;

  /** Where the guest's physical memory lies in the machine. */
  hostPhysical(address: GuestPhysical): HostPhysical;

  /** Can the hardware hold the guest's state? */
  canRunDirectly(): boolean;
  /** Loads the virtual CPU's registers into the hardware and leaves the monitor by IRET. */
  enterGuest(): void;
}
