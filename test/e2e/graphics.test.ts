// The guest's screen in graphics: mode 13h as pixels, other modes named in words, and text again.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';
import { ScreenView } from './screenView';

const folder = 'test/e2e/graphics';
const source = fs.readFileSync(`${folder}/boot.asm`, 'utf8').split('\n');
const lineOf = (text: string): number => source.findIndex(line => line.includes(text)) + 1;

inEachVsCode('graphics', folder, session => {
  const view = (): ScreenView => new ScreenView(session().workbench.page);

  async function runsTo(look: string): Promise<void> {
    const { workbench } = session();
    await workbench.page.keyboard.press('F5');
    await workbench.stoppedAt(look, ({ line }) => line === lineOf(look));
  }

  it('in mode 13h are the pixels that the guest has written, in its colours', async () => {
    const { workbench } = session();
    await workbench.openFile('boot.asm');
    for (const look of ['first look', 'second look', 'third look']) await workbench.addBreakpoint(lineOf(look));
    await workbench.startDebugging();
    await workbench.stoppedAt('first look', ({ line }) => line === lineOf('first look'));
    const seen = (): Promise<string[]> => view().pixels([0, 0], [1, 0], [319, 99], [0, 100], [319, 199]);
    await eventually('the picture', async () => (await seen())[0] === 'aa0000');
    assert.deepEqual(await seen(), ['aa0000', 'ff8200', 'ff8200', 'ffffff', 'ffffff']);
  });

  it('in another mode are named in words', async () => {
    await runsTo('second look');
    await eventually('the words', async () => /graphics mode of 320 × 200 pixels/.test(await view().words()));
  });

  it('give way to text', async () => {
    await runsTo('third look');
    await eventually('the text', async () => (await view().text()) === '!');
    assert.equal(await view().words(), '');
    await session().workbench.stopDebugging();
  });
});
