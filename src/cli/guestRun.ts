// A guest from start to end without a debugger: how it is launched, and what is said when it has ended.
import { t } from '../base/localization';
import { Debuggee, type DebuggeeHost } from '../debug/debuggee';
import { exitCodeOf, isFailure, type Stop } from '../debug/stop';
import { nodeFiles, nodeTurns } from '../adapter/nodeHost';
import { Breakpoints } from '../debug/breakpoints';
import { exitCodes, type GuestArguments } from './commandLine';
import { exitTable } from './exitTable';
import { ByteSink } from './byteSink';
import { diagnosticText } from '../debug/assembledSource';
import { screenReport } from './screenReport';
import { mainSource } from './mainSource';
import { complain } from './output';

const turnMs = 50;

/** Nothing logs here: there are no breakpoints. */
export type GuestRunHost = Omit<DebuggeeHost, 'log'>;

/** Serial output goes to `serial`, the debug port's to standard error. */
export function streamsTo(serial: { write(byte: number): void }): GuestRunHost {
  const debugPort = new ByteSink(process.stderr);
  return {
    ...nodeTurns(turnMs),
    serialOutput: byte => serial.write(byte),
    debugOutput: byte => debugPort.write(byte),
  };
}

/** A guest with nothing that would stop it before its end. */
export async function launchGuest(
  files: readonly string[],
  { launch }: GuestArguments,
  host: GuestRunHost,
): Promise<Debuggee> {
  const breakpoints = new Breakpoints();
  breakpoints.setFilters([]);
  const program = files.length === 1 ? await mainSource(files[0]) : files;
  const debuggee = await Debuggee.launch(launch(program), nodeFiles, { ...host, log: () => {} }, breakpoints);
  stopAtInterrupt(debuggee);
  for (const warning of debuggee.warnings) complain(diagnosticText(warning));
  for (const { program } of debuggee.system.guests)
    if (program.bootText !== undefined) complain(t`${program.bootText}.`);
  return debuggee;
}

/** Says how the guest ended and what its screen shows, and gives the process's exit code. */
export function reportEnd(debuggee: Debuggee, stop: Stop, { stats }: Pick<GuestArguments, 'stats'>): number {
  const screen = screenReport(debuggee.system.running.devices.display.frame());
  if (screen !== undefined) complain(screen);
  const code = reportStop(debuggee, stop);
  if (stats) process.stderr.write(`${exitTable(debuggee.system.running.ledger)}\n`);
  return code;
}

function reportStop(debuggee: Debuggee, stop: Stop): number {
  if (stop.kind === 'ended') {
    if (isFailure(stop.ending)) complain(debuggee.explainer.ending(stop.ending));
    return exitCodeOf(stop.ending);
  }
  const at = debuggee.explainer.placeAt(debuggee.context.lookUp('$').read());
  if (stop.kind === 'pause') {
    complain(t`Interrupted at ${at}.`);
    return exitCodes.interrupted;
  }
  complain(t`The guest was stopped by --max-instructions, at ${at}.`);
  return exitCodes.limit;
}

/** The first Ctrl+C ends the run in order, a second one the process. */
function stopAtInterrupt({ engine }: Debuggee): void {
  process.once('SIGINT', () => engine.pause());
}
