// Builds dist/: one bundle for each process, worker and extension host that Ringside runs in. `--watch` keeps building.
import fs from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { firstMessageWrapper, icedFromBeside, icedFromFirstMessage, icedModule, wasmFile } from './icedWasm.mjs';
import { monitorProgram } from './monitorProgram.mjs';
import { ownSources, ownTexts } from './ownSources.mjs';
import { nodeStandIns } from './nodeStandIns.mjs';
import { notices } from './notices.mjs';
import { opcodeTable } from './opcodeTable.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');

const common = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  minify: true,
  sourcemap: true,
  metafile: true,
  target: 'es2022',
  logLevel: 'warning',
};
const inNode = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  plugins: [monitorProgram, ownSources, opcodeTable, icedFromBeside],
};
const inBrowser = { ...common, platform: 'browser', format: 'cjs' };
const inWebview = { ...common, platform: 'browser', format: 'iife' };
const inBrowserWorker = {
  ...common,
  platform: 'browser',
  format: 'iife',
  plugins: [monitorProgram, ownSources, opcodeTable, nodeStandIns, icedFromFirstMessage],
  banner: { js: firstMessageWrapper.banner },
  footer: { js: firstMessageWrapper.footer },
};

/** The pages in webviews, each a folder of media/. */
const pages = ['screen', 'memory', 'rings'];

const bundles = [
  { ...inNode, entryPoints: { extension: 'src/extension.ts' }, external: ['vscode'] },
  { ...inBrowser, entryPoints: { 'extension.web': 'src/extension.web.ts' }, external: ['vscode'] },
  { ...inNode, entryPoints: { adapter: 'src/adapter/stdio.ts' } },
  { ...inNode, entryPoints: { language: 'src/adapter/languageThread.ts' } },
  { ...inBrowserWorker, entryPoints: { 'worker.web': 'src/adapter/webWorker.ts' } },
  { ...inWebview, entryPoints: Object.fromEntries(pages.map(page => [page, `media/${page}/${page}.ts`])) },
  { ...inNode, entryPoints: { cli: 'src/cli/main.ts' }, banner: { js: '#!/usr/bin/env node' } },
  { ...inNode, entryPoints: { [icedModule]: 'iced-x86' }, sourcemap: false },
];

fs.rmSync(dist, { recursive: true, force: true });
fs.mkdirSync(dist);
fs.copyFileSync(wasmFile, path.join(dist, path.basename(wasmFile)));
for (const name of ['page', ...pages])
  fs.copyFileSync(path.join(root, `media/${name}/${name}.css`), path.join(dist, `${name}.css`));
fs.writeFileSync(path.join(dist, 'ownSources.json'), JSON.stringify(ownTexts()));

if (process.argv.includes('--watch')) {
  for (const bundle of bundles) await (await esbuild.context(bundle)).watch();
} else {
  const results = await Promise.all(bundles.map(bundle => esbuild.build(bundle)));
  const metafiles = results.map(({ metafile }) => metafile);
  fs.writeFileSync(path.join(dist, 'NOTICES.txt'), notices(root, metafiles));
}
