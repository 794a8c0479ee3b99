// The language worker in a browser; it shares its bundle with the debug adapter, whose messages are not for it.
import type { Assemble, ToAdapter } from '../shared/workerMessages';
import { answer } from './language';

addEventListener('message', ({ data }: MessageEvent<Assemble | ToAdapter>) => {
  if (data.kind === 'assemble') postMessage(answer(data));
});
