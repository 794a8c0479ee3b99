// What the names in an expression mean for a guest: registers as the guest believes them, `hw.` before a name for those
// that the hardware really has, labels and constants of the program, and a few words about the run itself.

import type { Linear } from '../../base/address';
import type { ProcessorState } from '../../cpu/registers/state';
import type { System } from '../../monitor/system';
import type { Visit } from '../../monitor/visit';
import { nearNames } from '../../asm/nearNames';
import type { MemoryView } from '../memory';
import type { ProgramSymbols } from '../../symbols/programSymbols';
import { errors } from '../userError';
import { linearEip } from '../position';
import { savedSegment } from '../savedSegment';
import { type ExpressionContext, nothing, type Place } from './evaluate';
import { type KnownRegisters, ownerInFrame, valueInFrame } from './frameRegisters';
import type { NameJudge } from './names';
import { registerNames, type RegisterPlace, registerPlace } from './registers';

/** What is being asked about, beyond the machine's state: the event that a filter's condition judges. */
export type EventFacts = Readonly<Partial<Record<EventFact, number | undefined>>>;
export const eventFactNames = ['vector', 'error', 'from', 'to'] as const;
export type EventFact = (typeof eventFactNames)[number];

const hardwarePrefix = /^hw\./i;

export class GuestContext implements ExpressionContext, NameJudge {
  /** set while the condition of an event filter is judged */
  event: EventFacts | undefined;

  constructor(
    private readonly system: System,
    private readonly memory: MemoryView,
    /** of the monitor, while it has control */
    private readonly visit: () => Visit | undefined,
  ) {}

  read(linear: Linear, bytes: 1 | 2 | 4): number | undefined {
    return this.memory.read(linear, bytes);
  }

  segmentBase(selector: number): Linear {
    const state = this.believedState;
    return savedSegment(selector & 0xffff, state.virtual8086, state, this.memory).base;
  }

  write(linear: Linear, bytes: 1 | 2 | 4, value: number): boolean {
    return this.memory.write(linear, bytes, value);
  }

  /** What names mean in a frame whose next instruction is at `linear`: the registers are its own, as far as they are known. */
  inFrame(linear: Linear, known: KnownRegisters): ExpressionContext {
    const read = (name: string, register: RegisterPlace): number =>
      valueInFrame(name, register, this.believedState, known);
    return {
      lookUp: name => {
        const register = registerPlace(name);
        if (register && ownerInFrame(name) !== undefined)
          return { bits: register.bits, read: () => read(name, register) };
        if (name === '$') return { bits: 32, read: () => linear };
        return (register ? undefined : this.symbol(name, linear)) ?? this.lookUp(name);
      },
      read: (...where) => this.read(...where),
      segmentBase: selector => this.segmentBase(selector),
      write: (...where) => this.write(...where),
    };
  }

  private get believedState(): ProcessorState {
    return this.system.running.level.believed();
  }

  judgeName(name: string, facts: readonly string[]): void {
    const lower = name.toLowerCase();
    const isFact = eventFactNames.some(fact => fact === lower) && this.symbol(name) === undefined;
    if (isFact && facts.includes(lower)) return;
    // a local label is one of whatever function runs then
    if (name.startsWith('.') && [...this.symbols.names].some(known => known.endsWith(name))) return;
    if (isFact) throw errors.noEvent(name);
    this.lookUp(name);
  }

  lookUp(name: string): Place {
    const found = this.register(name) ?? this.symbol(name) ?? this.aboutTheRun(name);
    if (!found) throw errors.unknownName(name, nearNames(name, this.names()));
    return found;
  }

  /** Everything that a name can be, for completions and suggestions. */
  names(): string[] {
    const ofRegisters = registerNames.flatMap(name => [name, `hw.${name}`]);
    return [...ofRegisters, ...this.symbols.names, ...this.facts.keys()];
  }

  private get symbols(): ProgramSymbols {
    return this.system.running.level.symbols;
  }

  private register(name: string): Place | undefined {
    if (hardwarePrefix.test(name)) {
      const register = registerPlace(name.replace(hardwarePrefix, ''));
      return register && { bits: register.bits, read: () => register.get(this.system.machine.hardware.state) };
    }
    const register = registerPlace(name);
    return register && this.believed(register);
  }

  private believed({ bits, get, set }: RegisterPlace): Place {
    const read = (): number => get(this.system.running.level.believed());
    if (!set) return { bits, read };
    return { bits, read, write: value => this.system.running.level.edit(state => set(state, value)) };
  }

  private symbol(name: string, at = linearEip(this.system)): Place | undefined {
    const plain = name.startsWith('$') && name.length > 1 ? name.slice(1) : name;
    const whole = plain.startsWith('.') ? `${this.symbols.functionAt(at) ?? ''}${plain}` : plain;
    const value = this.symbols.valueOf(whole);
    return value === undefined ? undefined : { bits: 32, read: () => (value < 0 ? value >>> 0 : value) };
  }

  private aboutTheRun(name: string): Place | undefined {
    const fact = this.facts.get(name.toLowerCase());
    if (!fact) return undefined;
    const value = fact();
    if (value === undefined && !this.event) throw errors.noEvent(name);
    return { bits: 32, read: () => value ?? nothing };
  }

  private readonly facts: ReadonlyMap<string, () => number | undefined> = new Map([
    /** linear address of the next instruction, as in NASM */
    ['$', () => linearEip(this.system)],
    /** the ring that the guest is really in, or was when it trapped; CPL is what it believes */
    ['ring', () => (this.visit()?.trapped ?? this.system.machine.hardware.state).cpl],
    /** 0 while the monitor has control, 1 in the guest */
    ['vm', () => (this.visit() ? 0 : 1)],
    /** virtual time: guest instructions done, and the time in which it idled */
    ['count', () => this.system.running.now],
    ...eventFactNames.map(name => [name, () => this.event?.[name]] as const),
  ]);
}
