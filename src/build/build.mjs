// Builds dist/: one bundle for each process, worker and extension host that Ringside runs in. `--watch` keeps building.
import fs from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { firstMessageWrapper, icedFromFirstMessage, wasmFile } from './icedWasm.mjs';
import { monitorStages } from './monitorStages.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');

const common = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  minify: true,
  sourcemap: true,
  target: 'es2022',
  plugins: [monitorStages],
  logLevel: 'warning',
};
const inNode = { ...common, platform: 'node', format: 'cjs', target: 'node20' };
const inBrowser = { ...common, platform: 'browser' };
const inBrowserWorker = {
  ...inBrowser,
  format: 'iife',
  plugins: [monitorStages, icedFromFirstMessage],
  banner: { js: firstMessageWrapper.banner },
  footer: { js: firstMessageWrapper.footer },
};

const bundles = [
  { ...inNode, entryPoints: { extension: 'src/extension.ts' }, external: ['vscode'] },
  { ...inBrowser, format: 'cjs', entryPoints: { 'extension.web': 'src/extension.web.ts' }, external: ['vscode'] },
  { ...inNode, entryPoints: { adapter: 'src/adapter/stdio.ts' } },
  { ...inBrowserWorker, entryPoints: { 'adapter.web': 'src/adapter/worker.ts' } },
  { ...inNode, entryPoints: { language: 'src/adapter/languageThread.ts' } },
  { ...inBrowserWorker, entryPoints: { 'language.web': 'src/adapter/languageWorker.ts' } },
  { ...inNode, entryPoints: { cli: 'src/cli/main.ts' }, banner: { js: '#!/usr/bin/env node' } },
].filter(({ entryPoints }) => Object.values(entryPoints).every(file => fs.existsSync(path.join(root, file))));

fs.rmSync(dist, { recursive: true, force: true });
fs.mkdirSync(dist);
fs.copyFileSync(wasmFile, path.join(dist, path.basename(wasmFile)));

if (process.argv.includes('--watch')) {
  for (const bundle of bundles) await (await esbuild.context(bundle)).watch();
} else {
  await Promise.all(bundles.map(bundle => esbuild.build(bundle)));
}
