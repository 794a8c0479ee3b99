// An assembler in a worker, so that a session can be paused and ended while it works.
import { spokenLanguage } from '../base/localization';
import type { Assembler } from '../debug/assembler';
import { WorkerConversation, type WorkerEnd } from '../shared/workerConversation';
import type { AssembledProgram, AssembleProgram } from './language';

export type AssemblerWorker = WorkerEnd<AssembleProgram, AssembledProgram>;

export interface AssemblerElsewhere {
  readonly assembler: Assembler;
  readonly stop: () => void;
}

export function assemblerElsewhere(start: () => Promise<AssemblerWorker>): AssemblerElsewhere {
  const conversation = new WorkerConversation(start);
  return {
    assembler: async question => {
      const { locale } = spokenLanguage();
      return (await conversation.ask({ kind: 'assembleProgram', locale, ...question })).answer;
    },
    stop: () => conversation.stop(),
  };
}
