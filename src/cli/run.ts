// `run`: a guest from start to end, its serial output on standard output, and what its text screen shows in the end on standard
// error; or with its screen in the terminal, if there is one.
import { never } from '../debug/goals';
import { ByteSink } from './byteSink';
import type { GuestArguments } from './commandLine';
import { EventTrace } from './eventTrace';
import { launchGuest, reportEnd, streamsTo } from './guestRun';
import { runOnScreen } from './screen/runOnScreen';
import { theTerminal } from './screen/terminal';

export async function run(files: readonly string[], options: GuestArguments): Promise<number> {
  const terminal = options.screen ? theTerminal() : undefined;
  if (terminal) return runOnScreen(files, options, terminal);
  const debuggee = await launchGuest(files, options, streamsTo(new ByteSink(process.stdout)));
  const trace = options.trace === undefined ? undefined : new EventTrace(options.trace, debuggee);
  const stop = await debuggee.engine.run(never, { mostSteps: options.mostSteps });
  trace?.end();
  return reportEnd(debuggee, stop, options);
}
