import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';
import fs from 'node:fs';

inEachVsCode('fivePresses', 'media/samples/first-trap', session => {
  it('presses', async () => {
    const { workbench } = session();
    const { page } = workbench;
    fs.mkdirSync('out/presses', { recursive: true });
    await page.setViewportSize({ width: 1440, height: 900 });
    await workbench.openFile('first-trap.asm');
    await workbench.startDebugging();
    await workbench.stoppedAt('at the entry', ({ line }) => line > 0);
    await new Promise(resolve => setTimeout(resolve, 6000));
    await page.screenshot({ path: 'out/presses/0.png' });
    for (let press = 1; press <= 5; press++) {
      await page.keyboard.press('F11');
      await new Promise(resolve => setTimeout(resolve, 6000));
      await page.screenshot({ path: `out/presses/${press}.png` });
    }
    await eventually('end', async () => true);
  });
});
