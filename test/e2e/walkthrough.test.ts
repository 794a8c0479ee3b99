// The walkthrough "Your First Trap", by its own buttons. Its pictures are of the workbench here: UPDATE_WALKTHROUGH=1 takes them anew,
// and `pngquant --nofs --strip --force --ext .png 16 media/walkthrough/*.png` makes them small.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';
import { RingView } from './ringView';
import { WalkthroughView } from './walkthroughView';

inEachVsCode('walkthrough', 'test/e2e/rings', (session, kind) => {
  const view = (): WalkthroughView => new WalkthroughView(session().workbench.page);

  /** What the workbench looks like now, for the step of that name. */
  async function picture(step: string): Promise<void> {
    if (!process.env.UPDATE_WALKTHROUGH || kind !== 'web') return;
    const { page } = session().workbench;
    fs.mkdirSync('media/walkthrough', { recursive: true });
    await page.setViewportSize({ width: 1600, height: 1000 });
    await page.screenshot({ path: `media/walkthrough/${step}.png` });
  }

  it('does not open by itself', async () => {
    const { workbench } = session();
    await workbench.openFile('guest.asm');
    // now Ringside is there
    await eventually('the language', async () => (await workbench.language()).startsWith('Ringside Assembly'));
    assert.equal(await view().isOpen(), false);
  });

  it('is opened by a command, and opens the sample beside it', async () => {
    const { workbench } = session();
    await workbench.command('Ringside: Your First Trap');
    await eventually('the walkthrough', () => view().isOpen());
    await view().press('Open the sample', 'Open the Sample');
    await eventually('the sample', async () => (await workbench.openTab()) === 'first-trap.asm');
    await picture('open');
  });

  it('starts it', async () => {
    const { workbench } = session();
    await view().press('Start it', 'Start Debugging');
    await workbench.debuggingStarts();
    await workbench.stoppedAt('at the first instruction', ({ text }) => text.includes('lgdt'));
    await picture('start');
  });

  it('steps into the trap', async () => {
    const { workbench } = session();
    await view().press('Step into the trap', 'Step Into');
    await workbench.stoppedAt('in the monitor', ({ text }) => text.includes('monitor.saveGuest'));
    await picture('trap');
  });

  it('shows the rings', async () => {
    const { workbench, debug } = session();
    await view().press('See what the guest believes', 'Show the Rings');
    await eventually('the status', async () => (await workbench.statusItem('rings'))?.startsWith('Monitor in ring 0'));
    for (const section of ['Variables', 'Watch', 'Breakpoints']) await debug.closeSection(section);
    await eventually('the picture', async () => (await new RingView(workbench.page).drawn()).length > 0);
    await picture('believes');
  });

  it('steps out', async () => {
    const { workbench } = session();
    await view().press('Out again', 'Step Out');
    await workbench.stoppedAt('behind the instruction', ({ text }) => text.includes('mov esp'));
    await picture('out');
  });

  it('does the same without a monitor', async () => {
    const { workbench } = session();
    await view().press('The same without a monitor', 'Stop');
    await workbench.debuggingEnds();
    await view().press('The same without a monitor', 'Debug without a Monitor');
    await workbench.debuggingStarts();
    await workbench.stoppedAt('at the first instruction', ({ text }) => text.includes('lgdt'));
    await eventually('the status', async () => (await workbench.statusItem('rings'))?.startsWith('Ring 0 ·'));
    await picture('none');
  });
});
