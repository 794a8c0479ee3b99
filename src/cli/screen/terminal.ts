// The terminal that the command line has for itself for some time: another page than the one with the user's commands, and every key
// as it is typed. It is given back whatever happens.
import type { ReadStream, WriteStream } from 'node:tty';
import type { TerminalSize } from './terminalPicture';

const enterPage = '\x1b[?1049h\x1b[2J';
const leavePage = '\x1b[0m\x1b[?25h\x1b[?1049l';
const bell = '\x07';

/** By their numbers, for exit codes as shells give them. */
const endingSignals = { SIGTERM: 15, SIGHUP: 1 } as const;

/** Undefined if either of the two leads elsewhere. */
export const theTerminal = (): Terminal | undefined =>
  process.stdin.isTTY && process.stdout.isTTY ? new Terminal(process.stdin, process.stdout) : undefined;

const usualSize: TerminalSize = { columns: 80, rows: 25 };

export class Terminal {
  private isTaken = false;

  constructor(
    private readonly input: ReadStream,
    private readonly output: WriteStream,
  ) {}

  get size(): TerminalSize {
    // a terminal that does not know its size says 0
    return { columns: this.output.columns || usualSize.columns, rows: this.output.rows || usualSize.rows };
  }

  /** Has it taken what was written? */
  get isReady(): boolean {
    return this.output.writableLength === 0;
  }

  write(text: string): void {
    if (this.isTaken && text !== '') this.output.write(text);
  }

  /** Calls once when it has taken everything. Only who has written too much is told by the stream itself. */
  whenReady(then: () => void): void {
    this.output.write('', error => {
      if (!error) then();
    });
  }

  ring(): void {
    this.write(bell);
  }

  /** What is typed meanwhile goes to `hear`. */
  async during<Result>(use: () => Promise<Result>, hear: (typed: string) => void): Promise<Result> {
    const giveBack = (): void => this.giveBack();
    const signals = Object.entries(endingSignals).map(
      ([name, number]) => [name, () => process.exit(128 + number)] as const,
    );
    // the last is also for errors that nobody has caught
    process.on('exit', giveBack);
    for (const [name, end] of signals) process.on(name, end);
    try {
      this.take(hear);
      return await use();
    } finally {
      this.giveBack();
      this.input.off('data', hear);
      for (const [name, end] of signals) process.off(name, end);
      process.off('exit', giveBack);
    }
  }

  private take(hear: (typed: string) => void): void {
    this.isTaken = true;
    this.output.write(enterPage);
    this.input.setRawMode(true);
    this.input.setEncoding('utf8');
    this.input.on('data', hear);
    this.input.resume();
  }

  private giveBack(): void {
    if (!this.isTaken) return;
    this.isTaken = false;
    this.input.setRawMode(false);
    this.input.pause();
    this.output.write(leavePage);
  }
}
