// The tab of the guest's screen hidden, loaded again, closed and opened again, and the whole window loaded again, while the guest runs:
// the last picture comes back, and keys still go to the guest.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';
import { ScreenView } from './screenView';

const folder = 'test/e2e/keys';
const source = fs.readFileSync(`${folder}/codes.asm`, 'utf8').split('\n');
const lookLine = source.findIndex(line => line.includes('a look')) + 1;

/** The scan codes of Ctrl+W. */
const codes = '1d 11 91 9d';

inEachVsCode("the screen's tab", folder, session => {
  const view = (): ScreenView => new ScreenView(session().workbench.page);

  const codesCome = (times: number): Promise<unknown> =>
    eventually(`the codes, ${times} times`, async () => (await view().text()).split(codes).length === times + 1);

  async function pressing(times: number): Promise<void> {
    await view().press('Ctrl+W');
    await codesCome(times);
  }

  async function startsAndTakesKeys(): Promise<void> {
    const { workbench } = session();
    await workbench.startDebugging();
    await workbench.stoppedAt('after it said that it is ready', ({ line }) => line === lookLine);
    await workbench.page.keyboard.press('F5');
    await pressing(1);
  }

  it('opens for a guest that runs on', async () => {
    const { workbench } = session();
    await workbench.openFile('codes.asm');
    await workbench.addBreakpoint(lookLine);
    await startsAndTakesKeys();
  });

  it('comes back after its page was loaded again', async () => {
    await session().workbench.command('Developer: Reload Webviews');
    await codesCome(1);
    await pressing(2);
  });

  it('comes back after another tab was in front of it', async () => {
    const { workbench } = session();
    await workbench.page.keyboard.press('Control+2');
    await workbench.command('View: Unlock Editor Group');
    await workbench.command('File: New Untitled Text File');
    await eventually('the screen to be hidden', async () => !(await view().isVisible()));
    await workbench.command('View: Close Editor');
    await codesCome(2);
    await pressing(3);
  });

  it('comes back by the command after it was closed', async () => {
    await view().closeTab();
    await eventually('the tab to be closed', async () => !(await view().isOpen()));
    await session().workbench.command('Ringside: Show Guest Screen');
    await codesCome(3);
    await pressing(4);
  });

  it('is gone after the window was loaded again, and opens for the next guest', async () => {
    const { workbench } = session();
    await workbench.reload();
    assert.equal(await view().isOpen(), false);
    await workbench.openTabOf('codes.asm');
    await startsAndTakesKeys();
    await workbench.stopDebugging();
  });
});
