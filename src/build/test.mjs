// Runs every test below test/ that needs no browser, or those whose paths contain a word of the command line.
import fs from 'node:fs';
import path from 'node:path';
import { bundleEach, filesBelow, root, runMocha } from './testBundles.mjs';

const outdir = path.join(root, 'out/test');
const named = process.argv.slice(2).filter(argument => !argument.startsWith('-'));
const options = process.argv.slice(2).filter(argument => argument.startsWith('-'));
const files = filesBelow(path.join(root, 'test'), '.test.ts', ['e2e', 'bench']).filter(
  file => named.length === 0 || named.some(word => file.includes(word)),
);

if (named.length === 0) fs.rmSync(outdir, { recursive: true, force: true });
process.exitCode = runMocha(await bundleEach(files, outdir), ['--timeout', '120000', ...options]);
