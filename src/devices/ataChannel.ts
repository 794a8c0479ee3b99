// An ATA channel with up to two disks (ANSI X3.298 ATA-3 §6, §9.16 "Single device configurations"): eight ports of the
// command block, one of the control block, one interrupt. Both disks keep what is written to the registers; the bit DEV
// of the device register says which of them answers and takes commands.
import { t } from '../base/localization';
import { ataCommand } from './ataCommand';
import { AtaDisk, type AtaDiskState } from './ataDisk';
import { register } from './ataRegisters';
import type { BlockStore } from './blockStore';
import type { AccessWidth, Clock, DeviceField, InterruptLine, PortDevice, PortRange, Snapshot } from './device';

export interface AtaChannelPlace {
  readonly name: string;
  readonly title: string;
  /** first of eight ports */
  readonly commandBlock: number;
  readonly control: number;
}

/** The first disk is device 0, the second device 1. */
export class AtaChannel implements PortDevice, Snapshot<readonly AtaDiskState[]> {
  readonly name: string;
  readonly title: string;
  readonly ports: readonly PortRange[];
  readonly disks: readonly AtaDisk[];

  /** `stores` is one or two. */
  constructor(
    private readonly place: AtaChannelPlace,
    clock: Clock,
    private readonly interrupt: InterruptLine | undefined,
    stores: readonly BlockStore[],
  ) {
    const { name, title, commandBlock, control } = place;
    this.name = name;
    this.title = title;
    this.ports = [
      { first: commandBlock, last: commandBlock, widths: [16, 32] },
      { first: commandBlock + 1, last: commandBlock + 7, widths: [8] },
      { first: control, last: control, widths: [8] },
    ];
    this.disks = ([0, 1] as const).flatMap(number => {
      const store = stores[number];
      return store ? [new AtaDisk(number, clock, store, () => this.driveInterrupt())] : [];
    });
  }

  reset(): void {
    for (const disk of this.disks) disk.reset();
  }

  readPort(port: number, width: AccessWidth): number {
    const { selected } = this;
    if (port === this.place.control) return selected?.status ?? 0;
    const index = port - this.place.commandBlock;
    if (index === register.data) return selected?.readData(width / 8) ?? 2 ** width - 1;
    if (index === register.statusOrCommand) return selected?.readStatus() ?? 0;
    // for a device 1 that is not there device 0 answers
    return (selected ?? this.disks[0]).readRegister(index);
  }

  writePort(port: number, value: number, width: AccessWidth): void {
    const index = port - this.place.commandBlock;
    if (port === this.place.control) for (const disk of this.disks) disk.writeDeviceControl(value);
    else if (index === register.data) this.selected?.writeData(value, width / 8);
    else if (index === register.statusOrCommand) this.startCommand(value);
    else for (const disk of this.disks) disk.writeRegister(index, value);
  }

  save(): readonly AtaDiskState[] {
    return this.disks.map(disk => disk.save());
  }

  restore(states: readonly AtaDiskState[]): void {
    this.disks.forEach((disk, number) => disk.restore(states[number]));
  }

  describe(): readonly DeviceField[] {
    if (this.disks.length === 1) return this.disks[0].describe();
    return this.disks.flatMap((disk, number) =>
      disk.describe().map(field => ({ ...field, name: t`${field.name} (device ${number})` })),
    );
  }

  /** Undefined if it is device 1, and not there. */
  private get selected(): AtaDisk | undefined {
    return this.disks.find(disk => disk.isSelected);
  }

  /** Only the diagnostic is for both devices, whichever is selected. */
  private startCommand(code: number): void {
    if (ataCommand(code)?.name === 'EXECUTE DEVICE DIAGNOSTIC') for (const disk of this.disks) disk.startCommand(code);
    else this.selected?.startCommand(code);
  }

  private driveInterrupt(): void {
    if (this.disks.some(disk => disk.interrupts)) this.interrupt?.raise();
    else this.interrupt?.lower();
  }
}
