// The language worker on the desktop: a thread.
import { parentPort } from 'node:worker_threads';
import type { Assemble } from '../shared/workerMessages';
import { answer } from './language';

parentPort?.on('message', (message: Assemble) => parentPort?.postMessage(answer(message)));
