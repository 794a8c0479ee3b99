// `run`: a guest from start to end, its serial output on standard output, and what its text screen shows in the end on standard
// error.
import { Debuggee } from '../debug/debuggee';
import { exitCodeOf, isFailure, type Stop } from '../debug/stop';
import { never } from '../debug/goals';
import { nodeFiles, nodeTurns } from '../adapter/nodeHost';
import { Breakpoints } from '../debug/breakpoints';
import { exitCodes, type GuestArguments } from './commandLine';
import { ByteSink } from './byteSink';
import { diagnosticText } from '../debug/assembledSource';
import { screenReport } from './screenReport';
import { mainSource } from './mainSource';
import { complain } from './output';

const turnMs = 50;

/** A guest with nothing that would stop it before its end. */
export async function launchGuest(
  files: readonly string[],
  { launch }: GuestArguments,
  serial: { write(byte: number): void },
): Promise<Debuggee> {
  const debugPort = new ByteSink(process.stderr);
  const host = {
    ...nodeTurns(turnMs),
    serialOutput: (byte: number) => serial.write(byte),
    debugOutput: (byte: number) => debugPort.write(byte),
    log: () => {},
  };
  const breakpoints = new Breakpoints();
  breakpoints.setFilters([]);
  const program = files.length === 1 ? await mainSource(files[0]) : files;
  const debuggee = await Debuggee.launch(launch(program), nodeFiles, host, breakpoints);
  stopAtInterrupt(debuggee);
  for (const warning of debuggee.warnings) complain(diagnosticText(warning));
  for (const { program } of debuggee.system.guests)
    if (program.bootText !== undefined) complain(`${program.bootText}.`);
  return debuggee;
}

export async function run(files: readonly string[], options: GuestArguments): Promise<number> {
  const debuggee = await launchGuest(files, options, new ByteSink(process.stdout));
  return reportEnd(debuggee, await debuggee.engine.run(never, { mostSteps: options.mostSteps }));
}

/** Says how the guest ended and what its screen shows, and gives the process's exit code. */
export function reportEnd(debuggee: Debuggee, stop: Stop): number {
  const screen = screenReport(debuggee.system.running.devices.display.frame());
  if (screen !== undefined) complain(screen);
  return reportStop(debuggee, stop);
}

function reportStop(debuggee: Debuggee, stop: Stop): number {
  if (stop.kind === 'ended') {
    if (isFailure(stop.ending)) complain(debuggee.explainer.ending(stop.ending));
    return exitCodeOf(stop.ending);
  }
  const at = debuggee.explainer.placeAt(debuggee.context.lookUp('$').read());
  if (stop.kind === 'pause') {
    complain(`Interrupted at ${at}.`);
    return exitCodes.interrupted;
  }
  complain(`The guest was stopped by --max-instructions, at ${at}.`);
  return exitCodes.limit;
}

/** The first Ctrl+C ends the run in order, a second one the process. */
function stopAtInterrupt({ engine }: Debuggee): void {
  process.once('SIGINT', () => engine.pause());
}
