// A trap understood in five presses of F11: the sample's first privileged instruction, from stage to stage of the monitor. What each
// looks like is left in out/e2e.
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';

const stages = ['intercept', 'decode', 'check', 'emulate', 'resume'];

inEachVsCode('five presses', 'media/samples/first-trap', session => {
  it('begin at the entry', async () => {
    const { workbench, debug } = session();
    await workbench.page.setViewportSize({ width: 1440, height: 900 });
    await workbench.openFile('first-trap.asm');
    await workbench.startDebugging();
    await workbench.stoppedAt('at lgdt', ({ text }) => text.includes('lgdt'));
    await eventually('the entry', async () => (await debug.callStack()).some(row => row.includes('kernel_entry')));
  });

  for (const stage of stages)
    it(`come to ${stage}`, async () => {
      const { workbench, debug } = session();
      await workbench.page.keyboard.press('F11');
      await eventually(stage, async () => (await debug.callStack())[0]?.includes(`· ${stage}`) === true);
      await eventually('the ring', async () =>
        (await workbench.statusItem('rings'))?.includes('Monitor in ring 0, the guest believes 0'),
      );
    });
});
