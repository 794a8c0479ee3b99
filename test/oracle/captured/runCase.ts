// Runs one captured case on the processor and says in what the outcome differs.
import { PhysicalMemory } from '../../../src/cpu/memory/physicalMemory';
import { Processor } from '../../../src/cpu/processor';
import { hex } from '../../../src/base/hex';
import { gpr16Names, segmentNames } from '../../../src/isa/registers';
import { Activity } from '../../../src/isa/state';
import { type CapturedCase, type CapturedForm, type MemoryByte, registerNames } from './cases';

const pageBytes = 0x1000;
const memoryBytes = 0x111000; // FFFF:FFFF and what lies before it
const mostSteps = 70_000; // the longest: REP with CX = FFFF
/** Real mode cannot set IOPL and NT on a 286. */
const presentFlags = 0x0fff;

/** One processor for many cases, with memory that is put back to zero after each. */
export class CaseRunner {
  private readonly memory = PhysicalMemory.ofSize(memoryBytes);
  private readonly processor: Processor;
  private firstVector: number | undefined;

  constructor() {
    this.processor = new Processor({
      memory: this.memory,
      ports: { read: (_, width) => 2 ** width - 1, write: () => {} },
      interrupts: { pending: false, acknowledge: () => 0xff },
    });
    this.processor.observer = {
      seesEach: true,
      exceptionRaised: () => {},
      interruptReturned: () => {},
      eventDelivered: ({ vector }) => (this.firstVector ??= vector),
      ringChanged: () => {},
      tripleFault: () => {},
    };
  }

  /** What differs, each as one line; empty where all is as captured. */
  differences(captured: CapturedCase, form: CapturedForm): string[] {
    this.setUp(captured);
    const ended = this.runToHalt(captured.exception?.number);
    const found = ended ? this.compare(captured, form) : this.compareException(captured);
    this.cleanUp(captured);
    return found;
  }

  private setUp({ initial }: CapturedCase): void {
    const { processor, memory } = this;
    const { state } = processor;
    processor.reset();
    gpr16Names.forEach((name, index) => state.setGpr(index, initial.regs[name]));
    for (const name of ['es', 'cs', 'ss', 'ds'] as const)
      state.setRealModeSegment(segmentNames.indexOf(name), initial.regs[name]);
    state.eip = initial.regs.ip;
    state.eflags = initial.regs.flags & presentFlags;
    state.set('idtrLimit', 0x3ff);
    for (const [address, byte] of initial.ram) memory.write8(address, byte);
    for (let page = 0; page < memoryBytes / pageBytes; page++) memory.watchWrites(page);
    this.firstVector = undefined;
  }

  /** False where another vector than the expected one comes, or the end does not. */
  private runToHalt(vector: number | undefined): boolean {
    const { state } = this.processor;
    for (let steps = 0; steps < mostSteps; steps++) {
      this.processor.step();
      if (this.firstVector !== undefined && this.firstVector !== vector) return false;
      const activity = state.get('activity');
      if (activity === Activity.halted) return true;
      if (activity === Activity.shutdown) return false;
    }
    return false;
  }

  private compare(captured: CapturedCase, form: CapturedForm): string[] {
    return [
      ...this.compareException(captured),
      ...this.compareRegisters(captured, form),
      ...this.compareMemory(captured, form),
    ];
  }

  private compareException({ exception }: CapturedCase): string[] {
    if (this.firstVector === exception?.number) return [];
    return [`vector ${String(this.firstVector)}, expected ${String(exception?.number)}`];
  }

  private compareRegisters({ initial, final }: CapturedCase, { flagsMask }: CapturedForm): string[] {
    return registerNames.flatMap(name => {
      const mask = name === 'flags' ? flagsMask & presentFlags : 0xffff;
      const expected = (final.regs[name] ?? initial.regs[name]) & mask;
      const actual = this.register(name) & mask;
      return actual === expected ? [] : [`${name} ${hex(actual, 4)}, expected ${hex(expected, 4)}`];
    });
  }

  private register(name: (typeof registerNames)[number]): number {
    const { state } = this.processor;
    if (name === 'ip') return state.eip;
    if (name === 'flags') return state.eflags & 0xffff;
    const general = gpr16Names.findIndex(gpr => gpr === name);
    return general >= 0 ? state.gpr(general) : state.selector(segmentNames.findIndex(segment => segment === name));
  }

  /** Every byte of every page that was written. */
  private compareMemory(captured: CapturedCase, { flagsMask }: CapturedForm): string[] {
    const { initial, final } = captured;
    const pushedFlags = pushedFlagsAddress(captured);
    const expected = new Map<number, number>([...initial.ram, ...final.ram]);
    for (const [address, byte] of this.writtenBytes())
      if (!expected.has(address) && byte !== 0) expected.set(address, 0);
    return [...expected].flatMap(([address, byte]: MemoryByte) => {
      const at = pushedFlags === undefined ? -1 : address - pushedFlags;
      const mask = at === 0 ? flagsMask & 0xff : at === 1 ? (flagsMask & presentFlags) >> 8 : 0xff;
      const actual = this.memory.read8(address);
      if ((actual & mask) === (byte & mask)) return [];
      return [`memory ${hex(address)} ${hex(actual, 2)}, expected ${hex(byte, 2)}`];
    });
  }

  private *writtenBytes(): Generator<MemoryByte> {
    for (const page of this.writtenPages())
      for (let address = page * pageBytes; address < (page + 1) * pageBytes; address++)
        yield [address, this.memory.read8(address)];
  }

  private generations = new Uint32Array(memoryBytes / pageBytes);

  private writtenPages(): number[] {
    return [...this.generations.keys()].filter(page => this.memory.writeGeneration(page) !== this.generations[page]);
  }

  private cleanUp({ initial }: CapturedCase): void {
    for (const page of this.writtenPages())
      for (let address = page * pageBytes; address < (page + 1) * pageBytes; address += 4)
        this.memory.write32(address, 0);
    for (const [address] of initial.ram) this.memory.write8(address, 0);
    this.generations.forEach((_, page) => (this.generations[page] = this.memory.writeGeneration(page)));
  }
}

/** From SS:SP, as the files' own `flagAddress` is one too low for an odd address. */
function pushedFlagsAddress({ initial, final, exception }: CapturedCase): number | undefined {
  const { ss, sp } = { ...initial.regs, ...final.regs };
  return exception && ss * 16 + ((sp + 4) & 0xffff);
}
