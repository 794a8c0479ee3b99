// Keys for the guest that no keyboard gives it in a browser, and those that step it meanwhile; and whether everybody can read the tab
// with its screen.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';
import { ScreenView } from './screenView';
import { themes } from './themes';

const folder = 'test/e2e/keys';
const source = fs.readFileSync(`${folder}/codes.asm`, 'utf8').split('\n');
const lookLine = source.findIndex(line => line.includes('a look')) + 1;
const characters = 10_000;
const pasted = Array.from({ length: characters }, (_, index) => String.fromCharCode(0x21 + ((index * 7) % 90))).join(
  '',
);

/** What `paste.asm` prints for a text. */
function printedFor(text: string): string {
  let sum = 0;
  for (const character of text) sum = (((sum << 1) | (sum >> 15)) & 0xffff) ^ character.charCodeAt(0);
  return [12, 8, 4, 0].map(shift => String.fromCharCode(0x61 + ((sum >> shift) & 15))).join('');
}

inEachVsCode('keys', folder, session => {
  it('that step the guest do so while the others go to the guest', async () => {
    const { workbench } = session();
    const screen = new ScreenView(workbench.page);
    await workbench.openFile('codes.asm');
    await workbench.addBreakpoint(lookLine);
    await workbench.startDebugging();
    await workbench.stoppedAt('after it said that it is ready', ({ line }) => line === lookLine);
    await eventually('the text', async () => (await screen.text()) === 'ready');
    await screen.click();
    await workbench.page.keyboard.press('F10');
    await workbench.stoppedAt('a line below', ({ line }) => line === lookLine + 1);
    await workbench.page.keyboard.press('F5');
  });

  it('that a browser keeps for itself have buttons', async () => {
    const screen = new ScreenView(session().workbench.page);
    await screen.press('Ctrl+W');
    await eventually('the codes', async () => (await screen.text()).includes('1d 11 91 9d'));
    await screen.press('Ctrl+Alt+Del');
    await eventually('the codes', async () => (await screen.text()).includes('1d 38 e0 53 e0 d3 b8 9d'));
  });

  for (const theme of themes)
    it(`can be read by everybody in the theme ${theme}`, async () => {
      const { workbench } = session();
      await workbench.setTheme(theme);
      const screen = new ScreenView(workbench.page);
      await eventually('the theme', () => screen.isInTheme(theme));
      await screen.click();
      const barriers = await screen.barriers();
      await workbench.page.keyboard.press('Control+Alt+G');
      await workbench.page.keyboard.press('Control+1');
      assert.deepEqual(barriers, []);
    });

  it('are typed for 10000 characters that are pasted', async () => {
    const { workbench } = session();
    const screen = new ScreenView(workbench.page);
    await workbench.page.keyboard.press('Control+1');
    await workbench.stopDebugging();
    await workbench.page.keyboard.press('Control+Shift+E');
    await workbench.openFile('paste.asm');
    await workbench.startDebugging();
    await workbench.stoppedAt('at the entry', ({ text }) => text.includes('mov si'));
    await workbench.page.keyboard.press('F5');
    await eventually('the text', async () => (await screen.text()) === 'ready');
    await workbench.page.evaluate(text => navigator.clipboard.writeText(text), pasted);
    await screen.press('Paste');
    await eventually('the sum', async () => (await screen.text()) === `ready ${printedFor(pasted)}`);
  });
});
