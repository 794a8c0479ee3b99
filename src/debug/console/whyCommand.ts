// `why [LABEL|ADDRESS]`: why an instruction did, or did not, trap.

import { marked } from '../../base/localization';
import { evaluate } from '../expressions/evaluate';
import { parse } from '../expressions/parse';
import { instructionInQuestion, whyAt, whyLines } from '../why/why';
import type { ConsoleCommand } from './command';

export const whyCommand: ConsoleCommand = {
  name: 'why',
  usage: 'why [LABEL|ADDRESS]',
  purpose: marked`why the instruction here, or there, traps or does not: its class, what decides now, what each technique makes of it`,
  run(argument, debuggee, context) {
    const named = argument.trim() === '' ? undefined : evaluate(parse(argument), context).value;
    return whyLines(whyAt(named ?? instructionInQuestion(debuggee), debuggee), debuggee);
  },
};
