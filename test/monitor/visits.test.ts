// Single visits to the monitor under trap-and-emulate: how much of the guest one takes, and what it says of the hardware.

import assert from 'node:assert/strict';
import { assembleText } from './assembledGuest';
import { runGuest } from './runGuest';

describe('a visit to the monitor', () => {
  it('takes one instruction, if its prefix repeats nothing', () => {
    const steps = 100;
    // the shadow of STI is the virtual CPU's, and so is the jump in it
    const { image } = assembleText('bits 32\norg 0x100000\n sti\n db 0xf3, 0xeb, 0xfd ; rep jmp $\n');
    const { now } = runGuest('trapAndEmulate', image, { limit: steps });
    assert.ok(now <= steps, `${now} instructions in ${steps} steps`);
  });

  it('says of a guest in real mode that it really was in ring 3', () => {
    const { image } = assembleText(`bits 16
org 0x7c00
  mov word [13 * 4], handler
  mov word [13 * 4 + 2], 0
  mov ax, [0xffff]
handler:
  mov dx, 0xf4
  out dx, al
`);
    const texts = runGuest('trapAndEmulate', image, { keepStages: true }).stages.map(({ text }) => text);
    const told = texts.filter(text => text.includes('truncated segments'));
    assert.equal(told.length, 1);
    assert.match(told[0], /not one that ring 3 may make.*the guest believes in ring 0/);
  });
});
