// The one door by which anything reaches a guest from outside: keys, serial bytes, what a debugger edits, RESET. Each is noted with its
// place in the run before it is carried out, and carried out from what has been noted: so it can be repeated.

import { unreachable } from '../base/exhaustive';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import type { ProcessorState } from '../cpu/registers/state';
import type { GuestPc } from './guestPc';
import { type GuestInput, InputLog, type Position } from './inputLog';

/** The guest as input finds it. */
export interface InputTarget {
  readonly position: Position;
  readonly pc: GuestPc;
  readonly memory: PhysicalMemory;
  readonly hostMemory: PhysicalMemory;
  /** What it believes its registers to be. */
  believed(): ProcessorState;
  /** It goes on with registers and memory that somebody else has changed. */
  resumeEdited(): void;
}

export class InputDoor {
  readonly log = new InputLog();
  /** Called after each input. */
  onInput: () => void = () => {};
  private countSoFar = 0;

  constructor(private readonly target: InputTarget) {}

  /** Inputs since the run's beginning. */
  get count(): number {
    return this.countSoFar;
  }

  accept(input: GuestInput): void {
    this.log.note({ at: this.target.position, input });
    this.countSoFar++;
    this.carryOut(input);
    this.onInput();
  }

  /** What `change` makes of the registers. */
  edit(change: (state: ProcessorState) => void): void {
    const state = this.target.believed();
    const changed = state.clone();
    change(changed);
    const words = [...changed.words.entries()].filter(([index, value]) => value !== state.words[index]);
    this.accept({ kind: 'registers', words });
  }

  private carryOut(input: GuestInput): void {
    const { pc, memory, hostMemory } = this.target;
    const state = this.target.believed();
    switch (input.kind) {
      case 'keys':
        return pc.devices.keyboard.type(input.codes);
      case 'serial':
        return pc.devices.uart.receive(input.bytes);
      case 'registers':
        for (const [index, value] of input.words) state.words[index] = value;
        return this.target.resumeEdited();
      // what is written may be a page table or a descriptor
      case 'memory':
        memory.load(input.address, input.bytes);
        return this.target.resumeEdited();
      case 'hostMemory':
        hostMemory.load(input.address, input.bytes);
        return this.target.resumeEdited();
      case 'reset':
        return pc.requestReset();
      default:
        return unreachable(input);
    }
  }
}
