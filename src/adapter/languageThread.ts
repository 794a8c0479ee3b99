// The language worker in Node: a thread.
import { parentPort } from 'node:worker_threads';
import { answer, type ToLanguage } from './language';

parentPort?.on('message', (message: ToLanguage) => parentPort?.postMessage(answer(message)));
