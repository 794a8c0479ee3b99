// The site that `npm run site` writes, as a student meets it: a link, a sample, and changes that are still there tomorrow.
import assert from 'node:assert/strict';
import { type Browser, hasBrowser, startBrowser } from './browser';
import { eventually } from './eventually';
import { type Served, startStatic } from './server';
import { Workbench } from './workbench';
import { skipBecause } from '../summary';

const { site } = JSON.parse(process.env.RINGSIDE_E2E ?? '{}') as { site: string };

/** A script that asks whether the browser keeps a file whose path ends so. */
const isStored = (ending: string): string => `(async () => {
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise(resolve => {
      indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result);
    });
    for (const store of database.objectStoreNames) {
      const keys = await new Promise(resolve => {
        database.transaction(store).objectStore(store).getAllKeys().onsuccess = ({ target }) => resolve(target.result);
      });
      if (keys.some(key => String(key).endsWith(${JSON.stringify(ending)}))) return true;
    }
  }
  return false;
})()`;

describe('site', () => {
  let server: Served | undefined;
  let browser: Browser | undefined;
  let workbench: Workbench;

  before(async function () {
    if (!hasBrowser()) skipBecause(this, 'no Chromium; install the package chromium or set CHROMIUM');
    server = await startStatic(site);
    browser = await startBrowser();
    workbench = new Workbench(browser.page);
    await workbench.open(`${server.url}?sample=first-trap`);
  });

  after(async () => {
    await browser?.stop();
    await server?.stop();
  });

  const shows = (text: string) => eventually(text, async () => (await workbench.editorText()).includes(text));

  it('opens the sample with all that it includes', async () => {
    await shows('First trap: a small kernel');
    assert.equal(await workbench.openTab(), 'first-trap.asm');
    await workbench.openFile('layout.inc');
    await shows('Where everything is');
  });

  it('keeps what is changed, in this browser', async () => {
    const { page } = workbench;
    await workbench.openFile('README.md');
    await shows('# First trap');
    await workbench.focusEditor();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('My notes. ');
    await shows('My notes. # First trap');
    await page.keyboard.press('Control+S');
    await eventually('the file in the browser', () => page.evaluate<boolean>(isStored('first-trap/README.md')));
    await workbench.open(page.url());
    await workbench.openFile('README.md');
    await shows('My notes. # First trap');
  });

  it('opens a sample though the address asks for one that is not there', async () => {
    await workbench.open(`${server?.url ?? ''}?sample=nosuch`);
    await workbench.openFile('first-trap.asm');
    await shows('First trap: a small kernel');
  });
});
