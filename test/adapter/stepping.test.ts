// Stepping a guest on the bare machine through a real client: instructions, lines, calls, handlers, repeats.
import assert from 'node:assert/strict';
import { withAdapter } from './adapterProcess';

const program = `bits 32
org 0x100000
start:
    mov eax, 1
    call double
    mov ecx, 3
    rep stosb
    times 3 nop
    mov ebx, eax
spin:
    jmp spin

double:
    add eax, eax
    ret
`;

describe('stepping', function () {
  this.slow(2000);

  it('goes over a call, a repeated instruction and a repeated line, and into a call', () =>
    withAdapter(async guest => {
      await guest.debug('steps.asm', program.replace('rep stosb', 'mov edi, 0x9000\n    rep stosb'));
      const lines = [(await guest.place()).line];
      for (let step = 0; step < 7; step++) {
        await guest.next();
        lines.push((await guest.place()).line);
      }
      assert.deepEqual(lines, [4, 5, 6, 7, 8, 9, 10, 12]);
      assert.equal(await guest.evaluate('eax'), '0x00000002');
    }));

  it('enters a call, and returns from it', () =>
    withAdapter(async guest => {
      await guest.debug('steps.asm', program);
      await guest.next();
      await guest.stepIn();
      assert.equal((await guest.place()).name, 'double');
      const frames = await guest.stack();
      assert.deepEqual(
        frames.map(({ name, line }) => [name, line]),
        [
          ['double', 14],
          ['start+0x5', 5],
        ],
      );
      await guest.stepOut();
      assert.equal((await guest.place()).line, 6);
    }));

  it('takes one instruction of a line, if asked for instructions', () =>
    withAdapter(async guest => {
      await guest.debug('steps.asm', 'bits 32\norg 0x100000\ntimes 3 nop\nspin: jmp spin\n');
      const eip: string[] = [];
      for (let step = 0; step < 4; step++) {
        eip.push(await guest.evaluate('eip'));
        await guest.next('instruction');
      }
      assert.deepEqual(
        eip.map(text => text.slice(0, 10)),
        ['0x00100000', '0x00100001', '0x00100002', '0x00100003'],
      );
    }));
});
