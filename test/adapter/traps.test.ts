// Into the monitor and back, through a real client: its statements, its own source, the stack across the boundaries, filters.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { withAdapter } from './adapterProcess';

/** A kernel that prints a character, and a few instructions for the filters. */
const kernel = `bits 32
org 0x100000
start:
    mov esp, 0x80000
    call print
    smsw ax
    mov eax, cr3
    lidt [table]
    ud2
print:
    mov al, 'A'
    mov dx, 0x3f8
    out dx, al
    ret
handler:
    jmp handler
align 8
gates:
    times 6 dq 0
    dw handler - $$, 0x08, 0x8e00, 0x0010
table: dw $ - gates - 1
    dd gates
`;

const line = (text: string): number => kernel.split('\n').findIndex(row => row.includes(text)) + 1;

describe('traps', function () {
  this.slow(3000);

  it('step in goes from stage to stage, through the source of the monitor', () =>
    withAdapter(async guest => {
      const program = await guest.debug('kernel.asm', kernel, { technique: 'trapAndEmulate' });
      await guest.client.setBreakpointsRequest({ source: { path: program }, breakpoints: [{ line: line('out dx') }] });
      await guest.goOn();
      await guest.stepIn();

      const frames = await guest.stack();
      assert.deepEqual(
        frames.map(({ name, presentationHint }) => [name, presentationHint]),
        [
          ['monitor: handleTrap · intercept', undefined],
          ['#GP · ring 1 → 0', 'label'],
          ['print+0x6', undefined],
          ['start+0x5', undefined],
        ],
      );
      const [top] = frames;
      const { content, mimeType } = (
        await guest.client.sourceRequest({ source: top.source, sourceReference: top.source?.sourceReference ?? 0 })
      ).body;
      assert.equal(mimeType, 'text/x-typescript');
      const lines = content.split('\n');
      assert.equal(lines[top.line - 1].slice(top.column - 1, (top.endColumn ?? 0) - 1), 'monitor.saveGuest(frame);');
      const file = `src/${top.source?.path ?? ''}`;
      assert.equal(content, fs.readFileSync(file, 'utf8'));

      const rows = await guest.variables('Trap');
      const sentence =
        '`out dx, al` talks to a device; the kernel is really in ring 1, which may not, so the processor called the monitor';
      assert.deepEqual(
        rows.map(({ name }) => name),
        [
          'what happened',
          'reason',
          'purpose',
          'position',
          'vector',
          'error code',
          'ring',
          'traps so far',
          'switches to the host so far',
        ],
      );
      assert.deepEqual(
        rows.slice(0, 4).map(({ value }) => value),
        [sentence, '#GP (being handled)', "the guest's", 'tick 4, event 2, statement 1 of the monitor'],
      );
      assert.equal(guest.printed('console'), `32-bit code, entry 0x00100000\n${sentence}.\n`);

      const seen = new Set<string>();
      for (;;) {
        await guest.stepIn();
        const { name } = await guest.place();
        if (!name.startsWith('monitor')) break;
        seen.add(name.replace('monitor: ', ''));
      }
      assert.deepEqual(
        [...seen],
        [
          'emulateInstruction · decode',
          'emulateInstruction · check',
          'emulateInstruction · host',
          'emulateInstruction · emulate',
          'resumeGuest · resume',
        ],
      );
      assert.deepEqual(
        [...guest.printed('console').matchAll(/^(\w+): /gm)].map(([, kind]) => kind),
        ['intercept', 'decode', 'check', 'host', 'emulate', 'resume'],
      );
      assert.equal((await guest.place()).line, line('ret'));
      assert.equal(guest.printed('stdout'), 'A');
    }));

  it('step in goes from statement to statement where everything is wanted', () =>
    withAdapter(async guest => {
      await guest.debug('kernel.asm', 'bits 32\norg 0x100000\nstart: cli\n hlt\n', {
        technique: 'trapAndEmulate',
        stepIntoEverything: true,
      });
      const seen: string[] = [];
      do {
        await guest.stepIn();
        const { name } = await guest.place();
        seen.push(name.replace('monitor: ', ''));
      } while (seen.at(-1)?.startsWith('start') !== true);
      const handlers = ['handleTrap · intercept', 'handleTrap', 'handlePageFault · check', 'handlePageFault'];
      assert.deepEqual([...new Set(seen)].slice(0, handlers.length), handlers);
    }));

  it('step over finishes the trap, step out of the handler resumes the guest', () =>
    withAdapter(async guest => {
      const program = await guest.debug('kernel.asm', kernel, { technique: 'trapAndEmulate' });
      await guest.client.setBreakpointsRequest({ source: { path: program }, breakpoints: [{ line: line('out dx') }] });
      await guest.goOn();
      await guest.next();
      assert.equal((await guest.place()).line, line('ret'));
      await guest.stepOut();
      assert.equal((await guest.place()).line, line('smsw'));
      await guest.next();
      await guest.stepIn();
      assert.match((await guest.place()).name, /^monitor: handleTrap · intercept/);
      await guest.stepOut();
      assert.equal((await guest.place()).line, line('lidt'));
    }));

  it('shows what the guest believes and what the hardware has', () =>
    withAdapter(async guest => {
      await guest.debug('kernel.asm', kernel, { technique: 'trapAndEmulate' });
      const rows = await guest.variables('Guest believes / hardware has');
      const value = (name: string): string => rows.find(row => row.name === name)?.value ?? '';
      assert.equal(value('ring (CPL)'), '≠ 0 / 1');
      assert.match(value('CR0'), /^≠ 0x11 \/ 0x80/);
      assert.match(value('IDTR'), /^≠/);
      assert.equal(await guest.evaluate('cpl'), '0');
      assert.equal(await guest.evaluate('hw.cpl'), '1');
      assert.equal(await guest.evaluate('ring'), '0x00000001');
    }));

  it('shows at every statement of the monitor what was trapped, and what the hardware has now', () =>
    withAdapter(async guest => {
      const program = await guest.debug('kernel.asm', kernel, { technique: 'trapAndEmulate' });
      await guest.client.setBreakpointsRequest({ source: { path: program }, breakpoints: [{ line: line('out dx') }] });
      await guest.goOn();
      await guest.stepIn();
      const seen = new Set<string>();
      while ((await guest.place()).name.startsWith('monitor')) {
        const rows = await guest.variables('Guest believes / hardware has');
        assert.deepEqual(
          rows.filter(({ name, value }) => `${name}: ${value}`.length > 40),
          [],
        );
        const [ring] = rows;
        seen.add(ring.value);
        await guest.stepIn();
      }
      assert.deepEqual([...seen], ['≠ 0 / 1, now 0']);
    }));

  const filters: [filter: string, technique: string, where: string, text: string, details: RegExp][] = [
    ['privileged', 'none', 'out dx', 'privileged instruction', /out dx, al needs CPL ≤ IOPL.*\n.*ring 0.*bare machine/],
    [
      'privileged',
      'trapAndEmulate',
      'out dx',
      'privileged instruction',
      /believes to be in ring 0.*really it is in ring 1/,
    ],
    ['sensitive', 'trapAndEmulate', 'smsw', 'sensitive but silent', /smsw ax is sensitive.*low half of the real CR0/],
    ['exception', 'none', 'jmp handler', '#UD', /invalid opcode.*ring 0 at start\+.*handler for #UD, handler \(/s],
    [
      'exception',
      'trapAndEmulate',
      'jmp handler',
      '#UD',
      /invalid opcode.*ring 0 at start\+.*handler for #UD, handler \(/s,
    ],
  ];
  for (const [filter, technique, where, text, details] of filters) {
    it(`filter ${filter} under ${technique} stops at ${where}`, () =>
      withAdapter(async guest => {
        const program = guest.file('kernel.asm', kernel);
        await guest.launch({ program, technique });
        await guest.client.setExceptionBreakpointsRequest({ filters: [filter] });
        const stop = await guest.begin();
        assert.equal(stop.reason, 'exception');
        assert.equal(stop.text, text);
        assert.equal((await guest.place()).line, line(where));
        const { body } = await guest.client.exceptionInfoRequest({ threadId: 1 });
        assert.match(body.description ?? '', details);
      }));
  }

  const sample = path.resolve('media/samples/first-trap/first-trap.asm');
  const inSample: [filter: string, condition: string, top: RegExp, text: RegExp][] = [
    ['interrupt', '', /^timer|tick|interrupt/, /^interrupt 0x/],
    ['ringChange', 'cpl == 3', /^user_main$/, /^ring change$/],
    ['ringChange', 'from == 3 && to == 0', /^page_fault$/, /^ring change$/],
    ['ringChange', 'cpl == 0', /^page_fault$/, /^ring change$/],
    ['exception', 'vector in (13, 14) && error & 4', /^page_fault$/, /^#PF\(6\)$/],
    ['privileged', 'cpl == 0 && cr0.pg', /./, /^privileged instruction$/],
  ];
  for (const [filterId, condition, top, text] of inSample) {
    for (const technique of ['none', 'trapAndEmulate']) {
      it(`filter ${filterId} with "${condition}" stops in the sample under ${technique}`, () =>
        withAdapter(async guest => {
          await guest.launch({ program: sample, technique });
          await guest.client.setExceptionBreakpointsRequest({ filters: [], filterOptions: [{ filterId, condition }] });
          const stop = await guest.begin();
          assert.match(stop.text ?? '', text);
          assert.match((await guest.place()).name, top);
        }));
    }
  }

  it('filter monitorEntry stops in the monitor, with a condition only where it holds', () =>
    withAdapter(async guest => {
      const program = guest.file('kernel.asm', kernel);
      await guest.launch({ program, technique: 'trapAndEmulate' });
      await guest.client.setExceptionBreakpointsRequest({
        filters: [],
        filterOptions: [{ filterId: 'monitorEntry', condition: 'vector == 13 && dx == 0x3f8' }],
      });
      await guest.begin();
      const frames = await guest.stack();
      assert.equal(frames[0].name, 'monitor: handleTrap · intercept');
    }));

  it('filter options that are wrong are answered as such', () =>
    withAdapter(async guest => {
      const program = guest.file('kernel.asm', kernel);
      await guest.launch({ program, technique: 'none' });
      const { body } = await guest.client.setExceptionBreakpointsRequest({
        filters: ['nosuch', 'tripleFault'],
        filterOptions: [
          { filterId: 'privileged', condition: '1 +' },
          { filterId: 'privileged', condition: 'vector == 14' },
          { filterId: 'exception', condition: 'vector == 14 && from == 3' },
          { filterId: 'exception', condition: 'vector == 14 && error != nosuch' },
          { filterId: 'exception', condition: 'vector == 14 && error != 0' },
        ],
      });
      assert.deepEqual(
        (body?.breakpoints ?? []).map(({ verified }) => verified),
        [false, true, false, false, false, false, true],
      );
      assert.match(guest.printed('stderr'), /"vector == 14".*no vector here.*no from here.*"nosuch" is neither/s);
    }));
});
