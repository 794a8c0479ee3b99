// The PC's two 8259As: the slave (IRQ 8–15) reports through the master's IR2, so its requests rank between IRQ1 and
// IRQ3 (Intel data sheet 231468, "Cascade Mode"; IBM PC/AT Technical Reference, "System Interrupts"). Ports 0x20–0x21
// and 0xA0–0xA1, and the edge/level registers at 0x4D0–0x4D1 (Intel 82371AB §4.2.2).
// NMI does not pass through here; its mask is in the CMOS index port.
import { hex } from '../base/hex';
import { listed, marked, t } from '../base/localization';
import type { DeviceField, InterruptController, InterruptLine, PortDevice, Snapshot } from './device';
import { Pic8259, type Pic8259State } from './pic8259';

export interface InterruptControllersState {
  readonly master: Readonly<Pic8259State>;
  readonly slave: Readonly<Pic8259State>;
}

const cascadeLevel = 2;
const floatingBus = 0xff;

/** IRQ0, 1 and 2 (timer, keyboard, cascade) and IRQ8 and 13 (clock, coprocessor) are always edge-triggered. */
const elcrWritable = { master: 0xf8, slave: 0xde };

export class InterruptControllers implements PortDevice, InterruptController, Snapshot<InterruptControllersState> {
  readonly name = 'pic';
  readonly title = marked`Interrupt controllers (8259A pair)`;
  readonly ports = [
    { first: 0x20, last: 0x21, widths: [8] },
    { first: 0xa0, last: 0xa1, widths: [8] },
    { first: 0x4d0, last: 0x4d1, widths: [8] },
  ] as const;
  private readonly master: Pic8259;
  private readonly slave: Pic8259;

  private intrAsserted = false;

  /** `intr` is the wire to the processor; a processor that asks `pending` at each boundary needs none. */
  constructor(private readonly intr?: InterruptLine) {
    const toProcessor = { raise: () => this.driveIntr(true), lower: () => this.driveIntr(false) };
    this.master = new Pic8259(toProcessor, elcrWritable.master);
    this.slave = new Pic8259(lineInto(this.master, cascadeLevel), elcrWritable.slave);
  }

  get pending(): boolean {
    return this.intrAsserted;
  }

  acknowledge(): number {
    const level = this.master.takeNext();
    if (level !== cascadeLevel || !this.master.hasSlave(cascadeLevel)) return this.master.vectorOf(level);
    const slaveLevel = this.slave.takeNext();
    // A slave that was given another number does not recognize itself: nobody drives the vector.
    return (this.slave.state.cascade & 7) === cascadeLevel ? this.slave.vectorOf(slaveLevel) : floatingBus;
  }

  /** Would the device at this line of the master's interrupt the processor, if it asked for that now? */
  wouldInterrupt(irq: number): boolean {
    return this.master.wouldInterrupt(irq);
  }

  line(irq: number): InterruptLine {
    if (!Number.isInteger(irq) || irq < 0 || irq > 15) throw new RangeError(`IRQ ${irq}: a PC has IRQ 0 to 15`);
    if (irq === cascadeLevel) throw new RangeError('IRQ 2 carries the slave controller; the bus pin IRQ 2 is IRQ 9');
    return irq < 8 ? lineInto(this.master, irq) : lineInto(this.slave, irq - 8);
  }

  reset(): void {
    this.slave.reset();
    this.master.reset();
  }

  readPort(port: number): number {
    const chip = this.chipAt(port);
    return isElcr(port) ? chip.state.edgeLevelControl : chip.read((port & 1) !== 0);
  }

  writePort(port: number, value: number): void {
    const chip = this.chipAt(port);
    if (isElcr(port)) chip.writeEdgeLevelControl(value);
    else chip.write((port & 1) !== 0, value);
  }

  save(): InterruptControllersState {
    return { master: { ...this.master.state }, slave: { ...this.slave.state } };
  }

  restore(state: InterruptControllersState): void {
    this.slave.restore(state.slave);
    this.master.restore(state.master);
    this.master.updateOutput();
  }

  describe(): readonly DeviceField[] {
    return [...describeChip(t`master`, this.master.state, 0), ...describeChip(t`slave`, this.slave.state, 8)];
  }

  private driveIntr(asserted: boolean): void {
    this.intrAsserted = asserted;
    if (asserted) this.intr?.raise();
    else this.intr?.lower();
  }

  private chipAt(port: number): Pic8259 {
    if (isElcr(port)) return port & 1 ? this.slave : this.master;
    return port & 0x80 ? this.slave : this.master;
  }
}

const isElcr = (port: number): boolean => port >= 0x4d0;

function lineInto(chip: Pic8259, level: number): InterruptLine {
  return { raise: () => chip.setLine(level, true), lower: () => chip.setLine(level, false) };
}

/** `IRQ0, IRQ4` for the set bits of `levels`, at least one. */
function irqNames(levels: number, firstIrq: number): string {
  const set = [0, 1, 2, 3, 4, 5, 6, 7].filter(level => levels & (1 << level));
  return listed(set.map(level => `IRQ${firstIrq + level}`));
}

function describeChip(which: string, state: Pic8259State, firstIrq: number): DeviceField[] {
  const named = (levels: number, text: (irqs: string) => string): string =>
    levels === 0 ? t`none` : text(irqNames(levels, firstIrq));
  const row = (name: string, value: number, explanation: string): DeviceField => ({
    name: t`${which} ${name}`,
    value: hex(value, 2),
    explanation,
  });
  const unmasked = ~state.interruptMask & 0xff;
  const masked = (): string =>
    unmasked === 0
      ? t`all masked`
      : state.interruptMask === 0
        ? t`all unmasked`
        : t`only ${irqNames(unmasked, firstIrq)} unmasked`;
  return [
    row(
      'IRR',
      state.interruptRequest,
      named(state.interruptRequest, irqs => t`${irqs} waiting to be acknowledged`),
    ),
    row(
      'ISR',
      state.inService,
      named(state.inService, irqs => t`${irqs} in service: no end of interrupt (EOI) yet`),
    ),
    row('IMR', state.interruptMask, masked()),
    row('ICW2', state.vectorBase, vectorText(state, firstIrq)),
    row(
      'ELCR',
      state.edgeLevelControl,
      named(state.edgeLevelControl, irqs => t`${irqs} level-triggered, the others by edge`),
    ),
    row(t`modes`, modeBits(state), modeText(state, firstIrq)),
  ];
}

function vectorText({ vectorBase, nextInitializationWord }: Pic8259State, firstIrq: number): string {
  if (nextInitializationWord !== 0) return t`initialization waits for ICW${nextInitializationWord}`;
  return t`IRQ${firstIrq}–${firstIrq + 7} are vectors ${hex(vectorBase, 2)}–${hex(vectorBase + 7, 2)}`;
}

/** ICW4's bits, as the guest last set them. */
function modeBits({ specialFullyNestedMode, automaticEndOfInterrupt }: Pic8259State): number {
  return (specialFullyNestedMode ? 0x10 : 0) | (automaticEndOfInterrupt ? 0x02 : 0) | 0x01;
}

function modeText(state: Pic8259State, firstIrq: number): string {
  const highest = firstIrq + ((state.lowestPriorityLevel + 1) & 7);
  const words = [
    state.automaticEndOfInterrupt ? t`automatic EOI` : t`software sends EOI`,
    t`IRQ${highest} ranks highest`,
  ];
  if (state.rotateOnAutomaticEndOfInterrupt) words.push(t`rotates on automatic EOI`);
  if (state.specialFullyNestedMode) words.push(t`special fully nested`);
  if (state.specialMaskMode) words.push(t`special mask mode`);
  if (state.pollRequested) words.push(t`next read polls`);
  return listed(words);
}
