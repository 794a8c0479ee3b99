// Headless Chromium (Debian's package, or the one that CHROMIUM names), cut off from everything but this machine.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasBrowser = (): boolean => fs.existsSync(executablePath);

export interface Browser {
  page: Page;
  stop(): Promise<void>;
}

export async function startBrowser(): Promise<Browser> {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    // Tall, because VS Code's lists draw only the rows that fit.
    permissions: ['clipboard-read', 'clipboard-write'],
    viewport: { width: 1600, height: 1500 },
    env: { ...process.env, HOME: profile },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
  const [page] = context.pages();
  page.setDefaultTimeout(15_000);
  const stop = async () => {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  return { page, stop };
}
