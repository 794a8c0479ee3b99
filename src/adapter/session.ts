// A debug session: a client on one side, a guest on the other. Messages come in by `handleMessage` and go out by
// `onDidSendMessage`, whatever carries them.
import {
  BreakpointEvent,
  Event,
  ExitedEvent,
  InitializedEvent,
  InvalidatedEvent,
  MemoryEvent,
  OutputEvent,
  StoppedEvent,
  TerminatedEvent,
} from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Diagnostic } from '../asm/assemble';
import { Debuggee } from '../debug/debuggee';
import { exitCodeOf, type Ending, type Stop } from '../debug/stop';
import type { Explanation } from '../debug/explain';
import { never } from '../debug/goals';
import { type LaunchOptions, parseLaunchOptions } from '../debug/launch';
import { memoryReference } from '../debug/memory';
import { linearEip } from '../debug/position';
import { AssemblyFailure, type Program } from '../debug/program';
import { SymbolTable } from '../debug/symbols';
import { errors } from '../debug/userError';
import { Client } from './client';
import { diagnosticOutput } from './diagnosticOutput';
import { GuestHost } from './guestHost';
import type { AdapterHost } from './host';
import { MessageSession } from './messageSession';
import { requests } from './requests';
import { ClientBreakpoints } from './sourceBreakpoints';
import { Sources } from './sources';
import { StoppedViews } from './stoppedViews';
import { stopReason } from './stopReason';

export class Session extends MessageSession {
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
  private readonly guestHost: GuestHost;

  constructor(private readonly host: AdapterHost) {
    super();
    this.guestHost = new GuestHost(this, host);
  }

  protected override perform(command: string, args: Record<string, unknown>): unknown {
    const known = requests.get(command);
    if (!known) throw errors.unknownRequest(String(command));
    return known.run(this, args, command);
  }

  protected override end(): void {
    this.abandonRun();
    this.debuggee?.dispose();
    this.debuggee = undefined;
    this.host.end();
  }

  // --- the beginning and the end

  greet(args: DebugProtocol.InitializeRequestArguments): void {
    this.client = new Client(args);
  }

  async launch(given: Record<string, unknown>): Promise<void> {
    this.traced = given.trace === true;
    await this.load(parseLaunchOptions(given, this.host.currentFolder));
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
    await this.load(given ? parseLaunchOptions(given, this.host.currentFolder) : options);
    for (const breakpoint of this.breakpoints.setAgain()) this.sendEvent(new BreakpointEvent('changed', breakpoint));
    this.begin();
  }

  terminate(): void {
    this.abandonRun();
    this.afterResponse(() => this.sendEvent(new TerminatedEvent()));
  }

  disconnect(): void {
    this.abandonRun();
    this.afterResponse(() => this.end());
  }

  private async load(options: LaunchOptions): Promise<void> {
    try {
      const debuggee = await Debuggee.launch(options, this.host.files, this.guestHost, this.breakpoints.engine);
      this.abandonRun();
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

  /** What a logpoint says, with its place. */
  log(text: string, linear: number): void {
    const event: DebugProtocol.OutputEvent = new OutputEvent(`${text}\n`, 'console');
    const position = this.debuggee?.symbols.positionOf(linear);
    if (position) {
      event.body.source = this.sources.ofFile(position.file);
      event.body.line = this.client.lineOut(position.line);
    }
    this.sendEvent(event);
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
    this.guestHost.flush();
    this.lastStop = stop;
    if (stop.kind === 'ended') this.ended(debuggee, stop.ending);
    else this.reportStop(debuggee, stop);
  }

  /** A run that is given up reports nothing any more. */
  private abandonRun(): void {
    this.epoch++;
    this.running = false;
    this.debuggee?.engine.pause();
    this.guestHost.flush();
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
    const { reason, ids, problem } = stopReason(stop);
    const explanation = explanationOf(debuggee, stop);
    const stage = this.sayStage(debuggee);
    if (problem !== undefined) this.say(`${problem}\n`, 'stderr');
    const description = explanation?.summary ?? stage;
    this.reportStopped(reason, { text: explanation?.id, description, hitBreakpointIds: ids });
  }

  /** In the monitor: what has just happened there, also for the Debug Console. */
  private sayStage({ engine: { trap } }: Debuggee): string | undefined {
    const stage = trap?.current;
    if (!stage) return undefined;
    const text = `${stage.kind}: ${stage.text}`;
    this.say(`${text}\n`, 'console');
    return text;
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
    const explanation = lastStop && explanationOf(this.stopped(), lastStop);
    if (explanation) return explanation;
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

/** Of stops that say more than where they are. */
function explanationOf({ explainer }: Debuggee, stop: Stop): Explanation | undefined {
  if (stop.kind === 'event') return explainer.event(stop.event);
  return stop.kind === 'access' ? explainer.access(stop.access) : undefined;
}
