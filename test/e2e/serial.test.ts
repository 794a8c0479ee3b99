// The guest's serial line in the editor: a terminal, which is there when the guest has sent anything, and takes nothing away.
import assert from 'node:assert/strict';
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';
import { TerminalView } from './terminalView';

inEachVsCode('serial', 'test/e2e/serial', session => {
  it('goes to the Debug Console, and to a terminal that takes neither the focus nor the panel', async () => {
    const { workbench, debug } = session();
    await workbench.openFile('echo.asm');
    await workbench.startDebugging();
    await workbench.stoppedAt('at the entry', ({ text }) => text.includes('mov esi'));
    await workbench.page.keyboard.press('F5');
    await eventually('the greeting', async () => (await debug.console()).join('\n').includes('Serial says hello'));
    assert.equal(await workbench.openTab(), 'echo.asm');
    assert.ok(await workbench.editorHasFocus());
  });

  it('is shown by a command, with what has been sent, and takes what is typed', async () => {
    const { workbench } = session();
    const terminal = new TerminalView(workbench.page);
    await workbench.command('Ringside: Show Serial Terminal');
    await eventually('the greeting', async () => (await terminal.text()).startsWith('Serial says hello\n>'));
    await terminal.focus();
    await workbench.page.keyboard.type('ring 0');
    await eventually('the echo', async () => (await terminal.text()).endsWith('> ring 0'));
  });

  it('is opened again with its history after it has been closed', async () => {
    const { workbench } = session();
    const terminal = new TerminalView(workbench.page);
    await workbench.command('Terminal: Kill the Active Terminal Instance');
    await eventually('the terminal to go', async () => !(await terminal.isThere()));
    await workbench.command('Ringside: Show Serial Terminal');
    await eventually('the history', async () => (await terminal.text()).endsWith('> ring 0'));
  });

  it('says that the guest has ended', async () => {
    const { workbench } = session();
    const terminal = new TerminalView(workbench.page);
    await terminal.focus();
    await workbench.page.keyboard.type('.');
    await workbench.debuggingEnds();
    await eventually('the end', async () => (await terminal.text()).endsWith('The guest has ended.'));
  });
});
