// Runs the same tests in both real VS Codes, one browser at a time, with a screenshot of each test's end.
import fs from 'node:fs';
import path from 'node:path';
import { type Browser, hasBrowser, startBrowser } from './browser';
import { DebugViews } from './debugViews';
import { type Server, startNode, startWeb } from './server';
import { Workbench } from './workbench';
import { skipBecause } from '../summary';

export interface Session {
  server: Server;
  workbench: Workbench;
  debug: DebugViews;
  /** Saves what the workbench looks like now as out/e2e/<name>.png. */
  screenshot(name: string): Promise<void>;
}

interface Kind {
  title: string;
  start(folder: string): Promise<Server>;
}

/** What src/build/e2e.mjs has prepared; no server where npm has no Node for this machine. */
interface Prepared {
  /** the folder that `npm run site` writes */
  site: string;
  vsix: string;
  server?: { folder: string; node: string };
}

const { vsix, server } = JSON.parse(process.env.RINGSIDE_E2E ?? '{}') as Prepared;
const kinds: Kind[] = [{ title: 'web', start: startWeb }];
if (server) kinds.push({ title: 'node', start: folder => startNode(folder, server, vsix) });

/** `define` describes tests of one VS Code with a copy of `folder` open; `session()` may be called inside tests. */
export function inEachVsCode(
  title: string,
  folder: string,
  define: (session: () => Session, kind: string) => void,
): void {
  for (const kind of kinds) {
    describe(`${title} (${kind.title})`, () => {
      let session: Session | undefined;
      let browser: Browser | undefined;

      before(async function () {
        if (!hasBrowser()) skipBecause(this, 'no Chromium; install the package chromium or set CHROMIUM');
        const started = await kind.start(folder);
        browser = await startBrowser();
        const workbench = new Workbench(browser.page);
        session = { server: started, workbench, debug: new DebugViews(workbench), screenshot: saver(browser, kind) };
        await workbench.open(started.url);
      });

      afterEach(async function () {
        await session?.screenshot(this.currentTest?.title.replace(/\W+/g, '-') ?? 'end');
      });

      after(async () => {
        await browser?.stop();
        await session?.server.stop();
      });

      define(() => {
        if (session === undefined) throw new Error('VS Code has not started');
        return session;
      }, kind.title);
    });
  }
}

const saver = (browser: Browser, kind: Kind) => async (name: string) => {
  fs.mkdirSync('out/e2e', { recursive: true });
  await browser.page.screenshot({ path: path.join('out/e2e', `${kind.title}-${name}.png`) });
};
