// `run --screen`: the guest's screen in the terminal, with what it sends on its serial line below, and what is typed for the guest.
import { marked, translated } from '../../base/localization';
import { IdleTime } from '../../adapter/idleTime';
import { nodeTurns } from '../../adapter/nodeHost';
import type { Debuggee } from '../../debug/debuggee';
import { never } from '../../debug/goals';
import { cut } from '../../base/columns';
import type { GuestArguments } from '../commandLine';
import { EventTrace } from '../eventTrace';
import { launchGuest, reportEnd } from '../guestRun';
import { GuestLines } from './guestLines';
import { scanCodesOf } from './terminalKeys';
import { clearLine, moveTo, restoreCursor, saveCursor, TerminalPicture, type TerminalSize } from './terminalPicture';
import type { Terminal } from './terminal';

/** So that 30 pictures come in a second. */
const turnMs = 33;
/** Of a screen that is told of in words. */
const wordsHeight = 2;
const controlC = '\x03';
const controlBracket = '\x1d';
/** Scan codes, or bytes on the serial line, that may wait for the guest. */
const mostWaiting = 64 * 1024;

const help = {
  keyboard: marked`Keys go to the guest. Ctrl+] sends them to its serial port instead, Ctrl+C ends the run.`,
  serial: marked`Keys go to the serial port. Ctrl+] sends them to the keyboard again, Ctrl+C ends the run.`,
};

export async function runOnScreen(
  files: readonly string[],
  options: GuestArguments,
  terminal: Terminal,
): Promise<number> {
  const lines = { serial: new GuestLines(), debug: new GuestLines() };
  const turns = nodeTurns(turnMs);
  const idleTime = new IdleTime(() => performance.now());
  let view: ScreenOnTerminal | undefined = undefined;
  const debuggee = await launchGuest(files, options, {
    serialOutput: byte => lines.serial.add(byte),
    debugOutput: byte => lines.debug.add(byte),
    turnIsOver: turns.turnIsOver,
    async yieldTurn() {
      view?.draw();
      await turns.yieldTurn();
    },
    waitsForInput: () => {},
    idle: ticks => idleTime.pass(ticks),
  });
  const shown = new ScreenOnTerminal(debuggee, terminal, lines.serial);
  view = shown;
  const run = () => debuggee.engine.run(never, { mostSteps: options.mostSteps });
  const trace = options.trace === undefined ? undefined : new EventTrace(options.trace, debuggee);
  const stop = await terminal.during(run, typed => shown.typed(typed));
  trace?.end();
  process.stdout.write(lines.serial.kept);
  process.stderr.write(lines.debug.kept);
  return reportEnd(debuggee, stop, options);
}

class ScreenOnTerminal {
  private readonly picture = new TerminalPicture();
  private below = '';
  private drawsLater = false;
  private receiver: keyof typeof help = 'keyboard';

  constructor(
    private readonly debuggee: Debuggee,
    private readonly terminal: Terminal,
    private readonly serial: GuestLines,
  ) {}

  /** At once, or when the terminal is done with what it has. */
  draw(): void {
    const { terminal } = this;
    if (!terminal.isReady) return this.drawLater();
    const { size } = terminal;
    const frame = this.devices.display.frame();
    const cleared = this.picture.clearing(frame, size);
    if (cleared !== '') this.below = '';
    const height = frame.kind === 'text' ? frame.rows : wordsHeight;
    terminal.write(cleared + this.linesBelow(height, size) + this.picture.changes(frame, size));
  }

  private drawLater(): void {
    if (this.drawsLater) return;
    this.drawsLater = true;
    this.terminal.whenReady(() => {
      this.drawsLater = false;
      this.draw();
    });
  }

  typed(text: string): void {
    for (const piece of text.split(new RegExp(`(${controlC}|${controlBracket})`)))
      if (piece === controlC) this.debuggee.engine.pause();
      else if (piece === controlBracket) this.receiver = this.receiver === 'serial' ? 'keyboard' : 'serial';
      else if (piece !== '') this.give(piece);
    this.draw();
  }

  private give(text: string): void {
    const { keyboard, uart } = this.devices;
    const { door } = this.debuggee.system.running;
    const isSerial = this.receiver === 'serial';
    if ((isSerial ? uart.onLine : keyboard.waiting) > mostWaiting) return this.terminal.ring();
    if (isSerial) return door.accept({ kind: 'serial', bytes: [...new TextEncoder().encode(text)] });
    const codes = scanCodesOf(text);
    if (codes.length > 0) door.accept({ kind: 'keys', codes });
  }

  /** What the keys do, and the last that came on the serial line. */
  private linesBelow(first: number, { columns, rows }: TerminalSize): string {
    const count = rows - first;
    const lines = count > 0 ? [translated(help[this.receiver]), ...this.serial.newest(count - 1)] : [];
    const below = lines.map((line, index) => moveTo(first + index, 0) + cut(line, columns) + clearLine).join('');
    if (below === this.below) return '';
    this.below = below;
    return saveCursor + below + restoreCursor;
  }

  private get devices(): Debuggee['system']['running']['devices'] {
    return this.debuggee.system.running.devices;
  }
}
