// Stepping beyond the walk: what the debug toolbar's own button switches, the same program again, stack frames that are loaded when they
// are wanted, and a key that is held.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually } from './eventually';
import { heldKey } from './heldKey';
import { inEachVsCode } from './inVsCode';

const folder = 'test/e2e/stepping';
const lineOf = (file: string, text: string): number =>
  fs
    .readFileSync(`${folder}/${file}`, 'utf8')
    .split('\n')
    .findIndex(line => line.includes(text)) + 1;

const everything = 'Step Into Everything';
const causedOnly = 'Step Into What the Guest Causes';
/** As in calls.inc: so often `descend` calls itself. */
const depth = 40;
const loadMore = 'Load More Stack Frames';

inEachVsCode('stepping', folder, session => {
  async function stopsAtEntry(): Promise<void> {
    const { workbench } = session();
    await workbench.stoppedAt('at the entry', ({ line }) => line === lineOf('kernel.asm', 'privileged'));
    assert.equal(await workbench.openTab(), 'kernel.asm');
  }

  async function startsUnder(technique: string): Promise<void> {
    const { workbench } = session();
    await workbench.openTabOf('kernel.asm');
    await workbench.command('Ringside: Debug Current File with Technique…', { asks: true });
    await workbench.choose(technique);
  }

  async function runsTo(file: string, text: string): Promise<void> {
    await session().workbench.stoppedAt(`at ${text}`, ({ line }) => line === lineOf(file, text));
  }

  async function switchesTo(button: string): Promise<void> {
    const { workbench, debug } = session();
    await debug.pressInToolbar(button);
    const other = button === everything ? causedOnly : everything;
    await eventually(`the button ${other}`, async () => (await ownButtons()).join() === other);
    await workbench.focusEditor();
  }

  const ownButtons = async (): Promise<string[]> =>
    (await session().debug.toolbar()).filter(title => [everything, causedOnly].includes(title));

  async function stepsInto(crossing: RegExp): Promise<void> {
    const { workbench, debug } = session();
    await workbench.page.keyboard.press('F11');
    await workbench.stoppedAt('in the monitor', ({ text }) => text.includes('monitor.saveGuest(frame)'));
    await eventually(`${crossing}`, async () => (await debug.callStack()).some(row => crossing.test(row)));
  }

  it('into everything is a button of the toolbar, which gives way to its opposite', async () => {
    const { workbench } = session();
    await workbench.openFile('kernel.asm');
    await workbench.startDebugging();
    await stopsAtEntry();
    assert.deepEqual(await ownButtons(), [everything]);
    await switchesTo(everything);
    await stepsInto(/#PF · ring 1 → 0/);
  });

  it('again from the end, with the source of the monitor in front, is of the same program', async () => {
    const { workbench } = session();
    await switchesTo(causedOnly);
    await workbench.stopDebugging();
    assert.equal(await workbench.openTab(), 'handlers.ts');
    await workbench.command('Ringside: Debug Again');
    await stopsAtEntry();
    await stepsInto(/#GP · ring 1 → 0/);
  });

  it('again by F5 in a file that two programs include is of the last one, under its technique', async () => {
    const { workbench } = session();
    await workbench.stopDebugging();
    await startsUnder('none');
    await stopsAtEntry();
    await workbench.stopDebugging();
    await workbench.page.keyboard.press('Control+Shift+E');
    await workbench.openFile('calls.inc');
    await workbench.addBreakpoint(lineOf('calls.inc', 'the deepest'));
    await workbench.startDebugging();
    await runsTo('calls.inc', 'the deepest');
  });

  it('deeply: more stack frames are offered while there are more, and only then', async () => {
    const { workbench, debug } = session();
    const rows = async (): Promise<string[]> => debug.callStack();
    const offered = async (): Promise<boolean> => (await rows()).some(row => row.includes(loadMore));
    const activations = async (): Promise<number> => (await rows()).filter(row => row.includes('descend')).length;
    for (const view of ['Variables', 'Watch']) await debug.close(view);
    await eventually('the offer', offered);
    assert.ok((await activations()) < depth);
    await debug.chooseInCallStack(loadMore);
    await eventually('all of them', async () => (await activations()) === depth && !(await offered()));

    await workbench.openTabOf('kernel.asm');
    await workbench.addBreakpoint(lineOf('kernel.asm', 'back from'));
    await workbench.page.keyboard.press('F5');
    await runsTo('kernel.asm', 'back from');
    await eventually('the outermost frame', async () => (await rows()).some(row => /start/.test(row)));
    assert.equal(await offered(), false);
  });

  it('over by a key that is held ends with the key, and without a word', async () => {
    const { workbench } = session();
    await workbench.stopDebugging();
    await startsUnder('trapAndEmulate');
    await runsTo('calls.inc', 'the deepest');
    await workbench.page.keyboard.press('F5');
    await runsTo('kernel.asm', 'back from');
    const { stops, lateMs } = await heldKey(workbench.page, 'F10', { forMs: 3000, perSecond: 30 });
    console.log(
      `F10 held: ${stops.during} stops, ${stops.after} after its release, the last ${Math.round(lateMs)} ms after`,
    );
    assert.ok(stops.during > 1);
    assert.ok(stops.after <= 3, `${stops.after} stops after the release`);
    assert.equal(await workbench.messages(), '');
    await workbench.stopDebugging();
  });
});
