// Finds test files, bundles each with esbuild, and runs the bundles with mocha.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { monitorProgram } from './monitorProgram.mjs';
import { ownSources } from './ownSources.mjs';
import { opcodeTable } from './opcodeTable.mjs';

export const root = path.resolve(import.meta.dirname, '../..');

/** Files below `folder` whose names end with `ending`, leaving out the folders named in `except`. */
export function filesBelow(folder, ending, except = []) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return except.includes(entry.name) ? [] : filesBelow(file, ending, except);
    return entry.name.endsWith(ending) ? [file] : [];
  });
}

/** What the command line chooses: files whose paths contain one of its words, tests whose titles match `-g pattern`. */
export function chosenTests() {
  const { values, positionals } = parseArgs({
    options: { grep: { type: 'string', short: 'g' } },
    allowPositionals: true,
  });
  return {
    words: positionals,
    isChosen: file => positionals.length === 0 || positionals.some(word => file.includes(word)),
    options: values.grep === undefined ? [] : ['--grep', values.grep],
  };
}

/** Bundles each of `files` (below test/) into `outdir`, and returns the bundles' paths in the same order. `more`: for esbuild. */
export async function bundleEach(files, outdir, { plugins = [], ...more } = {}) {
  const names = files.map(file => path.relative(path.join(root, 'test'), file).slice(0, -'.ts'.length));
  await build({
    entryPoints: Object.fromEntries(names.map((name, index) => [name, files[index]])),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    packages: 'external',
    loader: { '.asm': 'text', '.inc': 'text' },
    plugins: [...plugins, monitorProgram, ownSources, opcodeTable],
    logLevel: 'warning',
    ...more,
  });
  return names.map(name => path.join(outdir, `${name}.js`));
}

/** Runs mocha on `bundles` and returns its exit code. */
export function runMocha(bundles, options) {
  const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
  const reporter = path.join(root, 'src/build/summaryReporter.cjs');
  const always = ['--reporter', reporter, '--timeout', '120000'];
  const parameters = ['--enable-source-maps', mocha, ...always, ...options, ...bundles];
  return spawnSync(process.execPath, parameters, { stdio: 'inherit', cwd: root }).status ?? 1;
}
