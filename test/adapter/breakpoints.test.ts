// Breakpoints of every kind through a real client: where they bind, when they stop, what they say.
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Debugged, withAdapter } from './adapterProcess';

const program = `bits 32
org 0x100000
start:
    xor eax, eax
.loop:
    inc eax
    call note
    jmp .loop

; nothing here
note:
    mov [count], eax
    ret
count: dd 0
`;

async function launched(guest: Debugged, text = program, args: Record<string, unknown> = {}): Promise<string> {
  const file = guest.file('loop.asm', text);
  await guest.launch({ program: file, technique: 'none', ...args });
  return file;
}

const setIn = async (guest: Debugged, path: string, breakpoints: DebugProtocol.SourceBreakpoint[]) =>
  (await guest.client.setBreakpointsRequest({ source: { path, name: 'loop.asm' }, breakpoints })).body.breakpoints;

describe('breakpoints', function () {
  this.slow(2000);

  it('bind to lines, move to the next line with code, or say that there is none', () =>
    withAdapter(async guest => {
      const file = await launched(guest);
      const [exact, moved, data, none] = await setIn(guest, file, [
        { line: 6 },
        { line: 10 },
        { line: 14 },
        { line: 99 },
      ]);
      assert.deepEqual([exact.verified, exact.line], [true, 6]);
      assert.deepEqual([moved.verified, moved.line], [true, 12]);
      assert.equal(data.verified, false);
      assert.match(none.message ?? '', /no instruction at or after line 99 of loop.asm/);
      const other = await guest.client.setBreakpointsRequest({
        source: { path: '/else/other.asm' },
        breakpoints: [{ line: 1 }],
      });
      assert.match(other.body.breakpoints[0].message ?? '', /not part of the program/);
    }));

  it('stop where they are, with their ids', () =>
    withAdapter(async guest => {
      const file = await launched(guest);
      const [breakpoint] = await setIn(guest, file, [{ line: 12 }]);
      const stop = await guest.begin();
      assert.equal(stop.reason, 'breakpoint');
      assert.deepEqual(stop.hitBreakpointIds, [breakpoint.id]);
      assert.equal((await guest.place()).line, 12);
      await guest.goOn();
      assert.equal(await guest.evaluate('eax'), '0x00000002');
    }));

  it('stop at the very first instruction', () =>
    withAdapter(async guest => {
      const file = await launched(guest);
      await setIn(guest, file, [{ line: 4 }]);
      assert.equal((await guest.begin()).reason, 'breakpoint');
      assert.equal((await guest.place()).line, 4);
    }));

  const conditional: [terms: Partial<DebugProtocol.SourceBreakpoint>, eax: number][] = [
    [{ condition: 'eax == 7' }, 7],
    [{ condition: 'eax > 2 && [count] == 4' }, 5],
    [{ hitCondition: '5' }, 5],
    [{ hitCondition: '== 5' }, 5],
    [{ hitCondition: '>= 4' }, 4],
    [{ hitCondition: '> 4' }, 5],
    [{ hitCondition: '% 6' }, 6],
    [{ hitCondition: '<3' }, 1],
    [{ condition: 'eax % 2 == 0', hitCondition: '3' }, 6],
  ];
  for (const [terms, eax] of conditional) {
    it(`stop when ${JSON.stringify(terms)}`, () =>
      withAdapter(async guest => {
        const file = await launched(guest);
        await setIn(guest, file, [{ line: 12, ...terms }]);
        await guest.begin();
        assert.equal(await guest.evaluate('eax'), `0x0000000${eax}`);
      }));
  }

  const wrong: [terms: Partial<DebugProtocol.SourceBreakpoint>, message: RegExp][] = [
    [{ condition: 'eax ==' }, /expected at column 7/],
    [{ condition: 'eax = 1' }, /to compare, write "=="/],
    [{ condition: 'exa == 1' }, /"exa" is neither a register nor a label.*Did you mean "eax"/],
    [{ condition: 'eax == 1 && vector == 14' }, /There is no vector here/],
    [{ hitCondition: 'often' }, /hit condition "often" is not understood/],
    [{ logMessage: 'eax {eax' }, /without }/],
  ];
  for (const [terms, message] of wrong) {
    it(`refuse ${JSON.stringify(terms)}`, () =>
      withAdapter(async guest => {
        const file = await launched(guest);
        const [breakpoint] = await setIn(guest, file, [{ line: 12, ...terms }]);
        assert.equal(breakpoint.verified, false);
        assert.match(breakpoint.message ?? '', message);
        assert.match(guest.printed('stderr'), message);
      }));
  }

  it('log without stopping', () =>
    withAdapter(async guest => {
      const file = await launched(guest);
      await setIn(guest, file, [
        { line: 12, logMessage: 'eax is {eax}, {{braces}}' },
        { line: 13, condition: 'eax == 3' },
      ]);
      await guest.begin();
      assert.equal(
        guest.printed('console'),
        '32-bit code, entry 0x00100000\neax is 0x00000001, {braces}\neax is 0x00000002, {braces}\neax is 0x00000003, {braces}\n',
      );
    }));

  it('are set on labels', () =>
    withAdapter(async guest => {
      await launched(guest);
      const { body } = await guest.client.setFunctionBreakpointsRequest({
        breakpoints: [{ name: 'note' }, { name: 'start.loop+1' }, { name: 'nota' }, { name: '0x100002' }],
      });
      assert.deepEqual(
        body.breakpoints.map(({ verified, line }) => [verified, line]),
        [
          [true, 12],
          [true, 7],
          [false, undefined],
          [true, 6],
        ],
      );
      assert.match(body.breakpoints[2].message ?? '', /no label "nota".*"note"/);
      assert.equal((await guest.begin()).reason, 'function breakpoint');
    }));

  it('are set on instructions', () =>
    withAdapter(async guest => {
      await launched(guest);
      const { body } = (await guest.client.customRequest('setInstructionBreakpoints', {
        breakpoints: [{ instructionReference: '0x100000', offset: 3 }, { instructionReference: 'nowhere' }],
      })) as DebugProtocol.SetInstructionBreakpointsResponse;
      assert.deepEqual(
        body.breakpoints.map(({ verified }) => verified),
        [true, false],
      );
      assert.equal((await guest.begin()).reason, 'instruction breakpoint');
      assert.equal((await guest.place()).line, 7);
    }));

  it('stop once at a repeated instruction', () =>
    withAdapter(async guest => {
      const text = `bits 32\norg 0x100000\nstart:\n mov edi, 0x9000\n mov ecx, 5\n rep stosb\n jmp start\n`;
      const file = await launched(guest, text);
      await setIn(guest, file, [{ line: 6 }]);
      await guest.begin();
      await guest.goOn();
      assert.equal(await guest.evaluate('ecx'), '0x00000005');
      assert.equal(await guest.evaluate('edi'), '0x00009000 (36864)');
    }));

  it('are taken up again by a restart, on the source as it is now', () =>
    withAdapter(async guest => {
      const file = await launched(guest);
      const [breakpoint] = await setIn(guest, file, [{ line: 12 }]);
      await guest.begin();
      guest.file('loop.asm', program.replace('start:', 'start:\n    nop'));
      await guest.stopAfter(() => guest.client.customRequest('restart', {}));
      assert.equal((await guest.place()).line, 13);
      const changed = guest.events.find(({ event }) => event === 'breakpoint') as DebugProtocol.BreakpointEvent;
      assert.deepEqual([changed.body.breakpoint.id, changed.body.breakpoint.line], [breakpoint.id, 13]);
    }));

  it('are offered on lines with code only', () =>
    withAdapter(async guest => {
      const file = await launched(guest);
      const { body } = (await guest.client.customRequest('breakpointLocations', {
        source: { path: file },
        line: 1,
        endLine: 20,
      })) as DebugProtocol.BreakpointLocationsResponse;
      assert.deepEqual(
        body.breakpoints.map(({ line }) => line),
        [4, 6, 7, 8, 12, 13],
      );
    }));
});
