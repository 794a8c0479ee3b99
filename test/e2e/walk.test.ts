// The way through the product that the first sample is made for: F5, a breakpoint in the kernel, into the monitor that
// catches its privileged instruction, and out again, with all views looked at on the way.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';

const folder = 'media/samples/first-trap';

/** The kernel's first privileged instruction in a system call: called by the program, caught by the monitor. */
const kernelFile = 'system-calls.inc';
const lines = fs.readFileSync(`${folder}/${kernelFile}`, 'utf8').split('\n');
const privileged = lines.findIndex(line => /^\s*sti\b/.test(line)) + 1;

const monitor = fs.readFileSync('src/monitor/trapAndEmulate/handlers.ts', 'utf8').split('\n');
const emulating = monitor.findIndex(line => line.includes('monitor.emulate(')) + 1;

inEachVsCode('walk', folder, session => {
  it('F5 asks nothing and stops at the breakpoint in the kernel', async () => {
    const { workbench } = session();
    await workbench.openFile(kernelFile);
    await workbench.addBreakpoint(privileged);
    await workbench.openFile('first-trap.asm');
    await workbench.startDebugging();
    await workbench.stoppedAt('at the privileged instruction', ({ line }) => line === privileged);
  });

  it('shows the kernel above the program, with a row for the system call between', async () => {
    const { debug } = session();
    await eventually('the call stack', async () =>
      inOrder(await debug.callStack(), /system_call/, /ring 3 → 0/, /user_print/),
    );
  });

  it('steps into the monitor, whose own source appears', async () => {
    const { workbench, debug } = session();
    await workbench.page.keyboard.press('F11');
    await workbench.stoppedAt('at the first statement', ({ text }) => text.includes('monitor.saveGuest(frame)'));
    assert.equal(await workbench.openTab(), 'handlers.ts');
    assert.equal(await workbench.language(), 'Ringside Monitor (TypeScript)');
    await eventually('monitor above kernel above program', async () =>
      inOrder(await debug.callStack(), /handleTrap/, /#GP · ring 1 → 0/, /system_call/, /ring 3 → 0/, /user_print/),
    );
  });

  it('walks from statement to statement, with the locals of each function', async () => {
    const { workbench, debug } = session();
    const { keyboard } = workbench.page;
    const steps: [key: string, text: string][] = [
      ['F10', 'monitor.countExit(exit)'],
      ['F10', 'switch (frame.vector)'],
      ['F10', 'emulateInstruction(monitor)'],
      ['F11', 'monitor.fetchInstruction()'],
      ['F10', 'monitor.portDevice(instruction)'],
    ];
    for (const [key, text] of steps) {
      await keyboard.press(key);
      await workbench.stoppedAt(`at ${text}`, at => at.text.includes(text));
    }
    await eventually('the decoded instruction', async () =>
      (await debug.variables()).some(({ name, value }) => name === 'instruction' && value.startsWith('sti')),
    );
  });

  it('stops at a breakpoint in the source of the monitor', async () => {
    const { workbench } = session();
    await workbench.focusEditor();
    await workbench.addBreakpoint(emulating);
    await workbench.page.keyboard.press('F5');
    await workbench.stoppedAt('where the instruction is emulated', ({ line }) => line === emulating);
  });

  it('shows what the guest believes beside what the hardware has', async () => {
    const { debug } = session();
    for (const scope of ['Locals', 'Trap', 'Registers']) await debug.expand(scope, false);
    await debug.expand('Guest believes');
    await eventually('CR3', async () => (await debug.variables()).some(({ name }) => /cr3/i.test(name)));
    await debug.expand('Registers');
  });

  it('steps out to the guest, behind the instruction', async () => {
    const { workbench } = session();
    await workbench.page.keyboard.press('Shift+F11');
    await workbench.stoppedAt('in the caller', ({ text }) => text.includes('resumeGuest(monitor)'));
    await workbench.page.keyboard.press('Shift+F11');
    await workbench.stoppedAt('behind the instruction', ({ text }) => text.includes('call [system_call_table'));
  });

  it('has printed what the instruction sent, and evaluates expressions', async () => {
    const { debug } = session();
    await debug.evaluate('eax');
    await eventually('the value', async () => (await debug.console()).some(row => /0x[0-9a-f]{8}/i.test(row)));
  });

  it('changes a register', async () => {
    const { debug } = session();
    await debug.evaluate('eax = 0x1234');
    await eventually('the changed register', async () =>
      (await debug.variables()).some(({ name, value }) => name === 'eax' && value.includes('1234')),
    );
  });

  it('disassembles around the instruction that comes next', async () => {
    const { debug } = session();
    await debug.openDisassembly();
    await eventually('the current row', async () => /0x[0-9a-f]+/i.test(await debug.currentInstruction()));
    assert.ok((await debug.disassembly()).length > 10);
  });

  it('ends; F5 in the source of the monitor starts the guest again, with the breakpoint still there', async () => {
    const { workbench } = session();
    await workbench.stopDebugging();
    await workbench.openTabOf('handlers.ts');
    await workbench.startDebugging();
    await workbench.stoppedAt('where the instruction is emulated', ({ line }) => line === emulating);
    await workbench.stopDebugging();
  });
});

/** Does a row match each pattern, in the order of the patterns? */
function inOrder(rows: string[], ...patterns: RegExp[]): boolean {
  let from = 0;
  return patterns.every(pattern => {
    const found = rows.findIndex((row, index) => index >= from && pattern.test(row));
    from = found + 1;
    return found >= 0;
  });
}
