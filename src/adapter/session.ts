// A debug session: a client on one side, a guest on the other. Requests call it; what they ask for, and when, the client
// decides, so each says first what state of the guest it needs.
import {
  BreakpointEvent,
  Event,
  InitializedEvent,
  InvalidatedEvent,
  MemoryEvent,
  OutputEvent,
  TerminatedEvent,
} from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Diagnostic } from '../asm/assemble';
import { Debuggee } from '../debug/debuggee';
import type { Explanation } from '../debug/explain';
import type { ExpressionContext } from '../debug/expressions/evaluate';
import { never } from '../debug/goals';
import { type LaunchOptions, parseLaunchOptions } from '../debug/launch';
import { memoryReference } from '../debug/memory';
import { AssemblyFailure } from '../debug/assembledSource';
import { ProgramSymbols } from '../symbols/programSymbols';
import { errors, ownErrorText } from '../debug/userError';
import type { Linear } from '../base/address';
import { english, speak, t } from '../base/localization';
import { lastScreen, screenShown } from '../shared/guestScreen';
import type { Statement } from '../monitor/statements';
import type { TechniqueName } from '../monitor/system';
import { Client, type ClientFacts } from './client';
import type { ClientConnection } from './clientConnection';
import { diagnosticOutput } from './diagnosticOutput';
import { GuestHost } from './guestHost';
import type { AdapterHost } from './host';
import { languageOf } from './languages';
import { notices } from './notices';
import { type Action, Runs } from './runs';
import { ScreenPulls } from './screenPulls';
import { ClientBreakpoints } from './sourceBreakpoints';
import { Sources } from './sources';
import { StoppedViews } from './stoppedViews';
import { StopReports, threadId } from './stopReports';
import { Facts } from './where/facts';

export class Session {
  client = new Client();
  /** what it says to the client */
  private language = english;
  readonly sources = new Sources(
    () => this.client,
    () => this.debuggee?.options.technique !== 'none',
  );
  readonly breakpoints = new ClientBreakpoints(
    () => this.client,
    this.sources,
    () => this.debuggee?.symbols ?? ProgramSymbols.empty,
    problem => this.connection.say(`${problem}\n`, 'stderr'),
  );
  readonly screen = new ScreenPulls(
    () => this.debuggee?.system.running.devices.display.frame(),
    () => this.connection.sendEvent(new Event(screenShown)),
  );
  private debuggee: Debuggee | undefined;
  /** what `stepIntoEverything` has said, if it has */
  private everything: boolean | undefined;
  private isStepping = false;
  private currentViews: StoppedViews | undefined;
  private readonly runs: Runs;
  private readonly reports: StopReports;
  private readonly guestHost: GuestHost;

  constructor(
    private readonly host: AdapterHost,
    private readonly connection: ClientConnection,
  ) {
    this.guestHost = new GuestHost(
      {
        say: (...what) => connection.say(...what),
        log: (...what) => this.log(...what),
        turnEnded: () => this.screen.look(),
        turnBegins: () => this.speak(),
      },
      host,
    );
    this.reports = new StopReports(connection);
    this.runs = new Runs({
      stopped: (debuggee, stop) => {
        this.guestHost.settle();
        this.tellBreakpoints(this.breakpoints.changes());
        if (stop.kind === 'ended') this.sendLastScreen();
        this.reports.stopped(debuggee, stop);
      },
      failed: error => this.failed(error),
    });
  }

  // --- the beginning and the end

  /** before any launch */
  get announcedTechnique(): TechniqueName | undefined {
    return this.host.technique;
  }

  greet(facts: ClientFacts): void {
    this.client = new Client(facts);
    this.language = languageOf(facts.locale ?? english.locale);
    this.speak();
  }

  /** Whoever does something for this session says it in its language: several may live in one process. */
  speak(): void {
    speak(this.language);
  }

  /** From the next step on, in this session, whatever the launch has said. */
  stepIntoEverything(isOn: boolean): void {
    this.loaded().engine.stepsIntoEverything = isOn;
    this.everything = isOn;
  }

  async launch(given: Readonly<Record<string, unknown>>, isCancelled: () => boolean): Promise<void> {
    const { token } = this.host;
    if (token !== undefined && given.token !== token) throw errors.wrongToken();
    this.connection.traced = given.trace === true;
    await this.load(parseLaunchOptions(given, this.host.currentFolder), isCancelled);
    this.connection.sendEvent(new InitializedEvent());
  }

  /** The client has set its breakpoints: off it goes, or stops where it stands. */
  begin(): void {
    const debuggee = this.stopped();
    const { stopOnEntry = !this.breakpoints.engine.couldStop } = debuggee.options;
    if (stopOnEntry) this.afterResponse(() => this.reports.report(debuggee, 'entry'));
    else this.resume(({ engine }) => engine.run(never, { judgesFirst: true }));
  }

  /** From the beginning, with the sources as they are now. */
  async restart(given: Readonly<Record<string, unknown>> | undefined, isCancelled: () => boolean): Promise<void> {
    const { options } = this.loaded();
    await this.load(given ? parseLaunchOptions(given, this.host.currentFolder) : options, isCancelled);
    this.tellBreakpoints(this.breakpoints.setAgain());
    this.begin();
  }

  private tellBreakpoints(breakpoints: readonly DebugProtocol.Breakpoint[]): void {
    for (const breakpoint of breakpoints) this.connection.sendEvent(new BreakpointEvent('changed', breakpoint));
  }

  terminate(): void {
    this.abandonRun();
    this.afterResponse(() => {
      this.sendLastScreen();
      this.connection.sendEvent(new TerminatedEvent());
    });
  }

  private sendLastScreen(): void {
    const screen = this.screen.last();
    if (screen) this.connection.sendEvent(new Event(lastScreen, screen));
  }

  disconnect(): void {
    this.abandonRun();
    this.afterResponse(() => this.end());
  }

  /** The client has gone. */
  end(): void {
    this.abandonRun();
    this.screen.giveUp();
    this.debuggee?.dispose();
    this.debuggee = undefined;
    this.host.end();
  }

  cancel(request: number): void {
    this.connection.cancel(request);
  }

  private async load(options: LaunchOptions, isCancelled: () => boolean): Promise<void> {
    try {
      const { files, assembler } = this.host;
      const debuggee = await Debuggee.launch(options, files, this.guestHost, this.breakpoints.engine, assembler);
      if (isCancelled()) {
        debuggee.dispose();
        throw errors.cancelled();
      }
      this.abandonRun();
      this.debuggee?.dispose();
      this.debuggee = debuggee;
      if (this.everything !== undefined) debuggee.engine.stepsIntoEverything = this.everything;
      this.loadedProgram(debuggee);
      for (const { program } of debuggee.system.guests)
        if (program.bootText !== undefined) this.connection.say(`${program.bootText}\n`, 'console');
    } catch (error) {
      if (error instanceof AssemblyFailure) this.sayDiagnostics(error.diagnostics, error.sources);
      throw error;
    }
  }

  private loadedProgram({ sources, warnings }: Debuggee): void {
    this.sources.setProgram(sources);
    this.sayDiagnostics(warnings, sources);
    this.currentViews = undefined;
    this.reports.forget();
    this.guestHost.begin();
    this.screen.forget();
  }

  private sayDiagnostics(diagnostics: readonly Diagnostic[], paths: ReadonlyMap<string, string>): void {
    for (const body of diagnosticOutput(diagnostics, paths, this.client)) {
      this.connection.sendEvent(new Event('output', body));
    }
  }

  /** What a logpoint says, with its place. */
  private log(text: string, place: Linear | Statement): void {
    const event: DebugProtocol.OutputEvent = new OutputEvent(`${text}\n`, 'console');
    Object.assign(event.body, this.positionOf(place));
    this.connection.sendEvent(event);
  }

  private positionOf(place: Linear | Statement): { source?: DebugProtocol.Source; line?: number } {
    if (typeof place !== 'number')
      return { source: this.sources.ofMonitor(place.file), line: this.client.lineOut(place.line) };
    const position = this.debuggee?.symbols.lines.positionOf(place);
    if (!position) return {};
    return { source: this.sources.ofFile(position.file), line: this.client.lineOut(position.line) };
  }

  // --- running

  get threadName(): string {
    return this.debuggee ? t`Guest · ${this.debuggee.options.technique}` : t`Guest`;
  }

  /** As `resume`. A step that is asked for while one is under way, as by a key that is held, comes to nothing. */
  step(action: Action): void {
    if (this.runs.running && this.isStepping) return;
    this.resume(action);
    this.isStepping = true;
  }

  /** Lets the guest go on; the stop is reported when it comes. */
  resume(action: Action): void {
    const start = this.runs.prepare(this.stopped(), action);
    this.isStepping = false;
    this.currentViews = undefined;
    this.afterResponse(start);
  }

  pause(): void {
    const debuggee = this.loaded();
    if (this.runs.running) debuggee.engine.pause();
    else this.afterResponse(() => this.reports.report(debuggee, 'pause'));
  }

  private abandonRun(): void {
    this.runs.giveUp();
    this.debuggee?.engine.pause();
    this.guestHost.settle();
  }

  private failed(error: unknown): void {
    this.connection.say(`${notices.stopped(ownErrorText(error))}\n`, 'stderr');
    this.connection.sendEvent(new TerminatedEvent());
  }

  /** What is to follow a response has to wait for it. */
  private afterResponse(then: () => void): void {
    void this.host.letEventsIn().then(() => {
      this.speak();
      then();
    });
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
    if (this.runs.running) throw errors.running();
    return debuggee;
  }

  get isRunning(): boolean {
    return this.runs.running;
  }

  /** What can be said of the guest, which stands still. */
  facts(): Facts {
    return new Facts(this.stopped(), this.sources, this.client);
  }

  views(): StoppedViews {
    this.currentViews ??= new StoppedViews(this.stopped(), this.sources, this.client);
    return this.currentViews;
  }

  /** addresses at which the guest has stopped */
  get visited(): ReadonlySet<number> {
    return this.reports.visited;
  }

  /** A local of the monitor by its name, while it stands there. */
  localNamed(frameId: number, expression: string): DebugProtocol.Variable | undefined {
    const inMonitor = this.debuggee?.engine.inMonitor === true && !this.runs.running;
    return inMonitor ? this.views().localNamed(frameId, expression) : undefined;
  }

  /** What an expression's names mean in a frame, or to the guest itself while it runs. */
  contextOf(frameId: number | undefined): ExpressionContext {
    const { context } = this.readable();
    return frameId === undefined || this.runs.running ? context : this.views().contextOf(frameId);
  }

  explainStop(): Explanation {
    return this.reports.explain(this.stopped());
  }

  /** The user has changed the guest: what the client shows of it is stale, but what it has references to is still there. */
  changed(address: number | undefined, bytes: number): void {
    this.currentViews?.changed();
    this.screen.look();
    if (address !== undefined && this.client.knowsMemoryEvents) {
      this.connection.sendEvent(new MemoryEvent(memoryReference({ space: 'gva', address }), 0, bytes));
    }
    if (this.client.knowsInvalidated) {
      this.connection.sendEvent(new InvalidatedEvent(['variables', 'stacks'], threadId));
    }
  }
}
