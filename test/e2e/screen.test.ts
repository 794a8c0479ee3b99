// The guest's screen in the editor: it opens by itself and takes nothing away, and what is typed goes where it says.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';
import { ScreenView } from './screenView';

const folder = 'test/e2e/screen';
const source = fs.readFileSync(`${folder}/boot.asm`, 'utf8').split('\n');
const lineOf = (text: string): number => source.findIndex(line => line.includes(text)) + 1;

inEachVsCode('screen', folder, session => {
  it('opens by itself when the guest first writes to it, and the source keeps the focus', async () => {
    const { workbench } = session();
    await workbench.openFile('boot.asm');
    await workbench.addBreakpoint(lineOf('first look'));
    await workbench.addBreakpoint(lineOf('second look'));
    await workbench.startDebugging();
    await workbench.stoppedAt('after the first line', ({ line }) => line === lineOf('first look'));
    const screen = new ScreenView(workbench.page);
    await eventually('the text', async () => (await screen.text()) === 'Hello from the guest');
    assert.equal(await workbench.openTab(), 'boot.asm');
  });

  it('keeps its group to itself when it has the focus at the next stop', async () => {
    const { workbench } = session();
    const screen = new ScreenView(workbench.page);
    await screen.click();
    await workbench.page.keyboard.press('F5');
    await workbench.stoppedAt('after the second line', ({ line }) => line === lineOf('second look'));
    await eventually('the text', async () => (await screen.text()).includes('and once more'));
    assert.deepEqual(await screen.tabsBeside(), ['Guest Screen']);
  });

  it('sends what is typed after a click to the guest, also what VS Code has as shortcuts', async () => {
    const { workbench } = session();
    const { keyboard } = workbench.page;
    await keyboard.press('F5');
    const screen = new ScreenView(workbench.page);
    await screen.click();
    await eventually('the state', async () => (await screen.state()).startsWith('Keys go to the guest'));
    await keyboard.type('ring 0');
    for (const key of ['Shift+Digit1', 'Control+P']) await keyboard.press(key);
    await eventually('the text', async () => (await screen.text()).includes('ring 0!►'));
    await session().screenshot('screen-captured');
  });

  it("takes the keyboard back by Ctrl+Alt+G, and F1 is VS Code's again", async () => {
    const { workbench } = session();
    const screen = new ScreenView(workbench.page);
    await workbench.page.keyboard.press('Control+Alt+G');
    await eventually('the state', async () => (await screen.state()).startsWith('Click the screen'));
    await workbench.command('View: Focus Active Editor Group');
  });

  it('shows the last picture after the end', async () => {
    const { workbench } = session();
    const screen = new ScreenView(workbench.page);
    await screen.click();
    await workbench.page.keyboard.press('Escape');
    await workbench.debuggingEnds();
    await eventually('the text', async () => (await screen.text()).endsWith('and the last'));
    assert.match(await screen.state(), /has ended/);
  });
});
