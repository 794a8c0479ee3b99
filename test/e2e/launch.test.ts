// The ways in which a session starts, and fails to.
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';

inEachVsCode('launch', 'test/e2e/guest', session => {
  it('starts under the technique that is picked, at the first instruction', async () => {
    const { workbench } = session();
    await workbench.openFile('guest.asm');
    await workbench.command('Ringside: Debug Current File with Technique…', { asks: true });
    await workbench.choose('none');
    await workbench.stoppedAt('at the entry', ({ text }) => text.includes('cli'));
  });

  it("runs to the guest's end, and shows what it printed", async () => {
    const { workbench, debug } = session();
    await workbench.page.keyboard.press('F5');
    await eventually('the output', async () => (await debug.console()).some(row => row.includes('RRR')));
    await workbench.debuggingEnds();
  });

  it('refuses a source with errors, and says where they are', async () => {
    const { workbench } = session();
    await workbench.goToLine(14);
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.type('\nbogus eax');
    await workbench.command('Ringside: Debug Current File');
    await eventually('the message', async () => /bogus/.test(await workbench.messages()));
  });
});

inEachVsCode('launch.json', 'test/e2e/configured', session => {
  it('is obeyed, and ${file} is the file in the editor', async () => {
    const { workbench } = session();
    await workbench.openFile('boot.asm');
    await workbench.startDebugging();
    await workbench.stoppedAt('at the entry', ({ text }) => text.includes('mov dx'));
  });

  it('steps in real mode', async () => {
    const { workbench, debug } = session();
    await workbench.page.keyboard.press('F10');
    await workbench.stoppedAt('behind the first instruction', ({ text }) => text.includes('mov al'));
    await eventually('dx', async () => (await debug.variables()).some(({ value }) => value.includes('03f8')));
    await workbench.stopDebugging();
  });
});
