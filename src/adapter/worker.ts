// The debug adapter in a browser's worker: DAP messages as they are, files and the language worker through the editor.
import type { FromAdapter, ToAdapter } from '../shared/workerMessages';
import { NoSuchFile } from '../debug/files';
import { assemblerElsewhere, type AssemblerWorker } from './assemblerElsewhere';
import type { AssembledProgram } from './language';
import { type AdapterHost, largestFile } from './host';
import type { TechniqueName } from '../monitor/system';
import { isTechniqueName } from '../monitor/techniques';
import { DebugAdapter } from './debugAdapter';

const post = (message: FromAdapter): void => postMessage(message);

/** Files that have been asked for, by the number of the question. */
const waiting = new Map<number, { resolve(bytes: Uint8Array): void; reject(error: Error): void }>();
let lastId = 0;

const read = (uri: string, mostBytes = largestFile): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const id = ++lastId;
    waiting.set(id, { resolve, reject });
    post({ kind: 'readFile', id, uri, mostBytes });
  });

/** Who listens to the language worker that the editor keeps for this session. */
let language: { message(message: unknown): void; end(reason: string): void } | undefined;

async function startLanguage(): Promise<AssemblerWorker> {
  let hear = (_: AssembledProgram): void => {};
  let end = (_: string): void => {};
  language = { message: message => hear(message as AssembledProgram), end: reason => end(reason) };
  return {
    post: message => post({ kind: 'toLanguage', message }),
    onMessage: listener => void (hear = listener),
    onEnd: listener => void (end = listener),
    stop: () => post({ kind: 'stopLanguage' }),
  };
}

/** A message to itself comes after those that wait already; timers would be held back to 4 ms. */
const channel = new MessageChannel();
const turns: (() => void)[] = [];
channel.port1.onmessage = () => turns.shift()?.();
const letEventsIn = (): Promise<void> =>
  new Promise(resolve => {
    turns.push(resolve);
    channel.port2.postMessage(undefined);
  });

const host: AdapterHost & { technique?: TechniqueName | undefined } = {
  files: { read },
  assembler: assemblerElsewhere(startLanguage).assembler,
  letEventsIn,
  end: () => close(),
};
const session = new DebugAdapter(host);
session.onDidSendMessage(message =>
  post({ kind: 'dap', message: message as (FromAdapter & { kind: 'dap' })['message'] }),
);

addEventListener('message', ({ data }: MessageEvent<ToAdapter>) => {
  switch (data.kind) {
    case 'dap':
      session.handleMessage(data.message);
      return;
    case 'technique':
      host.technique = isTechniqueName(data.technique) ? data.technique : undefined;
      return;
    case 'file':
      waiting.get(data.id)?.resolve(data.bytes);
      waiting.delete(data.id);
      return;
    case 'fileError':
      waiting.get(data.id)?.reject(new (data.isAbsent ? NoSuchFile : Error)(data.reason));
      waiting.delete(data.id);
      return;
    case 'fromLanguage':
      language?.message(data.message);
      return;
    case 'languageEnded':
      language?.end(data.reason);
      return;
    default: // of the language worker, which shares this bundle
  }
});
