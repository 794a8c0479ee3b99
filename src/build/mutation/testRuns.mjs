// Runs bundles of tests, made of sources that have all mutants in them, with one of the mutants or with none.
import { fork, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { bundleEach, root } from '../testBundles.mjs';
import { runsMutant } from './mutants.mjs';
import { needless } from './suites.mjs';

const folder = path.join(root, 'src/build/mutation');

const banner = `let __mutant = Number(process.env.RINGSIDE_MUTANT);
(globalThis.__setMutant ??= []).push(number => (__mutant = number));
const ${runsMutant} = globalThis.__reachedMutants
  ? number => (globalThis.__reachedMutants.now.add(number), false)
  : number => number === __mutant;`;

/** `texts`: of source files with their mutants, by path. Gives the bundles of test files, in their order. */
export function bundleWithMutants(files, texts, outdir) {
  const mutated = {
    name: 'mutated',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const contents = texts.get(file);
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      });
    },
  };
  return bundleEach(files, outdir, { plugins: [mutated], banner: { js: banner }, sourcemap: false });
}

const tests = new Map();

/**
 * The tests of a bundle, after a run of all of them: `{ title, duration, reached, early }`, in milliseconds, the numbers of the
 * mutants that the test comes past, and of those that are come past when the bundle is loaded. They are kept until it changes.
 */
export function testsOf(bundle) {
  const found = tests.get(bundle) ?? runAll(bundle);
  tests.set(bundle, found);
  return found;
}

function runAll(bundle) {
  const hash = crypto.createHash('sha256').update(fs.readFileSync(bundle)).digest('hex').slice(0, 16);
  const kept = `${bundle}.${hash}.json`;
  if (!fs.existsSync(kept)) {
    const unfinished = `${kept}.${process.pid}`;
    const options = ['--require', path.join(folder, 'reached.cjs'), '--timeout', '0', '--reporter', 'min'];
    const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
    const env = { ...process.env, RINGSIDE_REACHED: unfinished };
    const parameters = [mocha, ...options, '--grep', needless, '--invert', bundle];
    const { status } = spawnSync(process.execPath, parameters, { cwd: root, env, stdio: 'ignore' });
    if (status !== 0) throw new Error(`${bundle} fails as it is`);
    fs.renameSync(unfinished, kept);
  }
  const { always, listed } = JSON.parse(fs.readFileSync(kept, 'utf8'));
  const early = new Set(always);
  return listed.map(test => ({ ...test, early, reached: new Set([...test.reached, ...always]) }));
}

/** Bundles loaded in a process of their own, which runs one mutant after the other until one hangs. */
export class TestRuns {
  constructor(bundles) {
    this.bundles = bundles;
  }

  /**
   * Runs these tests (lists of titles, one list after the other) up to the first that fails. `{ failed }`: its title;
   * `{ hung }` or `{ exited }`: they have been stopped after `mostMs`, or the process has ended by itself; `{}`: all passed.
   * `isEarly`: the mutant shows when the bundles are loaded.
   */
  async run(mutant, lists, mostMs, isEarly) {
    if (isEarly) this.stop();
    let result = {};
    for (const titles of lists ?? [undefined]) {
      result = await this.ask({ mutant, titles, otherThan: needless }, mostMs);
      if (!isPassed(result)) break;
    }
    if (isEarly || result.hung) this.stop();
    return result;
  }

  ask(request, mostMs) {
    const worker = (this.worker ??= this.start(request.mutant));
    return new Promise(resolve => {
      const timer = mostMs < Infinity ? setTimeout(() => settle({ hung: true }), mostMs) : undefined;
      const settle = result => {
        clearTimeout(timer);
        worker.removeAllListeners();
        resolve(result);
      };
      worker.on('message', settle);
      worker.on('exit', () => {
        this.worker = undefined;
        settle({ exited: true });
      });
      worker.send(request);
    });
  }

  start(mutant) {
    const env = { ...process.env, RINGSIDE_MUTANT: String(mutant) };
    return fork(path.join(folder, 'worker.cjs'), this.bundles, { cwd: root, env, stdio: 'ignore' });
  }

  stop() {
    this.worker?.removeAllListeners();
    this.worker?.kill('SIGKILL');
    this.worker = undefined;
  }
}

export const isPassed = result => Object.keys(result).length === 0;
