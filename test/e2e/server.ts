// Two real VS Codes, each as a process with a fresh copy of a folder open: VS Code for the Web, where Ringside runs in
// web workers, and the server, where it is installed from its .vsix and runs in Node as on the desktop.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { eventually } from './eventually';

/** Nothing that draws over what the tests look at, and nothing that looks for the network. */
const settings = {
  'chat.disableAIFeatures': true,
  'debug.internalConsoleOptions': 'openOnSessionStart',
  'debug.openDebug': 'openOnSessionStart',
  'debug.toolBarLocation': 'floating',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  // what a terminal shows is read from the page
  'terminal.integrated.gpuAcceleration': 'off',
  'window.menuBarVisibility': 'compact',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

export interface Served {
  url: string;
  stop(): Promise<void>;
}

export interface Server extends Served {
  /** The folder that is open in the workbench. */
  folder: string;
}

export async function startWeb(original: string): Promise<Server> {
  const folder = freshCopy(original);
  const options = JSON.stringify({ extensions: [process.cwd()], folder, settings });
  const server = spawn(process.execPath, ['src/build/workbench/process.mjs', options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [url] = (await once(server.stdout, 'data')) as [Buffer];
  return { url: url.toString().trim(), folder, stop: () => stop(server, folder) };
}

/** `installed` is what installServer of src/build/workbench/install.mjs returned; `vsix` what `npm run package` made. */
export async function startNode(original: string, installed: { folder: string; node: string }, vsix: string) {
  const folder = freshCopy(original);
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-vscode-'));
  const userSettings = path.join(home, 'user/User/settings.json');
  fs.mkdirSync(path.dirname(userSettings), { recursive: true });
  fs.writeFileSync(userSettings, JSON.stringify(settings));
  const main = [path.join(installed.folder, 'out/server-main.js'), '--user-data-dir', path.join(home, 'user')];
  main.push('--extensions-dir', path.join(home, 'extensions'), '--server-data-dir', path.join(home, 'server'));
  const env = cleanEnvironment(home);
  const { status, stderr } = spawnSync(installed.node, [...main, '--install-extension', vsix], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${vsix} does not install: ${stderr}`);

  const port = await freePort();
  const address = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'];
  const server = spawn(installed.node, [...main, ...address, '--accept-server-license-terms'], {
    env,
    stdio: 'ignore',
    detached: true,
  });
  const base = `http://127.0.0.1:${port}`;
  await eventually('the server', async () => (await fetch(`${base}/version`)).ok);
  return { url: `${base}/?folder=${encodeURI(folder)}`, folder, stop: () => stop(server, folder, home) };
}

/** `folder` as any web server offers it: below another folder, its files and nothing else. */
export async function startStatic(folder: string): Promise<Served> {
  const place = '/courses/x86/';
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = decodeURIComponent(pathname.slice(place.length)) || 'index.html';
    const file = path.join(folder, path.posix.join('/', name));
    const isThere = pathname.startsWith(place) && fs.statSync(file, { throwIfNoEntry: false })?.isFile();
    response.writeHead(isThere ? 200 : 404, { 'content-type': mediaTypes[path.extname(file)] ?? 'text/plain' });
    if (isThere) fs.createReadStream(file).pipe(response);
    else response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as net.AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  };
  return { url: `http://localhost:${port}${place}`, stop };
}

const mediaTypes: Partial<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

function freshCopy(original: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-folder-'));
  fs.cpSync(original, folder, { recursive: true });
  return folder;
}

async function stop(server: ChildProcess, ...folders: string[]): Promise<void> {
  const ended = once(server, 'exit');
  // The web's server ends with its input; the other one has children, which a signal to the group reaches.
  if (server.stdin) server.stdin.end();
  else if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
  await ended;
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** The server must not take itself for a part of the VS Code, or of the npm script, that these tests run in. */
function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|npm_|XDG_|NODE_OPTIONS)/.test(name));
  return { ...Object.fromEntries(inherited), HOME: home };
}

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
