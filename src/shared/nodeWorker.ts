// A worker of Node: a thread, with less memory than the process that it serves.
import { Worker } from 'node:worker_threads';
import type { WorkerEnd } from './workerConversation';

const mostMb = 512;

export function startNodeWorker<Question, Answer>(file: string): WorkerEnd<Question, Answer> {
  const thread = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: mostMb } });
  return {
    post: question => thread.postMessage(question),
    onMessage: listener => void thread.on('message', (answer: Answer) => listener(answer)),
    onEnd(listener) {
      thread.on('error', ({ message }) => listener(message));
      thread.on('exit', () => listener('its worker has ended'));
    },
    stop: () => void thread.terminate(),
  };
}
