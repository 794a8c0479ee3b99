// The 60 seconds that persuade, in the site that `npm run site` writes: a clock stops because of an instruction that does not
// trap. What they look like is left in out/demo/; with RINGSIDE_RECORD set, a picture of each change too. README.md shows some
// of them, with fewer colours (pngquant), from media/pictures/.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { type Browser, hasBrowser, startBrowser } from '../browser';
import { DebugViews } from '../debugViews';
import { eventually } from '../eventually';
import { ScreenView } from '../screenView';
import { type Served, startStatic } from '../server';
import { Workbench } from '../workbench';
import { skipBecause } from '../../summary';

const { site } = JSON.parse(process.env.RINGSIDE_E2E ?? '{}') as { site: string };
const outdir = 'out/demo';
const lines = fs.readFileSync('media/samples/popf/popf.asm', 'utf8').split('\n');
const lineOf = (mnemonic: string): number => lines.findIndex(line => new RegExp(`^\\s+${mnemonic}\\b`).test(line)) + 1;

describe('demo: the clock that popf stops', () => {
  const elsewhere = new Set<string>();
  let server: Served | undefined;
  let browser: Browser | undefined;
  let workbench: Workbench;
  let debug: DebugViews;
  let screen: ScreenView;

  before(async function () {
    if (!hasBrowser()) skipBecause(this, 'no Chromium; install the package chromium or set CHROMIUM');
    server = await startStatic(site);
    const { url } = server;
    browser = await startBrowser();
    const { page } = browser;
    page.on('request', request => {
      const address = request.url();
      if (/^(https?|wss?):/.test(address) && !address.startsWith(url)) elsewhere.add(address);
    });
    await page.setViewportSize({ width: 1280, height: 900 });
    fs.rmSync(outdir, { recursive: true, force: true });
    fs.mkdirSync(outdir, { recursive: true });
    if (process.env.RINGSIDE_RECORD) await record(page, path.join(outdir, 'frames'));
    workbench = new Workbench(page);
    debug = new DebugViews(workbench);
    screen = new ScreenView(page);
    await workbench.open(`${url}?sample=popf`);
  });

  after(async () => {
    await browser?.stop();
    await server?.stop();
  });

  const picture = (name: string) => workbench.page.screenshot({ path: path.join(outdir, `${name}.png`) });

  /** What the clock on the guest's screen shows, in seconds, and its copy. */
  const clockAndCopy = async (): Promise<number[]> =>
    [...(await screen.text()).matchAll(/(\d\d):(\d\d\.\d\d)/g)].map(
      ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
    );

  const showsClock = (what: string, holds: (clock: number, copy: number) => boolean) =>
    eventually(
      what,
      async () => {
        const [clock, copy] = await clockAndCopy();
        return clock !== undefined && holds(clock, copy);
      },
      30_000,
    );

  /** IF, as the guest believes it to be. */
  const believedIf = async (): Promise<string | undefined> =>
    (await debug.variables()).find(({ name }) => name === 'IF')?.value.match(/\d/)?.[0];

  it('opens the sample that the address asks for', async () => {
    await eventually('its text', async () => (await workbench.editorText()).includes('a clock on the screen'));
    assert.equal(await workbench.openTab(), 'popf.asm');
  });

  it('F5: the clock ticks', async () => {
    await workbench.addBreakpoint(lineOf('cli'));
    await workbench.startDebugging();
    await debug.close('Watch');
    await showsClock('a tick', clock => clock > 0);
    await picture('1-the-clock-ticks');
    await workbench.stoppedAt('at the cli', ({ line }) => line === lineOf('cli'));
    await showsClock('three seconds', clock => clock === 3);
  });

  it("F11 on cli: the monitor's first line; the kernel was in ring 1", async () => {
    await workbench.page.keyboard.press('F11');
    await workbench.stoppedAt('in the monitor', ({ text }) => text.includes('monitor.saveGuest(frame)'));
    await eventually('the trap', async () => (await debug.callStack()).some(row => /#GP · ring 1 → 0/.test(row)));
    await eventually('why', async () =>
      (await debug.console()).some(row => /`cli` .*the kernel is really in ring 1, so the processor called/.test(row)),
    );
    for (const scope of ['Locals', 'Trap', 'Registers']) await debug.expand(scope, false);
    await debug.expand('Guest believes');
    await eventually('interrupts on', async () => (await believedIf()) === '1');
    await picture('2-cli-has-trapped');
  });

  it('the monitor emulates it: the guest believes that interrupts are off', async () => {
    const statements = [
      'countExit(exit)',
      'switch (frame.vector)',
      'emulateInstruction(monitor)',
      'resumeGuest(monitor)',
    ];
    for (const statement of statements) {
      await workbench.page.keyboard.press('F10');
      await workbench.stoppedAt(`at ${statement}`, ({ text }) => text.includes(statement));
    }
    await eventually('interrupts off', async () => (await believedIf()) === '0');
    await picture('3-the-guest-believes');
    await workbench.page.keyboard.press('Shift+F11');
    await workbench.stoppedAt('behind the cli', ({ line }) => line === lineOf('cli') + 1);
  });

  it('sensitive but silent says why popf will not do what it is for', async () => {
    await workbench.goToLine(lineOf('cli'));
    await workbench.page.keyboard.press('F9');
    await debug.tick('Sensitive but silent');
    await workbench.page.keyboard.press('F5');
    await workbench.stoppedAt('at the popf', ({ line }) => line === lineOf('popf'));
    assert.match(await debug.stopMessage(), /popf is sensitive, and will not trap.*really it is in ring 1/s);
    await debug.expand('Registers', false);
    await eventually('both columns', async () =>
      (await debug.variables()).some(({ name, value }) => name === 'IF' && value === '≠ 0 / 1'),
    );
    await picture('4-sensitive-but-silent');
  });

  it('popf: no trap, and interrupts stay off', async () => {
    await workbench.page.keyboard.press('F11');
    await workbench.stoppedAt('behind the popf', ({ line }) => line === lineOf('popf') + 1);
    assert.ok((await debug.callStack()).every(row => !row.includes('monitor')));
    await eventually('interrupts still off', async () => (await believedIf()) === '0');
  });

  it('the clock has stopped', async () => {
    await workbench.page.keyboard.press('F5');
    await workbench.debuggingEnds();
    await eventually('the end', async () => (await screen.state()).includes('has ended'));
    assert.deepEqual(await clockAndCopy(), [3, 3]);
    assert.ok((await debug.console()).some(row => row.includes('with interrupts off, so that nothing will wake it')));
    await picture('5-the-clock-has-stopped');
  });

  it('under none it runs on', async () => {
    await workbench.command('Debug: Select and Start Debugging', { asks: true });
    await workbench.choose('popf on bare metal (none)');
    await showsClock('the clock to run on', (clock, copy) => clock > 4 && copy >= 3);
    await picture('6-on-bare-metal');
    await workbench.stopDebugging();
  });

  it('has asked nothing of another server', () => assert.deepEqual([...elsewhere], []));
});

/** What Chromium shows, each time that it changes, as files named by their milliseconds. */
async function record(page: Page, folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const start = Date.now();
  const session = await page.context().newCDPSession(page);
  session.on('Page.screencastFrame', ({ data, sessionId }) => {
    const name = `${String(Date.now() - start).padStart(6, '0')}.jpg`;
    fs.writeFileSync(path.join(folder, name), Buffer.from(data, 'base64'));
    void session.send('Page.screencastFrameAck', { sessionId });
  });
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 70 });
}
