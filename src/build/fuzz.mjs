// npm run fuzz -- NAME SECONDS [SEED]: random cases for test/fuzz/NAME.ts, or for all of them, until the time is over.
// Such a file exports `fuzz(seed)`, which makes one case from the seed and throws if something that must hold does not;
// it may be asynchronous. The cases run in a worker, so that one that hangs or takes too much memory is found as well.
import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { bundleEach, root } from './testBundles.mjs';

const heapMegabytes = 256;
/** A case takes a second or two at most; what is still not done after this hangs. */
const hangsAfterMs = 60_000;

const [name, seconds, seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
const folder = path.join(root, 'test/fuzz');
const known = fs.readdirSync(folder).map(file => path.basename(file, '.ts'));
const names = name === 'all' ? known : known.filter(other => other === name);
if (names.length === 0 || !(Number(seconds) > 0) || !Number.isInteger(Number(seed))) {
  console.log(`usage: npm run fuzz -- NAME SECONDS [SEED], where NAME is ${[...known, 'all'].join(', ')}`);
  process.exit(1);
}

const bundles = await bundleEach(
  names.map(each => path.join(folder, `${each}.ts`)),
  path.join(root, 'out/fuzz'),
);
let failed = 0;
for (const [index, bundle] of bundles.entries()) {
  const { cases, failure } = await run(bundle);
  console.log(`fuzz ${names[index]}: ${cases} cases from seed ${seed}${failure ? '' : ', nothing found'}`);
  if (failure) {
    console.log(`${failure.message}\nagain: npm run fuzz -- ${names[index]} 1 ${failure.seed}`);
    failed++;
  }
}
console.log(`${bundles.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** How many cases were run, and what went wrong, if anything. */
function run(bundle) {
  return new Promise(resolve => {
    const worker = new Worker(path.join(import.meta.dirname, 'fuzzWorker.mjs'), {
      workerData: { bundle, seed: Number(seed), seconds: Number(seconds) },
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
    let current = Number(seed);
    let watch;
    const end = message => {
      clearTimeout(watch);
      worker.removeAllListeners();
      void worker.terminate();
      resolve({ cases: current - Number(seed), ...(message ? { failure: { message, seed: current } } : {}) });
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
