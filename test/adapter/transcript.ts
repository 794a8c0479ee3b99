// A session as text: what the client asked, what the adapter answered and told, in an order that does not depend on the
// machine's speed. Output is gathered up to the next stop, paths are made relative, and what changes with every release
// of the protocol's package (the capabilities) is left out.
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debugged } from './adapterProcess';

export class Transcript {
  private readonly lines: string[] = [];
  private printed = 0;

  constructor(private readonly guest: Debugged) {}

  get text(): string {
    return `${this.lines.join('\n')}\n`;
  }

  note(text: string): void {
    this.lines.push('', `# ${text}`);
  }

  /** Sends a request and writes down its answer. */
  async ask(command: string, args: object): Promise<unknown> {
    this.lines.push(`→ ${command} ${shown(args)}`);
    const { body } = (await this.guest.client.customRequest(command, args)) as { body?: unknown };
    if (body !== undefined) this.lines.push(`← ${shown(body)}`);
    return body;
  }

  /** Sends a request that lets the guest go on, and writes down where it stops. */
  async goOn(command: string, args: object = { threadId: 1 }): Promise<void> {
    this.lines.push(`→ ${command} ${shown(args)}`);
    const stop = await this.guest.stopAfter(() => this.guest.client.customRequest(command, args));
    this.output();
    const { reason, text, description } = stop;
    this.lines.push(`⇐ stopped ${shown({ reason, text, description })}`);
    await this.stack();
  }

  /** Sends a request that lets the guest run to its end. */
  async end(command: string): Promise<void> {
    this.lines.push(`→ ${command}`);
    const code = await this.guest.endAfter(() => this.guest.client.customRequest(command, { threadId: 1 }));
    this.output();
    this.lines.push(`⇐ exited ${code ?? '-'}`, '⇐ terminated');
  }

  /** The call stack, a frame a line. */
  private async stack(): Promise<void> {
    for (const frame of await this.guest.stack()) this.lines.push(`    ${frameText(frame)}`);
  }

  private output(): void {
    const fresh = this.guest.output.slice(this.printed);
    this.printed = this.guest.output.length;
    for (const category of ['stdout', 'stderr', 'console']) {
      const text = fresh.filter(entry => entry.category === category).map(entry => entry.text);
      if (text.length > 0) this.lines.push(`⇐ ${category} ${JSON.stringify(text.join(''))}`);
    }
  }
}

function frameText({ name, source, line, presentationHint }: DebugProtocol.StackFrame): string {
  if (presentationHint === 'label') return `---- ${name}`;
  return source ? `${name} · ${source.name ?? ''}:${isMonitor(source) ? 'line' : line}` : name;
}

/** The monitor's lines move whenever its source is edited. */
const isMonitor = ({ sourceReference }: DebugProtocol.Source): boolean => (sourceReference ?? 0) > 0;

const shown = (value: unknown): string =>
  JSON.stringify(value, (key, inner: unknown) =>
    key === 'path' && typeof inner === 'string' ? path.relative('.', inner) : inner,
  );
