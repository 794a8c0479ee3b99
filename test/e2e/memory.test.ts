// The memory view: stays open from stop to stop, marks what has changed, leads to other addresses, and writes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';
import { MemoryView } from './memoryView';
import { themes } from './themes';

const folder = 'test/e2e/memory';
const source = fs.readFileSync(`${folder}/boot.asm`, 'utf8').split('\n');
const lineOf = (text: string): number => source.findIndex(line => line.includes(text)) + 1;

inEachVsCode('memory', folder, session => {
  const view = (): MemoryView => new MemoryView(session().workbench.page);
  const first = async (): Promise<number | undefined> => (await view().rows())[0]?.address;
  const spells = (text: string): Promise<boolean> =>
    eventually(`the text ${text}`, async () => (await view().text(text.length)) === text);

  it('shows the bytes that an expression leads to, and what they spell', async () => {
    const { workbench } = session();
    await workbench.openFile('boot.asm');
    await workbench.addBreakpoint(lineOf('first look'));
    await workbench.addBreakpoint(lineOf('second look'));
    await workbench.startDebugging();
    await workbench.stoppedAt('at the first breakpoint', ({ line }) => line === lineOf('first look'));
    await workbench.command('Ringside: Show Memory');
    await eventually('the stack', async () => (await first()) === 0x7c00);
    await view().goTo('message');
    await spells('Hello from memory');
    assert.equal(await workbench.page.locator('.tab.active', { hasText: 'Memory: message' }).count(), 1);
  });

  it('marks the bytes that have changed since the last stop', async () => {
    const { workbench } = session();
    await workbench.page.keyboard.press('F5');
    await workbench.stoppedAt('at the second breakpoint', ({ line }) => line === lineOf('second look'));
    await eventually('the marks', async () => (await view().changed()).join() === '4a, was 48,61, was 65');
    assert.match(await view().state(), /: 2\./);
    await spells('Jallo');
  });

  it('finds its place again at each stop', async () => {
    const { workbench } = session();
    await view().goTo('esp');
    await eventually('what was pushed', async () => (await view().byteAt(0x7bfe)) === '34');
    assert.equal(await view().byteAt(0x7bff), '12');
    assert.equal(await workbench.page.locator('.tab.active', { hasText: 'Memory: esp' }).count(), 1);
  });

  it('scrolls both ways, by the keys', async () => {
    const { keyboard } = session().workbench.page;
    const [above, below] = await view().rows();
    const columns = below.address - above.address;
    await view().choose(0x7bfe);
    await keyboard.press('ArrowUp');
    await eventually('the row above', async () => (await first()) === above.address - columns);
    assert.equal(await view().chosen(), 0x7bfe - columns);
    await keyboard.press('PageDown');
    await keyboard.press('PageDown');
    await eventually('rows below', async () => ((await first()) ?? 0) > 0x7c00);
  });

  it('writes a byte, which the guest then has', async () => {
    const { workbench, debug } = session();
    await view().goTo('message');
    await spells('Jallo');
    await view().choose((await first()) ?? 0);
    await workbench.page.keyboard.type('42');
    await spells('Ballo');
    assert.deepEqual(await view().changed(), ['42, was 48', '61, was 65']);
    await debug.evaluate('byte [message]');
    await eventually('the byte', async () => (await debug.console()).some(row => row.startsWith('0x42')));
  });

  it('says where nothing is mapped, and what is no address', async () => {
    await view().goTo('gpa:0x7ffffff0');
    await eventually('words', async () => (await view().rows())[0]?.cells[0] === 'nothing is mapped here');
    await view().goTo('nowhere');
    await eventually('the reason', async () => (await view().problem()).includes('"nowhere"'));
    await view().goTo('message');
    await spells('Ballo');
    assert.equal(await view().problem(), '');
    assert.deepEqual(await view().changed(), ['42, was 48', '61, was 65']);
  });

  for (const theme of themes)
    it(`can be read by everybody in the theme ${theme}`, async () => {
      await session().workbench.setTheme(theme);
      await eventually('the theme', () => view().isInTheme(theme));
      assert.deepEqual(await view().barriers(), []);
    });

  it('keeps the last bytes after the end, and goes on with the next guest', async () => {
    const { workbench } = session();
    await workbench.stopDebugging();
    await eventually('the state', async () => (await view().state()).includes('has ended'));
    await spells('Ballo');
    await workbench.openTabOf('boot.asm');
    await workbench.startDebugging();
    await spells('Hello');
    await workbench.stopDebugging();
  });
});
