// `npm run package`: makes the .vsix, says how large it is and what takes the room. Parameters are vsce's: with
// `-- --baseImagesUrl https://…`, where the folder of README.md can be seen, the page that the marketplace makes of it has its pictures.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const { version, repository } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const file = path.join(root, 'out', `ringside-${version}.vsix`);
fs.mkdirSync(path.dirname(file), { recursive: true });

const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
const parameters = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--out', file];
const given = process.argv.slice(2);
parameters.push(...given);
if (repository === undefined && !given.includes('--baseImagesUrl')) parameters.push('--readme-path', withoutPictures());
const { status } = spawnSync(process.execPath, parameters, { cwd: root, stdio: 'inherit' });
if (status === 0) console.log(`${path.relative(root, file)}: ${Math.round(fs.statSync(file).size / 1024)} KB`);
process.exitCode = status ?? 1;

/** The path of a README.md that shows none: nobody could tell where they are. */
function withoutPictures() {
  const text = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
  fs.writeFileSync(path.join(root, 'out/README.md'), text.replace(/^!\[.*\]\(.*\)\n\n/gm, ''));
  return 'out/README.md';
}
