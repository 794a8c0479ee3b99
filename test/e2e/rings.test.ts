// Where the processor is, in the status bar and in the ring view: from stop to stop, in the monitor, while the guest runs, and after its end.
import assert from 'node:assert/strict';
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';
import { RingView } from './ringView';
import { themes } from './themes';

inEachVsCode('rings', 'test/e2e/rings', session => {
  const view = (): RingView => new RingView(session().workbench.page);
  const status = (text: string): Promise<boolean> =>
    eventually(`the status ${text}`, async () => (await session().workbench.statusItem('rings'))?.includes(text));

  it("are in the status bar: the guest's real one and the one that it believes in, mode, technique and time", async () => {
    const { workbench } = session();
    await workbench.openFile('guest.asm');
    await workbench.startDebugging();
    await workbench.stoppedAt('at the entry', ({ text }) => text.includes('mov esp'));
    await workbench.page.keyboard.press('F10');
    await workbench.stoppedAt('at the trap', ({ text }) => text.includes('cli'));
    await status('Ring 1, the guest believes 0 · protected mode, 32-bit, paging off · trapAndEmulate · 1');
  });

  it('are drawn in a view that a click there shows', async () => {
    const { workbench } = session();
    await workbench.clickStatusItem('rings');
    await eventually('the believed ring', async () => (await view().fact('believed')) === '○ ring 0');
    assert.equal(await view().fact('really'), '● ring 1');
    assert.deepEqual((await view().drawn()).slice(-2), ['ring 1', 'ring 0']);
    assert.match(await view().state(), /really in ring 1, .* believes it in ring 0/);
  });

  it('follow the processor into the monitor, with the last crossing', async () => {
    const { workbench } = session();
    await workbench.focusEditor();
    await workbench.page.keyboard.press('F11');
    await workbench.stoppedAt('in the monitor', ({ text }) => text.includes('monitor.saveGuest'));
    await status('Monitor in ring 0, the guest believes 0');
    await eventually('the ring', async () => (await view().fact('really')) === '● ring 0, in which the monitor runs');
    assert.equal(await view().fact('when trapped'), '□ ring 1, when it trapped');
    assert.match(await view().fact('gate'), /IDT entry 0x0d/);
    assert.match(await view().fact('frame'), /24 bytes[^]*error code 0x00000000[^]*EIP 0x00100005/);
    assert.ok((await view().drawn()).some(text => text.includes('ring 1 → 0')));
  });

  for (const theme of themes)
    it(`can be read by everybody in the theme ${theme}`, async () => {
      await session().workbench.setTheme(theme);
      await eventually('the theme', () => view().isInTheme(theme));
      assert.deepEqual(await view().barriers(), []);
    });

  it('lead to the source and to memory', async () => {
    const { workbench } = session();
    await workbench.openTabOf('guest.asm');
    await view().follow('leads to');
    await eventually("the monitor's source", async () => (await workbench.openTab()) === 'handlers.ts');
    await view().followByKey('frame');
    const memory = workbench.page.locator('.tab.active', { hasText: 'Memory: hpa:' });
    await eventually('the memory', () => memory.isVisible());
  });

  it('say that the guest runs, and go with it', async () => {
    const { workbench } = session();
    await workbench.openTabOf('guest.asm');
    await workbench.page.keyboard.press('F5');
    await status('The guest runs · trapAndEmulate');
    await eventually('the state', async () => (await view().state()).startsWith('The guest runs'));
    await workbench.stopDebugging();
    await eventually('no status', async () => (await workbench.statusItem('rings')) === undefined);
  });
});
