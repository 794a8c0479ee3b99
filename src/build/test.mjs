// Bundles every test below test/ (or those named on the command line) with esbuild and runs them with mocha.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { monitorStages } from './monitorStages.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const outdir = path.join(root, 'out/test');

function testFiles(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return ['e2e', 'bench'].includes(entry.name) ? [] : testFiles(file);
    return entry.name.endsWith('.test.ts') ? [file] : [];
  });
}

const named = process.argv.slice(2).filter(argument => !argument.startsWith('-'));
const options = process.argv.slice(2).filter(argument => argument.startsWith('-'));
const files = testFiles(path.join(root, 'test')).filter(
  file => named.length === 0 || named.some(n => file.includes(n)),
);
const entryPoints = Object.fromEntries(
  files.map(file => [path.relative(path.join(root, 'test'), file).slice(0, -3), file]),
);

if (named.length === 0) fs.rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints,
  outdir,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  packages: 'external',
  loader: { '.asm': 'text', '.inc': 'text' },
  plugins: [monitorStages],
  logLevel: 'warning',
});
const bundles = Object.keys(entryPoints).map(name => path.join(outdir, `${name}.js`));
const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
const reporter = path.join(root, 'src/build/summaryReporter.cjs');
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', mocha, '--timeout', '120000', '--reporter', reporter, ...options, ...bundles],
  {
    stdio: 'inherit',
    cwd: root,
  },
);
process.exit(status ?? 1);
