// VS Code for the Web as a process of its own, with Ringside as its extension and a fresh copy of a folder open.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Nothing that draws over what the tests look at, and nothing that looks for the network. */
const settings = {
  'chat.disableAIFeatures': true,
  'debug.internalConsoleOptions': 'openOnSessionStart',
  'debug.openDebug': 'openOnSessionStart',
  'debug.toolBarLocation': 'floating',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'telemetry.telemetryLevel': 'off',
  'window.menuBarVisibility': 'compact',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

export interface Server {
  url: string;
  /** The folder that is open in the workbench. */
  folder: string;
  stop(): Promise<void>;
}

export async function startServer(original: string): Promise<Server> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-folder-'));
  fs.cpSync(original, folder, { recursive: true });
  const options = JSON.stringify({ extensions: [process.cwd()], folder, settings });
  const server = spawn(process.execPath, ['src/build/workbench/process.mjs', options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [url] = (await once(server.stdout, 'data')) as [Buffer];
  const stop = async () => {
    const ended = once(server, 'exit');
    server.stdin.end();
    await ended;
    fs.rmSync(folder, { recursive: true });
  };
  return { url: url.toString().trim(), folder, stop };
}
