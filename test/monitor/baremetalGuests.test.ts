// The guests with which the bare machine is tested (test/oracle/baremetal), under trap-and-emulate. They use all four rings
// and all instructions, also those that ring compression cannot virtualize; every line that differs has to be about one of
// those.

import assert from 'node:assert/strict';
import { assembleGuest } from '../oracle/baremetal/assembleGuest';
import { guests } from '../oracle/baremetal/guests';
import { imageFromAssembly } from '../../src/machine/guestImage';
import { runGuest } from './runGuest';

/** Lines that may differ, by guest, and why. */
const silent: { readonly [guest: string]: RegExp } = {
  // memory operands made by SGDT and SIDT
  alignment: /^(dword|word|cmpxchg8b|bound) at \d:/,
  controlRegisters: /^smsw/,
  debug: /^mov ss, ax, then nop/,
  hardwareInterrupts: /^popfd sets IF/,
  // flags by PUSHF
  interrupts: /^all (ones|zeros)/,
  // LAR looks at the monitor's copy of the table
  paging: /^lar:/,
  privileged: /^(iret|lar|lsl|mov ax, ss|popf|popfd|push cs|sgdt|sidt|sldt|str|pushf|smsw|verr|verw)\b/,
  realMode: /^smsw/,
  // LAR, LSL, VERR and VERW of each kind of segment, and MOV from SS
  segments: /DPL \d|^LDT|^TSS|gate|^limit in pages/,
  // LDS of what SIDT stored; PUSHF
  virtual8086: /^(lds|iret with VM|popfd with VM|[0-9a-f]{8} [0-9a-f]{8} )/,
};

/** Guests print SS, whose RPL is the real ring, and TR, which is the monitor's, in many lines. */
const withoutRealSelectors = (line: string): string =>
  line.replace(/ss:esp=([0-9a-f]{3})[0-9a-f]/g, 'ss:esp=$1').replace(/\btr=[0-9a-f]{4}/g, 'tr');

describe('bare-metal guests under trap-and-emulate', () => {
  for (const { name } of guests) {
    it(name, () => {
      const bytes = new Uint8Array(assembleGuest(name));
      const image = imageFromAssembly({ bytes, origin: 0x100000, bits: 32 });
      const options = { memoryBytes: 32 << 20, limit: 3_000_000 };
      const [bare, trapped] = (['none', 'trapAndEmulate'] as const).map(technique =>
        runGuest(technique, image, options).debug.split('\n').map(withoutRealSelectors),
      );
      assert.equal(trapped.length, bare.length);
      const different = bare.filter((line, index) => line !== trapped[index] && !silent[name]?.test(line));
      assert.deepEqual(different, []);
    });
  }
});
