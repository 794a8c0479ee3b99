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

  it('shows the last picture after the end', async () => {
    const { workbench } = session();
    await workbench.page.keyboard.press('F5');
    await workbench.debuggingEnds();
    const screen = new ScreenView(workbench.page);
    await eventually('the text', async () => (await screen.text()).endsWith('and the last'));
  });
});
