// Runs every test below test/ that needs no browser, or those whose paths contain a word of the command line, and of these
// the ones whose titles match `-g pattern`.
import fs from 'node:fs';
import path from 'node:path';
import { bundleEach, chosenTests, filesBelow, root, runMocha } from './testBundles.mjs';

const outdir = path.join(root, 'out/test');
const { words, isChosen, options } = chosenTests();
const files = filesBelow(path.join(root, 'test'), '.test.ts', ['e2e', 'bench']).filter(isChosen);

if (words.length === 0) fs.rmSync(outdir, { recursive: true, force: true });
process.exitCode = runMocha(await bundleEach(files, outdir), options);
