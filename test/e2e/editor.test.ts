// The language in the editor: colours, squiggles, listing, and the samples.
import assert from 'node:assert/strict';
import { eventually } from './eventually';
import { inEachVsCode } from './inVsCode';

inEachVsCode('editor', 'test/e2e/guest', session => {
  it('knows the language and tells privileged instructions apart', async () => {
    const { workbench } = session();
    await workbench.openFile('guest.asm');
    await eventually('the language', async () => (await workbench.language()).startsWith('Ringside Assembly'));
    const colours = () => Promise.all(['cli', 'hlt', 'loop', 'put'].map(word => workbench.colourOf(word)));
    await eventually('colours', async () => new Set(await colours()).size > 1);
    const [cli, hlt, loop, put] = await colours();
    assert.equal(cli, hlt);
    assert.equal(loop, put);
    assert.notEqual(cli, loop);
  });

  it('underlines an error while it is typed, until it is mended', async () => {
    const { workbench } = session();
    await workbench.goToLine(14);
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.type('\nbogus eax');
    await eventually('a squiggle', async () => (await workbench.squiggles()) > 0);
    await session().screenshot('squiggle');
    for (let typed = 0; typed < '\nbogus eax'.length; typed++) await workbench.page.keyboard.press('Backspace');
    await eventually('no squiggle', async () => (await workbench.squiggles()) === 0);
  });

  it('shows the listing beside the source', async () => {
    const { workbench } = session();
    await workbench.command('Ringside: Show Assembler Listing');
    await eventually('the listing', async () => (await workbench.openTab()).endsWith('.lst'));
    await eventually('its text', async () => (await workbench.editorText()).includes('put'));
  });

  it('opens a sample guest', async () => {
    const { workbench } = session();
    await workbench.command('Ringside: Open a Sample Guest…', { asks: true });
    await workbench.choose('First trap');
    await eventually('the sample', async () => (await workbench.openTab()) === 'first-trap.asm');
    await eventually('its text', async () => (await workbench.editorText()).includes('kernel_entry:'));
    assert.equal(await workbench.squiggles(), 0);
    // the last tab that opens; until then the others move
    await workbench.page.locator('.tab[data-resource-name="disk.inc"]').waitFor();
    await workbench.openTabOf('interrupts.inc');
    await eventually('an included file', async () => (await workbench.editorText()).includes('FIRST_IRQ_VECTOR'));
  });

  it('has taken little time to activate', async () => {
    const { workbench } = session();
    await workbench.command('Developer: Show Running Extensions');
    const row = workbench.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'Ringside' });
    const [, ms] = await eventually('the figure', async () => /Activation: (\d+)ms/.exec(await row.innerText()));
    console.log(`activation: ${ms} ms`);
    assert.ok(Number(ms) < 1000);
  });
});
