// The worker of fuzz.mjs: runs one case after another until the time is over, enough have been tried or one fails.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

const { bundle, seed, seconds, cases } = workerData;
const { fuzz } = createRequire(import.meta.url)(bundle);
const end = performance.now() + seconds * 1000;

try {
  for (let next = seed; next < seed + cases && performance.now() < end; next++) {
    parentPort.postMessage({ begins: next });
    await fuzz(next);
  }
  parentPort.close();
} catch (error) {
  parentPort.postMessage({ failure: error instanceof Error ? error.stack : String(error) });
}
