// Breakpoints of a session in code that the guest loads itself: pending, then verified; and sources of a build elsewhere.
import assert from 'node:assert/strict';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { assemble } from '../../src/asm/assemble';
import { compile, hasCompiler, run, source } from '../symbols/dwarf/compiled';
import { withAdapter } from './adapterProcess';

const place = 0x200000;
const boot = (image: string): string => `bits 32
org 0x100000
 mov esi, image
 mov edi, ${place}
 mov ecx, image.end - image
 rep movsb
 mov esp, 0x90000
 mov eax, ${place}
 jmp eax
image: incbin "${image}"
.end:
`;

describe('code that a guest loads', function () {
  this.slow(3000);

  it('has breakpoints that wait for it', () =>
    withAdapter(async guest => {
      const text = 'bits 32\nkernel: nop\n mov eax, 1\nspin: cli\n hlt\n';
      const kernel = guest.file('kernel.asm', text);
      const { image } = assemble('kernel.asm', { text: () => text, bytes: () => undefined });
      guest.file('kernel.bin', image?.bytes ?? '');
      const program = guest.file('boot.asm', boot('kernel.bin'));
      await guest.launch({ program, technique: 'trapAndEmulate', symbols: [{ file: kernel, address: '0x200000' }] });
      const { body } = await guest.client.setBreakpointsRequest({
        source: { path: kernel },
        breakpoints: [{ line: 3 }],
      });
      const [pending] = body.breakpoints;
      assert.deepEqual([pending.verified, pending.line, pending.reason], [false, 3, 'pending']);
      assert.match(pending.message ?? '', /not in memory at 0x00200001 yet/);
      await guest.begin();
      assert.deepEqual(await guest.place(), { name: 'kernel+0x1', line: 3, source: 'kernel.asm' });
      const changes = guest.events.filter(({ event }) => event === 'breakpoint') as DebugProtocol.BreakpointEvent[];
      assert.deepEqual(
        changes.map(({ body: { reason, breakpoint } }) => [
          reason,
          breakpoint.id,
          breakpoint.verified,
          breakpoint.line,
        ]),
        [['changed', pending.id, true, 3]],
      );
      await guest.next();
      assert.equal((await guest.place()).line, 4);
    }));

  it('brings the source of an ELF file, whose paths are mapped', function () {
    if (!hasCompiler) return this.skip();
    return withAdapter(async guest => {
      const text = 'static volatile int seen;\nvoid _start(void) {\n  seen = 1;\n  for (;;)\n    seen++;\n}\n';
      const built = source('built/kernel.c', text);
      const elf = compile([built], ['-g', '-O0', `-Wl,-Ttext=0x${place.toString(16)}`]);
      assert.ok(run('objcopy', ['-O', 'binary', '-j', '.text', elf, `${elf}.bin`]) !== undefined);
      const program = guest.file('boot.asm', boot(`${elf}.bin`));
      const here = path.join(guest.folder, 'kernel');
      await guest.launch({
        program,
        technique: 'none',
        symbols: [{ file: elf }],
        sourceMap: { [path.dirname(built)]: here },
      });
      const file = path.join(here, 'kernel.c');
      const { body } = await guest.client.setBreakpointsRequest({ source: { path: file }, breakpoints: [{ line: 3 }] });
      assert.equal(body.breakpoints[0].verified, false);
      await guest.begin();
      const [top] = await guest.stack();
      assert.deepEqual([top.name.replace(/\+.*/, ''), top.line, top.source?.path], ['_start', 3, file]);
      await guest.next();
      assert.equal((await guest.place()).line, 5);
    });
  });
});
