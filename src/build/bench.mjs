// Runs every benchmark of test/bench/, one process after the other, so that none warms up or slows down the next.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bundleEach, filesBelow, root } from './testBundles.mjs';

const files = filesBelow(path.join(root, 'test/bench'), '.bench.ts');
for (const bundle of await bundleEach(files, path.join(root, 'out/bench'))) {
  const { status } = spawnSync(process.execPath, [bundle], { stdio: 'inherit', cwd: root });
  if (status !== 0) process.exitCode = 1;
}
