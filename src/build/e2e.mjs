// Runs the tests of test/e2e/, which drive a real VS Code in headless Chromium. Screenshots land in out/e2e/.
import fs from 'node:fs';
import path from 'node:path';
import { bundleEach, filesBelow, root, runMocha } from './testBundles.mjs';
import { installWorkbench } from './workbench/install.mjs';

const outdir = path.join(root, 'out/e2e');
fs.rmSync(outdir, { recursive: true, force: true });
installWorkbench();
const named = process.argv.slice(2);
const files = filesBelow(path.join(root, 'test/e2e'), '.test.ts').filter(
  file => named.length === 0 || named.some(word => file.includes(word)),
);
process.exitCode = runMocha(await bundleEach(files, path.join(outdir, 'bundles')), ['--timeout', '120000']);
