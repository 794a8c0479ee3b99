// One 8259A programmable interrupt controller (Intel data sheet 231468: "Interrupt Sequence", "Initialization Command
// Words", "Operation Command Words"), with the edge/level register of the ISA bridges (Intel 82371AB §4.2.2, ELCR).
// A request line that drops before it is acknowledged takes its request back, as the data sheet says; an emulator that
// keeps the request, as QEMU does, differs there.
// Leaves out: the MCS-80/85 mode (a CALL instruction instead of a vector) and buffered mode.
import type { InterruptLine } from './device';

/** A byte of eight lines or bits, IR0 in bit 0. */
export interface Pic8259State {
  /** The levels of the IR inputs. */
  lines: number;
  interruptRequest: number;
  inService: number;
  interruptMask: number;
  /** Lines made level-triggered by the ELCR; ICW1's LTIM makes all of them so. */
  edgeLevelControl: number;
  levelTriggeredMode: boolean;
  /** The initialization command word that the next write to the odd port gives, or 0 outside the sequence. */
  nextInitializationWord: 0 | 2 | 3 | 4;
  initializationWord4Needed: boolean;
  singleMode: boolean;
  vectorBase: number;
  /** ICW3: in a master the inputs that have a slave, in a slave its number. */
  cascade: number;
  automaticEndOfInterrupt: boolean;
  rotateOnAutomaticEndOfInterrupt: boolean;
  specialFullyNestedMode: boolean;
  specialMaskMode: boolean;
  lowestPriorityLevel: number;
  readsInService: boolean;
  pollRequested: boolean;
}

const poweredOn: Pic8259State = {
  lines: 0,
  interruptRequest: 0,
  inService: 0,
  // The data sheet leaves it open; a controller that nobody has initialized should be silent.
  interruptMask: 0xff,
  edgeLevelControl: 0,
  levelTriggeredMode: false,
  nextInitializationWord: 0,
  initializationWord4Needed: false,
  singleMode: false,
  vectorBase: 0,
  cascade: 0,
  automaticEndOfInterrupt: false,
  rotateOnAutomaticEndOfInterrupt: false,
  specialFullyNestedMode: false,
  specialMaskMode: false,
  lowestPriorityLevel: 7,
  readsInService: false,
  pollRequested: false,
};

const initializationWord1 = { mark: 0x10, levelTriggered: 0x08, single: 0x02, word4Needed: 0x01 };
const initializationWord4 = { specialFullyNested: 0x10, automaticEndOfInterrupt: 0x02 };
const operationWord3 = {
  mark: 0x08,
  setSpecialMask: 0x40,
  specialMask: 0x20,
  poll: 0x04,
  setRead: 0x02,
  inService: 0x01,
};
const levels = 8;
const spuriousLevel = 7;

export class Pic8259 {
  state: Pic8259State = { ...poweredOn };

  /** `output` is INT; `elcrWritable` has a bit for each line that the board lets software make level-triggered. */
  constructor(
    private readonly output: InterruptLine,
    private readonly elcrWritable: number,
  ) {}

  /** The lines keep their levels: those belong to the devices. */
  reset(): void {
    this.state = { ...poweredOn, lines: this.state.lines };
    this.updateOutput();
  }

  restore(state: Pic8259State): void {
    this.state = { ...state };
  }

  setLine(level: number, high: boolean): void {
    const bit = 1 << level;
    const { state } = this;
    if (((state.lines & bit) !== 0) === high) return;
    state.lines ^= bit;
    state.interruptRequest = high ? state.interruptRequest | bit : state.interruptRequest & ~bit;
    this.updateOutput();
  }

  /** The input whose request comes next, or undefined if none may interrupt what is in service. */
  get nextLevel(): number | undefined {
    return this.firstOf(this.state.interruptRequest);
  }

  /** Would this input interrupt if its line rose now? */
  wouldInterrupt(level: number): boolean {
    const bit = 1 << level;
    return (this.state.lines & bit) === 0 && this.firstOf(bit) === level;
  }

  private firstOf(requested: number): number | undefined {
    const { state } = this;
    const requests = requested & ~state.interruptMask;
    const blocking = this.blockingLevels;
    if (requests === 0) return undefined;
    for (let rank = 0; rank < levels; rank++) {
      const level = this.levelOfRank(rank);
      const bit = 1 << level;
      const slaveMayInterruptItself = state.specialFullyNestedMode && this.hasSlave(level);
      if (blocking & bit && !slaveMayInterruptItself) return undefined;
      if (requests & bit) return level;
      if (blocking & bit) return undefined;
    }
    return undefined;
  }

  /** INTA for this chip: the level taken into service, or undefined for a spurious acknowledge. */
  takeNext(): number | undefined {
    const level = this.nextLevel;
    // INT goes low with each INTA, so that a further request makes the edge that a master needs.
    this.output.lower();
    if (level !== undefined) this.takeIntoService(level);
    this.updateOutput();
    return level;
  }

  /** The vector for `level`; a spurious acknowledge gives that of IR7 and puts nothing into service. */
  vectorOf(level: number | undefined): number {
    return this.state.vectorBase | (level ?? spuriousLevel);
  }

  /** Has ICW3 said that this input carries a slave? (In a slave ICW3 is a number, and this is not asked.) */
  hasSlave(level: number): boolean {
    return !this.state.singleMode && (this.state.cascade & (1 << level)) !== 0;
  }

  /** `oddPort` is the chip's A0 pin. */
  read(oddPort: boolean): number {
    const { state } = this;
    if (state.pollRequested) return this.poll();
    if (oddPort) return state.interruptMask;
    return state.readsInService ? state.inService : state.interruptRequest;
  }

  write(oddPort: boolean, value: number): void {
    if (oddPort) this.writeMaskOrInitialization(value);
    else if (value & initializationWord1.mark) this.startInitialization(value);
    else if (value & operationWord3.mark) this.writeOperationWord3(value);
    else this.writeOperationWord2(value);
    this.updateOutput();
  }

  writeEdgeLevelControl(value: number): void {
    const { state } = this;
    state.edgeLevelControl = value & this.elcrWritable;
    const following = state.edgeLevelControl;
    state.interruptRequest = (state.interruptRequest & ~following) | (state.lines & following);
    this.updateOutput();
  }

  updateOutput(): void {
    if (this.nextLevel === undefined) this.output.lower();
    else this.output.raise();
  }

  private get levelTriggeredLines(): number {
    return this.state.levelTriggeredMode ? 0xff : this.state.edgeLevelControl;
  }

  /** In special mask mode a level in service that is masked no longer holds the others back. */
  private get blockingLevels(): number {
    const { inService, interruptMask, specialMaskMode } = this.state;
    return specialMaskMode ? inService & ~interruptMask : inService;
  }

  /** The level that has rank 0 (the highest) to 7. */
  private levelOfRank(rank: number): number {
    return (this.state.lowestPriorityLevel + 1 + rank) & (levels - 1);
  }

  private takeIntoService(level: number): void {
    const { state } = this;
    const bit = 1 << level;
    if (!(this.levelTriggeredLines & bit)) state.interruptRequest &= ~bit;
    if (!state.automaticEndOfInterrupt) state.inService |= bit;
    else if (state.rotateOnAutomaticEndOfInterrupt) state.lowestPriorityLevel = level;
  }

  /** Poll command: the next read is an INTA that gives the level instead of a vector. */
  private poll(): number {
    this.state.pollRequested = false;
    const level = this.takeNext();
    return level === undefined ? 0 : 0x80 | level;
  }

  private startInitialization(word1: number): void {
    const { lines, edgeLevelControl } = this.state;
    this.state = {
      ...poweredOn,
      lines,
      edgeLevelControl,
      interruptMask: 0,
      levelTriggeredMode: (word1 & initializationWord1.levelTriggered) !== 0,
      singleMode: (word1 & initializationWord1.single) !== 0,
      initializationWord4Needed: (word1 & initializationWord1.word4Needed) !== 0,
      nextInitializationWord: 2,
    };
    // The edge sense circuit is reset: an edge-triggered line that is already high must go low and rise again.
    this.state.interruptRequest = lines & this.levelTriggeredLines;
  }

  private writeMaskOrInitialization(value: number): void {
    const { state } = this;
    switch (state.nextInitializationWord) {
      case 0:
        state.interruptMask = value;
        return;
      case 2:
        state.vectorBase = value & 0xf8;
        state.nextInitializationWord = state.singleMode ? this.word4OrDone() : 3;
        return;
      case 3:
        state.cascade = value;
        state.nextInitializationWord = this.word4OrDone();
        return;
      case 4:
        state.specialFullyNestedMode = (value & initializationWord4.specialFullyNested) !== 0;
        state.automaticEndOfInterrupt = (value & initializationWord4.automaticEndOfInterrupt) !== 0;
        state.nextInitializationWord = 0;
    }
  }

  private word4OrDone(): 0 | 4 {
    return this.state.initializationWord4Needed ? 4 : 0;
  }

  /** Bits 7–5 are R (rotate), SL (specific level), EOI. */
  private writeOperationWord2(value: number): void {
    const { state } = this;
    const level = value & 7;
    switch (value >> 5) {
      case 0b000:
      case 0b100:
        state.rotateOnAutomaticEndOfInterrupt = (value & 0x80) !== 0;
        return;
      case 0b001:
        this.endOfInterrupt(this.highestInService, false);
        return;
      case 0b011:
        this.endOfInterrupt(level, false);
        return;
      case 0b101:
        this.endOfInterrupt(this.highestInService, true);
        return;
      case 0b111:
        this.endOfInterrupt(level, true);
        return;
      case 0b110:
        state.lowestPriorityLevel = level;
        return;
      default: // 0b010: no operation
    }
  }

  /** What a non-specific EOI ends. It passes over levels that special mask mode has masked. */
  private get highestInService(): number | undefined {
    const blocking = this.blockingLevels;
    for (let rank = 0; rank < levels; rank++) {
      const level = this.levelOfRank(rank);
      if (blocking & (1 << level)) return level;
    }
    return undefined;
  }

  private endOfInterrupt(level: number | undefined, rotate: boolean): void {
    if (level === undefined) return;
    this.state.inService &= ~(1 << level);
    if (rotate) this.state.lowestPriorityLevel = level;
  }

  private writeOperationWord3(value: number): void {
    const { state } = this;
    if (value & operationWord3.setSpecialMask) state.specialMaskMode = (value & operationWord3.specialMask) !== 0;
    if (value & operationWord3.poll) state.pollRequested = true;
    else if (value & operationWord3.setRead) state.readsInService = (value & operationWord3.inService) !== 0;
  }
}
