// npm run fuzz -- NAME [SECONDS] [--cases N] [--seed N]: random cases for test/fuzz/NAME.ts, or for all of them, until the time
// is over or so many have been tried. With a number of cases and a seed, every machine tries the same ones.
// Such a file exports `fuzz(seed)`, which makes one case from the seed and throws if something that must hold does not;
// it may be asynchronous. The cases run in a worker, so that one that hangs or takes too much memory is found as well.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { bundleEach, root } from './testBundles.mjs';

const heapMegabytes = 256;
/** A case takes a second or two at most; what is still not done after this hangs. */
const hangsAfterMs = 60_000;

const { values, positionals } = parseArgs({
  options: { cases: { type: 'string' }, seed: { type: 'string' } },
  allowPositionals: true,
});
const name = positionals[0];
const seconds = Number(positionals[1] ?? Infinity);
const cases = Number(values.cases ?? Infinity);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const folder = path.join(root, 'test/fuzz');
const known = fs.readdirSync(folder).map(file => path.basename(file, '.ts'));
const names = name === 'all' ? known : known.filter(other => other === name);
const isEndless = seconds === Infinity && cases === Infinity;
if (names.length === 0 || isEndless || !(seconds > 0) || !(cases > 0) || !Number.isInteger(seed)) {
  console.log(
    `usage: npm run fuzz -- NAME [SECONDS] [--cases N] [--seed N], where NAME is ${[...known, 'all'].join(', ')}`,
  );
  process.exit(1);
}

const bundles = await bundleEach(
  names.map(each => path.join(folder, `${each}.ts`)),
  path.join(root, 'out/fuzz'),
);
let failed = 0;
for (const [index, bundle] of bundles.entries()) {
  const { tried, failure } = await run(bundle);
  console.log(`fuzz ${names[index]}: ${tried} cases from seed ${seed}${failure ? '' : ', nothing found'}`);
  if (failure) {
    console.log(`${failure.message}\nagain: npm run fuzz -- ${names[index]} --cases 1 --seed ${failure.seed}`);
    failed++;
  }
}
console.log(`${bundles.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/** How many cases were tried, and what went wrong, if anything. */
function run(bundle) {
  return new Promise(resolve => {
    const worker = new Worker(path.join(import.meta.dirname, 'fuzzWorker.mjs'), {
      workerData: { bundle, seed, seconds, cases },
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
    let current = seed;
    let watch;
    const end = message => {
      clearTimeout(watch);
      worker.removeAllListeners();
      void worker.terminate();
      resolve({ tried: current + 1 - seed, ...(message ? { failure: { message, seed: current } } : {}) });
    };
    const begin = next => {
      current = next;
      clearTimeout(watch);
      watch = setTimeout(() => end(`seed ${current} hangs`), hangsAfterMs);
    };
    worker.on('message', ({ begins, failure }) => (failure ? end(failure) : begin(begins)));
    worker.on('error', error => end(`seed ${current}: ${error.stack ?? error}`));
    worker.on('exit', () => end());
    begin(current);
  });
}
