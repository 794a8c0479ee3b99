// Runs the tests of test/e2e/, or those that the command line chooses (as test.mjs does). They drive a real VS Code in
// headless Chromium; screenshots land in out/e2e/.
import fs from 'node:fs';
import path from 'node:path';
import { writeSite } from './site.mjs';
import { bundleEach, chosenTests, filesBelow, root, runMocha } from './testBundles.mjs';
import { installServer, installWorkbench, serverRunsHere } from './workbench/install.mjs';

const outdir = path.join(root, 'out/e2e');
fs.rmSync(outdir, { recursive: true, force: true });

const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const prepared = { vsix: path.join(root, 'out', `ringside-${version}.vsix`) };
installWorkbench();
prepared.site = await writeSite();
if (serverRunsHere) prepared.server = installServer();
else console.log(`only in the web: npm has no Node for ${process.platform}-${process.arch}`);
process.env.RINGSIDE_E2E = JSON.stringify(prepared);

const { isChosen, options } = chosenTests();
const files = filesBelow(path.join(root, 'test/e2e'), '.test.ts').filter(isChosen);
process.exitCode = runMocha(await bundleEach(files, path.join(outdir, 'bundles')), options);
