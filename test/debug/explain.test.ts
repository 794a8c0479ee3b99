// What is said of a stop names the places that are meant, whatever segments the guest's code lies in.
import assert from 'node:assert/strict';
import { never } from '../../src/debug/goals';
import { guestFrom, type TestGuest } from './guest';

/** The code has another base than the handler, and neither base is 0. */
const realMode = `bits 16
org 0x7c00
start:
  mov word [7 * 4], handler - 0x7c00
  mov word [7 * 4 + 2], 0x7c0
  mov ax, 0x700
  mov ss, ax
  mov sp, 0x400
  jmp 0x7c1:work - 0x7c10
times 0x40 nop
work:
  nop
floating:
  fldz
  jmp $
handler:
  jmp $
`;

/** In the explanation of what the guest stops at. */
async function told(guest: TestGuest): Promise<string> {
  const stop = await guest.engine.run(never, { mostSteps: 1000 });
  if (stop.kind === 'event') return guest.explainer.event(stop.event).details.join('\n');
  assert.equal(stop.kind, 'access');
  return guest.explainer.access(stop.access).summary;
}

for (const technique of ['none', 'trapAndEmulate'])
  describe(`an explanation under ${technique}`, () => {
    it('names the instruction, its fault and the handler in segments with a base', async () => {
      const guest = await guestFrom(realMode, { technique });
      guest.breakpoints.setFilters([{ filter: 'exception', condition: 'vector == 7' }]);
      const text = await told(guest);
      assert.match(text, /interrupted ring 0 at floating \(0x00007c[0-9a-f]{2}\)/);
      assert.match(text, /has no x87 unit/);
      assert.match(text, /handler for #NM, handler \(0x7c0:/);
    });

    it('knows what a delivery has pushed', async () => {
      const guest = await guestFrom(realMode, { technique });
      guest.breakpoints.setFilters([]);
      const range = { first: 0x73fa, last: 0x73fb, reads: false, writes: true };
      guest.breakpoints.replace('data', 'data', [{ addresses: [], range }]);
      assert.match(await told(guest), /^the delivery of #NM before floating \(0x00007c[0-9a-f]{2}\) wrote 2 bytes/);
    });
  });
