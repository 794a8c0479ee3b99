// A debug session: a client on one side, a guest on the other. Messages come in by `handleMessage` and go out by
// `onDidSendMessage`, whatever carries them.
import {
  BreakpointEvent,
  DebugSession,
  Event,
  ExitedEvent,
  InitializedEvent,
  InvalidatedEvent,
  MemoryEvent,
  OutputEvent,
  Response,
  StoppedEvent,
  TerminatedEvent,
} from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Diagnostic } from '../asm/assemble';
import { Debuggee, type DebuggeeHost } from '../debug/debuggee';
import type { Ending, Stop } from '../debug/engine';
import type { Explanation } from '../debug/explain';
import { never } from '../debug/goals';
import { type LaunchOptions, parseLaunchOptions } from '../debug/launch';
import { memoryReference } from '../debug/memory';
import { linearEip } from '../debug/position';
import { AssemblyFailure, type Program } from '../debug/program';
import { SymbolTable } from '../debug/symbols';
import { errors, UserError } from '../debug/userError';
import { Client } from './client';
import { diagnosticOutput } from './diagnosticOutput';
import { GuestOutput } from './guestOutput';
import type { AdapterHost } from './host';
import { requests } from './requests';
import { ClientBreakpoints } from './sourceBreakpoints';
import { Sources } from './sources';
import { StoppedViews } from './stoppedViews';
import { stopReason } from './stopReason';

/** Short enough that a pause is answered at once, long enough that letting events in costs little. */
const turnMs = 15;

/** The process's exit code that a guest's ending stands for. */
const exitCodeOf = (ending: Ending): number =>
  ending.kind === 'exit' ? ending.code : ending.kind === 'halted' ? 0 : 4;

export class Session extends DebugSession {
  client = new Client();
  readonly threadId = 1;
  readonly sources = new Sources(() => this.debuggee?.options.technique !== 'none');
  readonly breakpoints = new ClientBreakpoints(
    () => this.client,
    this.sources,
    () => this.debuggee?.symbols ?? SymbolTable.empty,
  );
  /** addresses at which the guest has stopped */
  readonly visited = new Set<number>();
  private debuggee: Debuggee | undefined;
  private lastStop: Stop | undefined;
  private currentViews: StoppedViews | undefined;
  /** a guest runs; `epoch` tells the runs of a guest that has been replaced from those of the present one */
  private running = false;
  private epoch = 0;
  private traced = false;
  private readonly cancelled = new Set<number>();
  private turnEnd = 0;
  private readonly serial = new GuestOutput(text => this.say(text, 'stdout'));
  private readonly debugPort = new GuestOutput(text => this.say(text, 'console'));

  constructor(private readonly host: AdapterHost) {
    super();
  }

  // --- messages

  /** A message of the client; what is no message is said and forgotten. */
  override handleMessage(message: DebugProtocol.ProtocolMessage): void {
    if (typeof message !== 'object' || message === null || typeof message.type !== 'string') {
      this.malformed('a message has no type');
      return;
    }
    super.handleMessage(message);
  }

  malformed(problem: string): void {
    this.say(`Ringside has skipped a malformed message of the client: ${problem}.\n`, 'stderr');
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.answer(request);
  }

  /** The base class would end the process. */
  override shutdown(): void {
    this.host.end();
  }

  private async answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    try {
      if (this.traced) this.trace('→', request);
      const body = await this.perform(request);
      if (this.cancelled.delete(request.seq)) throw errors.cancelled();
      if (body !== undefined) response.body = body;
      this.sendResponse(response);
    } catch (error) {
      this.refuse(response, error);
    }
    if (this.traced) this.trace('←', response);
  }

  private perform({ command, arguments: args }: DebugProtocol.Request): unknown {
    const known = requests.get(command);
    if (!known) throw errors.unknownRequest(String(command));
    const given = typeof args === 'object' && args !== null ? { ...(args as Record<string, unknown>) } : {};
    return known.run(this, given, command);
  }

  private refuse(response: DebugProtocol.Response, error: unknown): void {
    const isForUser = error instanceof UserError || error instanceof AssemblyFailure;
    const message = error instanceof Error ? error.message : String(error);
    const text = isForUser ? message : `An error of Ringside's own: ${message}. Please report it.`;
    // as a variable, since braces in the text would be taken for variables; the underscore says: nothing personal
    const format = '{_text}';
    this.sendErrorResponse(response, {
      id: 1,
      format,
      variables: { _text: text },
      showUser: response.command === 'launch',
    });
  }

  private trace(direction: string, message: DebugProtocol.ProtocolMessage): void {
    this.say(`${direction} ${JSON.stringify(message)}\n`, 'console');
  }

  /** A line in the Debug Console. */
  say(text: string, category: string): void {
    this.sendEvent(new OutputEvent(text, category));
  }

  // --- the beginning and the end

  greet(args: DebugProtocol.InitializeRequestArguments): void {
    this.client = new Client(args);
  }

  async launch(given: Record<string, unknown>): Promise<void> {
    this.traced = given.trace === true;
    await this.load(parseLaunchOptions(given));
    this.sendEvent(new InitializedEvent());
  }

  /** The client has set its breakpoints: off it goes, or stops where it stands. */
  begin(): void {
    const { options } = this.loaded();
    if (options.stopOnEntry) this.afterResponse(() => this.reportStopped('entry'));
    else this.resume(({ engine }) => engine.run(never, { judgesFirst: true }));
  }

  /** From the beginning, with the sources as they are now. */
  async restart(given: Record<string, unknown> | undefined): Promise<void> {
    const { options } = this.loaded();
    this.abandonRun();
    await this.load(given ? parseLaunchOptions(given) : options);
    for (const breakpoint of this.breakpoints.setAgain()) this.sendEvent(new BreakpointEvent('changed', breakpoint));
    this.begin();
  }

  terminate(): void {
    this.abandonRun();
    this.afterResponse(() => this.sendEvent(new TerminatedEvent()));
  }

  disconnect(): void {
    this.abandonRun();
    this.afterResponse(() => this.host.end());
  }

  cancel(request: number): void {
    this.cancelled.add(request);
  }

  private async load(options: LaunchOptions): Promise<void> {
    try {
      const debuggee = await Debuggee.launch(options, this.host.files, this.debuggeeHost(), this.breakpoints.engine);
      this.debuggee?.dispose();
      this.debuggee = debuggee;
      this.loadedProgram(debuggee.program);
    } catch (error) {
      if (error instanceof AssemblyFailure) this.sayDiagnostics(error.diagnostics, error.sources);
      throw error;
    }
  }

  private loadedProgram({ sources, warnings }: Program): void {
    this.sources.setProgram(sources);
    this.sayDiagnostics(warnings, sources);
    this.visited.clear();
    this.currentViews = undefined;
    this.lastStop = undefined;
  }

  private sayDiagnostics(diagnostics: readonly Diagnostic[], paths: ReadonlyMap<string, string>): void {
    for (const body of diagnosticOutput(diagnostics, paths, this.client)) this.sendEvent(new Event('output', body));
  }

  private debuggeeHost(): DebuggeeHost {
    return {
      serialOutput: byte => this.serial.add(byte),
      debugOutput: byte => this.debugPort.add(byte),
      log: (text, linear) => this.log(text, linear),
      turnIsOver: () => performance.now() >= this.turnEnd,
      yieldTurn: async () => {
        this.flushOutput();
        await this.host.letEventsIn();
        this.turnEnd = performance.now() + turnMs;
      },
    };
  }

  /** What a logpoint says, with its place. */
  private log(text: string, linear: number): void {
    const event: DebugProtocol.OutputEvent = new OutputEvent(`${text}\n`, 'console');
    const position = this.debuggee?.symbols.positionOf(linear);
    if (position) {
      event.body.source = this.sources.ofFile(position.file);
      event.body.line = this.client.lineOut(position.line);
    }
    this.sendEvent(event);
  }

  private flushOutput(): void {
    this.serial.flush();
    this.debugPort.flush();
  }

  // --- running

  get threadName(): string {
    return this.debuggee ? `Guest · ${this.debuggee.options.technique}` : 'Guest';
  }

  /** Lets the guest go on; the stop is reported when it comes. */
  resume(action: (debuggee: Debuggee) => Promise<Stop>): void {
    const debuggee = this.stopped();
    const { epoch } = this;
    this.running = true;
    this.currentViews = undefined;
    this.afterResponse(() => void this.follow(debuggee, action, epoch));
  }

  pause(): void {
    const { engine } = this.loaded();
    if (this.running) engine.pause();
    else this.afterResponse(() => this.reportStopped('pause'));
  }

  private async follow(
    debuggee: Debuggee,
    action: (debuggee: Debuggee) => Promise<Stop>,
    epoch: number,
  ): Promise<void> {
    let stop: Stop;
    try {
      stop = await action(debuggee);
    } catch (error) {
      if (epoch === this.epoch) this.failed(error);
      return;
    }
    if (epoch !== this.epoch) return;
    this.running = false;
    this.flushOutput();
    this.lastStop = stop;
    if (stop.kind === 'ended') this.ended(debuggee, stop.ending);
    else this.reportStop(debuggee, stop);
  }

  /** A run that is given up reports nothing any more. */
  private abandonRun(): void {
    this.epoch++;
    this.running = false;
    this.debuggee?.engine.pause();
    this.flushOutput();
  }

  private failed(error: unknown): void {
    this.running = false;
    const message = error instanceof Error ? error.message : String(error);
    this.say(`Ringside stopped because of an error of its own: ${message}. Please report it.\n`, 'stderr');
    this.sendEvent(new TerminatedEvent());
  }

  private ended({ explainer }: Debuggee, ending: Ending): void {
    this.say(`${explainer.ending(ending)}\n`, ending.kind === 'shutdown' ? 'stderr' : 'console');
    this.sendEvent(new ExitedEvent(exitCodeOf(ending)));
    this.sendEvent(new TerminatedEvent());
  }

  private reportStop(debuggee: Debuggee, stop: Stop): void {
    const { reason, ids, event, problem } = stopReason(stop);
    const explanation = event && debuggee.explainer.event(event);
    if (problem !== undefined) this.say(`${problem}\n`, 'stderr');
    this.reportStopped(reason, { text: explanation?.id, description: explanation?.summary, hitBreakpointIds: ids });
  }

  private reportStopped(reason: string, more: Partial<DebugProtocol.StoppedEvent['body']> = {}): void {
    this.visited.add(linearEip(this.loaded().system));
    const event: DebugProtocol.StoppedEvent = new StoppedEvent(reason, this.threadId);
    Object.assign(event.body, { allThreadsStopped: true }, more);
    this.sendEvent(event);
  }

  /** What is to follow a response has to wait for it. */
  private afterResponse(then: () => void): void {
    void this.host.letEventsIn().then(then);
  }

  // --- looking

  /** The guest, running or not. */
  loaded(): Debuggee {
    if (!this.debuggee) throw errors.notLaunched();
    return this.debuggee;
  }

  /** The guest, for a look that does not need it to stand still. */
  readable(): Debuggee {
    return this.loaded();
  }

  /** The guest, which stands still. */
  stopped(): Debuggee {
    const debuggee = this.loaded();
    if (this.running) throw errors.running();
    return debuggee;
  }

  views(): StoppedViews {
    this.currentViews ??= new StoppedViews(this.stopped(), this.sources, this.client);
    return this.currentViews;
  }

  /** Why the guest stands where it stands. */
  explainStop(): Explanation {
    const { explainer, engine } = this.stopped();
    const { lastStop } = this;
    if (lastStop?.kind === 'event') return explainer.event(lastStop.event);
    if (engine.inMonitor && engine.trap) return explainer.event({ kind: 'monitorEntry', exit: engine.trap.exit });
    const at = explainer.placeAt(linearEip(engine.system));
    return { id: 'stopped', summary: `stopped at ${at}`, details: [`The guest has stopped at ${at}.`] };
  }

  /** The user has changed the guest: what the client shows of it is stale. */
  changed(address: number | undefined, bytes: number): void {
    this.currentViews = undefined;
    if (address !== undefined && this.client.knowsMemoryEvents) {
      this.sendEvent(new MemoryEvent(memoryReference({ space: 'gva', address }), 0, bytes));
    }
    if (this.client.knowsInvalidated) this.sendEvent(new InvalidatedEvent(['variables', 'stacks'], this.threadId));
  }
}
