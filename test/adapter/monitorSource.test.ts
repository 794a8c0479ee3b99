// The monitor's own source in a session: its statements stepped into, over and out of, locals, breakpoints; by URIs for VS
// Code, by references for others.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Debugged, withAdapter } from './adapterProcess';

const kernel = `bits 32
org 0x100000
start:
    mov ecx, 3
.loop:
    mov al, 'A'
    mov dx, 0x3f8
    out dx, al
    loop .loop
    cli
    hlt
`;

const file = 'monitor/trapAndEmulate/handlers.ts';
const lines = fs.readFileSync(`src/${file}`, 'utf8').split('\n');
const lineOf = (text: string): number => lines.findIndex(line => line.includes(text)) + 1;
const uri = 'ringside-monitor:/ringside-monitor/trapAndEmulate/handlers.ts';
const asVsCode = { clientID: 'vscode' };
const source: DebugProtocol.Source = { name: 'handlers.ts', path: uri };

const setAt = async (guest: Debugged, breakpoints: DebugProtocol.SourceBreakpoint[], where = source) =>
  (await guest.client.setBreakpointsRequest({ source: where, breakpoints })).body.breakpoints;

/** Where each frame of the monitor is, innermost first: `function: source text`. */
async function frames(guest: Debugged): Promise<string[]> {
  const monitor = (await guest.stack()).filter(({ name }) => name.startsWith('monitor: '));
  return monitor.map(({ name, line }) => `${name.slice(9).split(' ')[0]}: ${lines[line - 1].trim()}`);
}

/** At the first port access, before the guest's instruction. */
async function atOut(guest: Debugged, more: Record<string, unknown> = {}): Promise<void> {
  const program = await guest.debug('kernel.asm', kernel, { technique: 'trapAndEmulate', ...more });
  const line = kernel.split('\n').indexOf('    out dx, al') + 1;
  await guest.client.setBreakpointsRequest({ source: { path: program }, breakpoints: [{ line }] });
  await guest.goOn();
  await guest.client.setBreakpointsRequest({ source: { path: program }, breakpoints: [] });
}

describe("the monitor's source", function () {
  this.slow(3000);

  it('is stepped into, over and out of', () =>
    withAdapter(async guest => {
      await atOut(guest);
      const caller = 'handleTrap: emulateInstruction(monitor);';
      const steps: [step: () => Promise<unknown>, where: string[]][] = [
        [guest.stepIn, ['handleTrap: monitor.saveGuest(frame);']],
        [guest.next, ['handleTrap: monitor.countExit(exit);']],
        [guest.next, ['handleTrap: switch (frame.vector) {']],
        [guest.next, [caller]],
        [guest.stepIn, ['emulateInstruction: const instruction = monitor.fetchInstruction();', caller]],
        [guest.next, ['emulateInstruction: const device = monitor.portDevice(instruction);', caller]],
        [guest.stepOut, ['handleTrap: resumeGuest(monitor);']],
        [guest.next, []],
      ];
      for (const [step, where] of steps) {
        await step();
        assert.deepEqual(await frames(guest), where);
      }
      assert.equal(guest.printed('stdout'), 'A');
    }));

  it('shows the locals of each function, as they come to be', () =>
    withAdapter(async guest => {
      await atOut(guest);
      await guest.stepIn();
      await guest.stepIn();
      const local = async () =>
        Object.fromEntries((await guest.variables('Locals')).map(({ name, value }) => [name, value]));
      assert.deepEqual(await local(), { monitor: 'the monitor' });
      await guest.next();
      assert.deepEqual(await local(), { monitor: 'the monitor', instruction: 'out dx, al (ee) at 0x8:0x0010000b' });
      await guest.next();
      assert.match((await local()).device, /^Serial port/);
      for (let step = 0; step < 3; step++) await guest.next();
      assert.match(await guest.evaluate('eip'), /start.loop.0x7$/);
      assert.match((await local()).instruction, /^out dx, al/);

      const [, caller] = await guest.stack();
      const { scopes } = (await guest.client.scopesRequest({ frameId: caller.id })).body;
      const { variables } = (await guest.client.variablesRequest({ variablesReference: scopes[0].variablesReference }))
        .body;
      assert.deepEqual(
        variables.map(({ name, value }) => `${name} = ${value}`),
        ['monitor = the monitor', 'exit = #GP, from ring 1', 'frame = #GP(0) at 0x9:0x0010000b'],
      );
      const at = async (expression: string) =>
        (await guest.client.evaluateRequest({ expression, frameId: caller.id, context: 'hover' })).body.result;
      assert.equal(await at('frame.context.eip'), '0x10000b (1048587)');
      assert.equal(await at('exit'), '#GP, from ring 1');
      assert.match(await at('dx'), /^0x03f8/);
    }));

  it('has breakpoints, also while the guest runs, with conditions and log messages', () =>
    withAdapter(async guest => {
      await guest.debug('kernel.asm', kernel, { technique: 'trapAndEmulate', ...asVsCode });
      const emulate = lineOf('monitor.emulate(');
      const [exact, moved, none] = await setAt(guest, [
        { line: emulate, condition: 'ecx == 2' },
        { line: lineOf('/** HLT: the virtual'), logMessage: 'waits with ecx = {ecx}' },
        { line: lines.length },
      ]);
      assert.deepEqual([exact.verified, exact.line], [true, emulate]);
      assert.deepEqual([moved.verified, moved.line], [true, lineOf('monitor.sleep()')]);
      assert.equal(none.verified, false);
      assert.match(none.message ?? '', /handlers\.ts.*Set the breakpoint in a function/);

      const stop = await guest.goOn();
      assert.equal(stop.reason, 'breakpoint');
      assert.deepEqual(stop.hitBreakpointIds, [exact.id]);
      assert.match(await guest.evaluate('ecx'), /^0x00000002/);
      assert.deepEqual(await frames(guest), [
        'emulateInstruction: monitor.emulate(instruction);',
        'handleTrap: emulateInstruction(monitor);',
      ]);
      assert.equal(guest.printed('stdout'), 'A');

      await setAt(guest, []);
      await guest.endAfter(() => guest.client.continueRequest({ threadId: 1 }));
      assert.equal(guest.printed('stdout'), 'AAA');
    }));

  it('stops at a breakpoint while the monitor goes on from another stop', () =>
    withAdapter(async guest => {
      await atOut(guest, asVsCode);
      await guest.stepIn();
      await setAt(guest, [{ line: lineOf('monitor.refreshShadows();') }]);
      await guest.goOn();
      assert.match((await frames(guest))[0], /^emulateInstruction: monitor\.refreshShadows/);
    }));

  it('refuses breakpoints where there is no monitor', () =>
    withAdapter(async guest => {
      await guest.debug('kernel.asm', kernel, asVsCode);
      const [refused] = await setAt(guest, [{ line: lineOf('monitor.emulate(') }]);
      assert.equal(refused.verified, false);
      assert.match(refused.message ?? '', /no monitor/);
    }));

  it('is named by a reference for other clients than VS Code, with breakpoints', () =>
    withAdapter(async guest => {
      await guest.debug('kernel.asm', kernel, { technique: 'trapAndEmulate', clientID: 'other' });
      const all = (await guest.client.customRequest('loadedSources')) as DebugProtocol.LoadedSourcesResponse;
      const handlers = all.body.sources.find(({ path }) => path === file);
      assert.ok((handlers?.sourceReference ?? 0) > 0);
      const { content } = (await guest.client.sourceRequest({ sourceReference: handlers?.sourceReference ?? 0 })).body;
      assert.equal(content, lines.join('\n'));
      const line = lineOf('monitor.saveGuest(');
      const [set] = await setAt(guest, [{ line }], { name: 'handlers.ts', sourceReference: handlers?.sourceReference });
      assert.equal(set.verified, true);
      const where = { source: handlers ?? {}, line: line - 1, endLine: line + 1 };
      assert.deepEqual(
        ((await guest.client.customRequest('breakpointLocations', where)) as DebugProtocol.BreakpointLocationsResponse)
          .body,
        {
          breakpoints: [{ line }, { line: line + 1 }],
        },
      );
      await guest.goOn();
      assert.equal((await guest.stack())[0].source?.path, file);
    }));

  it('is named by a URI for VS Code', () =>
    withAdapter(async guest => {
      await guest.debug('kernel.asm', kernel, { technique: 'trapAndEmulate', ...asVsCode });
      await setAt(guest, [{ line: lineOf('monitor.saveGuest(') }]);
      await guest.goOn();
      const [{ source: shown, line, endLine, endColumn }] = await guest.stack();
      assert.deepEqual([shown?.path, shown?.sourceReference ?? 0], [uri, 0]);
      assert.deepEqual([endLine, endColumn], [line, lines[line - 1].length + 1]);
    }));
});
