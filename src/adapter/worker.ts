// The debug adapter in a browser's worker: DAP messages as they are, files through the editor.
import type { FromAdapter, ToAdapter } from '../shared/workerMessages';
import { DebugAdapter } from './debugAdapter';

const post = (message: FromAdapter): void => postMessage(message);

/** Files that have been asked for, by the number of the question. */
const waiting = new Map<number, { resolve(bytes: Uint8Array): void; reject(error: Error): void }>();
let lastId = 0;

const read = (uri: string): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const id = ++lastId;
    waiting.set(id, { resolve, reject });
    post({ kind: 'readFile', id, uri });
  });

/** A message to itself comes after those that wait already; timers would be held back to 4 ms. */
const channel = new MessageChannel();
const turns: (() => void)[] = [];
channel.port1.onmessage = () => turns.shift()?.();
const letEventsIn = (): Promise<void> =>
  new Promise(resolve => {
    turns.push(resolve);
    channel.port2.postMessage(undefined);
  });

const session = new DebugAdapter({ files: { read }, letEventsIn, end: () => close() });
session.onDidSendMessage(message =>
  post({ kind: 'dap', message: message as (FromAdapter & { kind: 'dap' })['message'] }),
);

addEventListener('message', ({ data }: MessageEvent<ToAdapter>) => {
  switch (data.kind) {
    case 'dap':
      session.handleMessage(data.message);
      return;
    case 'file':
      waiting.get(data.id)?.resolve(data.bytes);
      waiting.delete(data.id);
      return;
    case 'fileError':
      waiting.get(data.id)?.reject(new Error(data.reason));
      waiting.delete(data.id);
      return;
    default: // of the language worker, which shares this bundle
  }
});
