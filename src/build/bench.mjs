// Runs the benchmark of test/bench/ with this command line; it starts each machine that it measures in a process of its own.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bundleEach, root } from './testBundles.mjs';

const processes = [
  'bench.ts',
  'peers/ringsideProcess.ts',
  'peers/v86Process.ts',
  'debugger/steppingProcess.ts',
  'debugger/answeringProcess.ts',
];
const files = processes.map(file => path.join(root, 'test/bench', file));
const [bench] = await bundleEach(files, path.join(root, 'out/bench'));
const { status } = spawnSync(process.execPath, [bench, ...process.argv.slice(2)], { stdio: 'inherit', cwd: root });
process.exitCode = status ?? 1;
