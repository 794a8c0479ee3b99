// Gets a real VS Code workbench through npm: code-server's package (MIT) carries all of VS Code, of which the static
// half, VS Code for the Web, runs in any browser and needs no server process and no native module.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const version = '4.139.1';
const folder = path.join(root, 'out/vscode', version);
const parts = ['out', ...['theme-defaults', 'theme-seti', 'typescript-basics'].map(name => `extensions/${name}`)];
/** What the workbench loads to colour source; versions as in VS Code's own package.json. */
const colouring = ['vscode-oniguruma@1.7.0', 'vscode-textmate@9.3.2'];

/** Installs the workbench below out/ unless it is there, and returns its folder. About 50 MB are downloaded once. */
export function installWorkbench() {
  const finished = path.join(folder, 'installed');
  if (fs.existsSync(finished)) return folder;
  console.log(`Getting VS Code for the Web through npm (code-server ${version}, 47 MB, once)…`);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  run('npm', ['pack', '--silent', `code-server@${version}`]);
  const members = parts.map(part => `package/lib/vscode/${part}`);
  run('tar', ['-xzf', `code-server-${version}.tgz`, '--strip-components=3', ...members]);
  run('npm', ['install', '--silent', '--ignore-scripts', '--no-save', '--prefix', '.', ...colouring]);
  fs.rmSync(path.join(folder, `code-server-${version}.tgz`));
  fs.writeFileSync(finished, '');
  return folder;
}

function run(command, parameters) {
  // npm and its like are scripts on Windows, which only a shell starts.
  const shell = process.platform === 'win32';
  const { status, error } = spawnSync(command, parameters, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell,
  });
  if (status !== 0) {
    throw new Error(
      `${command} ${parameters[0]} failed (${error?.message ?? `exit code ${status}`}); is the npm registry in reach?`,
    );
  }
}
