// Guests for tests of the debug engine: a source as text, on the bare machine or below a monitor.
import { Breakpoints } from '../../src/debug/breakpoints';
import { Debuggee } from '../../src/debug/debuggee';
import { parseLaunchOptions } from '../../src/debug/launch';

export interface TestGuest extends Debuggee {
  readonly logged: string[];
  readonly breakpoints: Breakpoints;
}

export async function guestFrom(source: string, launch: Record<string, unknown> = {}): Promise<TestGuest> {
  const logged: string[] = [];
  const breakpoints = new Breakpoints();
  const host = {
    yieldTurn: async () => {},
    turnIsOver: () => false,
    log: (text: string) => void logged.push(text),
    serialOutput: () => {},
    debugOutput: () => {},
  };
  const files = { read: async () => new TextEncoder().encode(source) };
  const options = parseLaunchOptions({ program: '/guest.asm', technique: 'none', memoryMb: 4, ...launch });
  const debuggee = await Debuggee.launch(options, files, host, breakpoints);
  return Object.assign(debuggee, { logged, breakpoints });
}

/** Stops at each of the labels' addresses. */
export function breakAt(guest: TestGuest, ...labels: string[]): void {
  const addresses = labels.map(label => guest.symbols.valueOf(label) ?? -1);
  guest.breakpoints.replace('test', 'instruction', [{ addresses }]);
}
