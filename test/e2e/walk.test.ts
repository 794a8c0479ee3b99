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
    await workbench.stoppedAt('at a stage', ({ text }) => text.includes('yield stage'));
    assert.match(await workbench.openTab(), /\.ts$/);
    await eventually('monitor above kernel above program', async () =>
      inOrder(await debug.callStack(), /monitor/, /#GP · ring 1 → 0/, /system_call/, /ring 3 → 0/, /user_print/),
    );
  });

  it('walks from stage to stage', async () => {
    const { workbench, debug } = session();
    const before = await workbench.currentLine();
    await workbench.page.keyboard.press('F10');
    await eventually('the second stage', async () => (await debug.variables()).some(({ name }) => name === '2 decode'));
    await workbench.stoppedAt('at the next stage', ({ text }) => text.includes('yield stage') && text !== before?.text);
  });

  it('shows what the guest believes beside what the hardware has', async () => {
    const { debug } = session();
    for (const scope of ['Trap', 'Registers']) await debug.expand(scope, false);
    await debug.expand('Guest believes');
    await eventually('CR3', async () => (await debug.variables()).some(({ name }) => /cr3/i.test(name)));
    await debug.expand('Registers');
  });

  it('steps out to the guest, behind the instruction', async () => {
    const { workbench } = session();
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

  it('ends', async () => {
    await session().workbench.stopDebugging();
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
