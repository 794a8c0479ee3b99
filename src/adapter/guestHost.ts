// The host of a guest in a session: its output goes to the Debug Console, and its turns come from the process or worker.
import type { DebuggeeHost } from '../debug/debuggee';
import type { Linear } from '../base/address';
import type { Statement } from '../monitor/statements';
import { GuestOutput } from './guestOutput';
import type { AdapterHost } from './host';

/** Short enough that a pause is answered at once, long enough that letting events in costs little. */
const turnMs = 15;

export interface GuestConsole {
  say(text: string, category: string): void;
  /** What a logpoint says, and where it stands. */
  log(text: string, place: Linear | Statement): void;
}

export class GuestHost implements DebuggeeHost {
  private turnEnd = 0;
  private readonly serial: GuestOutput;
  private readonly debugPort: GuestOutput;

  constructor(
    private readonly console: GuestConsole,
    private readonly host: AdapterHost,
  ) {
    this.serial = new GuestOutput(text => console.say(text, 'stdout'));
    this.debugPort = new GuestOutput(text => console.say(text, 'console'));
  }

  serialOutput(byte: number): void {
    this.serial.add(byte);
  }

  debugOutput(byte: number): void {
    this.debugPort.add(byte);
  }

  /** In the order of what the guest has printed. */
  log(text: string, place: Linear | Statement): void {
    this.flush();
    this.console.log(text, place);
  }

  turnIsOver(): boolean {
    return performance.now() >= this.turnEnd;
  }

  async yieldTurn(): Promise<void> {
    this.flush();
    await this.host.letEventsIn();
    this.turnEnd = performance.now() + turnMs;
  }

  /** Sends what has been printed so far. */
  flush(): void {
    this.serial.flush();
    this.debugPort.flush();
  }
}
