// A command of the Debug Console: what it is called, how it is written, what it answers.

import type { Debuggee } from '../debuggee';
import type { ExpressionContext } from '../expressions/evaluate';

export interface ConsoleCommand {
  readonly name: string;
  /** how it is written, such as `events [TEXT]` */
  readonly usage: string;
  /** what it is for: a marked text */
  readonly purpose: string;
  /** what its argument may begin with, for completions */
  readonly words?: readonly string[];
  /** Lines. `context` gives names their meaning in the frame that is chosen. @throws UserError */
  readonly run: (argument: string, debuggee: Debuggee, context: ExpressionContext) => readonly string[];
}
