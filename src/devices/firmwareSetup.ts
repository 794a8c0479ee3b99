// What a BIOS leaves in the devices before it loads a boot sector (IBM PC/AT Technical Reference, "System BIOS"), done
// the way a BIOS does it: by writing to ports. For guests that start where a BIOS would have handed over.
import type { PortBus } from './portBus';

/** What takes port writes: the bus, or whoever stands before it. */
type PortWriter = Pick<PortBus, 'write'>;

/** IRQ 0–7 at vectors 0x08–0x0f and IRQ 8–15 at 0x70–0x77, edge-triggered, EOI by software. */
const interruptControllers: readonly (readonly [port: number, value: number])[] = [
  [0x20, 0x11],
  [0xa0, 0x11],
  [0x21, 0x08],
  [0xa1, 0x70],
  [0x21, 0x04],
  [0xa1, 0x02],
  [0x21, 0x01],
  [0xa1, 0x01],
];

/** Counter 0: mode 3 with the largest count, 18.2 Hz. Counter 1: refresh. Counter 2: mode 3, for the speaker. */
const timer: readonly (readonly [port: number, value: number])[] = [
  [0x43, 0x36],
  [0x40, 0x00],
  [0x40, 0x00],
  [0x43, 0x54],
  [0x41, 0x12],
  [0x43, 0xb6],
  [0x42, 0x33],
  [0x42, 0x05],
];

/**
 * Everything masked: a BIOS has handlers for the timer and the keyboard, and unmasks them; this sets up no handlers, so
 * a guest that enables interrupts before it has any is not interrupted.
 */
const masks: readonly (readonly [port: number, value: number])[] = [
  [0x21, 0xff],
  [0xa1, 0xff],
];

export function setUpAsFirmware(bus: PortWriter): void {
  for (const [port, value] of [...interruptControllers, ...timer, ...masks]) bus.write(port, value, 8);
}
