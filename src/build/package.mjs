// `npm run package`: makes the .vsix, says how large it is and what takes the room.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const file = path.join(root, 'out', `ringside-${version}.vsix`);
fs.mkdirSync(path.dirname(file), { recursive: true });

const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
const parameters = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--out', file];
const { status } = spawnSync(process.execPath, parameters, { cwd: root, stdio: 'inherit' });
if (status === 0) console.log(`${path.relative(root, file)}: ${Math.round(fs.statSync(file).size / 1024)} KB`);
process.exitCode = status ?? 1;
