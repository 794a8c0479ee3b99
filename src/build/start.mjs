// `npm start`: opens Ringside on the first sample guest, in the desktop's VS Code where `code` is on the PATH, otherwise
// (or with `npm start -- --web`) in a real VS Code in the browser.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { calmSettings } from './workbench/page.mjs';
import { serveWorkbench } from './workbench/serve.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const sample = path.join(root, 'media/samples/first-trap');
const source = 'first-trap.asm';
const onWindows = process.platform === 'win32';

const desktop = process.argv.includes('--web') ? undefined : startDesktop();
if (desktop !== 0) {
  await startInBrowser().catch(error => {
    console.error(`VS Code did not start: ${error.message}`);
    process.exitCode = 1;
  });
}

/** The exit code of VS Code's launcher, which returns at once; anything but 0 if there is none. */
function startDesktop() {
  const parameters = [`--extensionDevelopmentPath=${root}`, sample, path.join(sample, source)];
  const { status } = spawnSync('code', parameters, { stdio: ['ignore', 'inherit', 'ignore'], shell: onWindows });
  if (status === 0) console.log('Ringside opens in VS Code: press F5 in the source.');
  return status;
}

async function startInBrowser() {
  const port = Number(process.env.PORT ?? 0);
  const { url } = await serveWorkbench({
    extensions: [root],
    folder: sample,
    settings: calmSettings,
    open: [source],
    port,
  });
  console.log(`VS Code with Ringside is at ${url}\nPress F5 in the source. Ctrl+C here ends it.`);
  const opener = { darwin: 'open', win32: 'start' }[process.platform] ?? 'xdg-open';
  spawn(opener, [url], { stdio: 'ignore', shell: onWindows }).on('error', () => {});
}
