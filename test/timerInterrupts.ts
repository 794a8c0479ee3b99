// Text for guests: the interrupt controller and the timer of a PC, set up as every kernel does.

/** IRQ 0 to 7 at vectors 20h to 27h, of which `mask` leaves some out; and a tick every `period` pulses of the timer. */
export const timerInterrupts = (mask: number, period: number): string => `
  mov al, 0x11
  out 0x20, al
  mov al, 0x20
  out 0x21, al
  mov al, 4
  out 0x21, al
  mov al, 1
  out 0x21, al
  mov al, ${mask}
  out 0x21, al
  mov al, 0x34
  out 0x43, al
  mov al, ${period & 0xff}
  out 0x40, al
  mov al, ${period >> 8}
  out 0x40, al
`;
