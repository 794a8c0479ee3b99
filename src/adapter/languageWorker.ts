// The language worker in a browser; it shares its bundle with the debug adapter, whose messages are not for it.
import type { ToAdapter } from '../shared/workerMessages';
import { answer, type ToLanguage } from './language';

addEventListener('message', ({ data }: MessageEvent<ToLanguage | ToAdapter>) => {
  if (data.kind === 'assemble' || data.kind === 'assembleProgram') postMessage(answer(data));
});
