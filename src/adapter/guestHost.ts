// The host of a guest in a session: its output goes to the Debug Console, and its turns come from the process or worker.
import type { DebuggeeHost } from '../debug/debuggee';
import type { Linear } from '../base/address';
import type { Statement } from '../monitor/statements';
import { IdleTime } from './idleTime';
import { GuestOutput } from './guestOutput';
import type { AdapterHost } from './host';
import { notices } from './notices';
import { OutputAllowance } from './outputAllowance';

/** Short enough that a pause is answered at once, long enough that letting events in costs little. */
const turnMs = 15;

export interface GuestConsole {
  say(text: string, category: string): void;
  /** What a logpoint says, and where it stands. */
  log(text: string, place: Linear | Statement): void;
  /** A turn of the guest is over, or its run. */
  turnEnded(): void;
  turnBegins(): void;
}

/** What a message takes beside its text. */
const messageCharacters = 200;

export class GuestHost implements DebuggeeHost {
  private turnEnd = 0;
  private readonly serial: GuestOutput;
  private readonly debugPort: GuestOutput;
  private readonly allowance: OutputAllowance;
  private readonly idleTime: IdleTime;
  private leftOut = 0;
  private saidThatItWaits = false;

  constructor(
    private readonly console: GuestConsole,
    private readonly host: AdapterHost,
    clock = () => performance.now(),
  ) {
    this.allowance = new OutputAllowance(clock, () => host.unsentBytes?.() ?? 0);
    this.idleTime = new IdleTime(clock);
    const say = (category: string) => (text: string) => this.pass(text, () => console.say(text, category));
    this.serial = new GuestOutput(say('stdout'));
    this.debugPort = new GuestOutput(say('console'));
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
    this.pass(text, () => this.console.log(text, place));
  }

  turnIsOver(): boolean {
    return performance.now() >= this.turnEnd;
  }

  async yieldTurn(): Promise<void> {
    this.flush();
    this.console.turnEnded();
    await this.host.letEventsIn();
    this.console.turnBegins();
    this.turnEnd = performance.now() + turnMs;
  }

  idle(ticks: number): Promise<void> {
    return this.idleTime.pass(ticks);
  }

  waitsForInput(): void {
    if (!this.saidThatItWaits) this.console.say(`${notices.waitsForInput()}\n`, 'console');
    this.saidThatItWaits = true;
  }

  /** Another guest. */
  begin(): void {
    this.saidThatItWaits = false;
  }

  /** The guest has stopped: sends what is left, and says if that is not all. */
  settle(): void {
    this.flush();
    this.noteLeftOut();
    this.console.turnEnded();
  }

  private flush(): void {
    this.serial.flush();
    this.debugPort.flush();
  }

  private pass(text: string, send: () => void): void {
    if (!this.allowance.takes(text.length + messageCharacters)) {
      this.leftOut += text.length;
      return;
    }
    this.noteLeftOut();
    send();
  }

  private noteLeftOut(): void {
    if (this.leftOut === 0) return;
    const note = notices.leftOut(this.leftOut);
    this.leftOut = 0;
    this.console.say(`\n${note}\n`, 'console');
  }
}
