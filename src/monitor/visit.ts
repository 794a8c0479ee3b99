// One visit to the monitor: the exit that began it, and the handler that deals with it. Nobody watches as a rule, and the
// handler simply runs. It can also be stepped, statement by statement, with the locals of each function under way; then
// each stage leaves a sentence with values as its lines have been passed.

import { type Handler, type Heading, type StageKind, type Statement, type Stepper, steppingForm } from './statements';
import type { ProcessorState } from '../cpu/registers/state';
import type { Exit } from './exit';
import type { PushedFrame } from './pushedFrame';
import type { TrappedInstruction } from './trappedInstruction';

/** What becomes of a stage: told by rows beside the handlers, which themselves report nothing. */
export interface Sentence {
  /** what `tell` wants to know of the time before the stage */
  readonly before?: (locals: Locals) => unknown;
  /** what happened, in one line with values; and under which other stage, if it came otherwise than the heading says */
  readonly tell: (locals: Locals, before: unknown) => string | PassedStage;
}
export type Locals = Readonly<Record<string, unknown>>;
/** by function and stage */
export type Sentences = Readonly<Record<string, Readonly<Partial<Record<StageKind, Sentence>>>>>;

/** How locals are shown in the field's words, by name. */
export type LocalTexts = Readonly<Record<string, (value: unknown, locals: Locals) => string>>;

export interface PassedStage {
  readonly kind: StageKind;
  readonly text: string;
}

/** Did the guest do something that the monitor must handle, or is it the monitor's own affair: hidden faults, the host's timer, catching up? */
export type Purpose = 'guest' | 'bookkeeping';

/** A function of the monitor that is under way, at the statement that comes next or whose call has not returned yet. */
export interface MonitorFrame {
  readonly statement: Statement;
  readonly locals: Locals;
}

/** Shall the handler stop before this statement, `depth` calls deep? */
export type StopsAt = (statement: Statement, depth: number) => boolean;

interface Frame {
  statement: Statement | undefined;
  read: (index: number) => unknown;
  heading: Heading | undefined;
  before: unknown;
}

export interface VisitParts {
  readonly exit: Exit;
  readonly purpose: () => Purpose;
  /** Why the monitor was called, in a sentence for who sees it for the first time. Asked before the visit begins. */
  readonly cause: () => string;
  /** What the hardware had when the guest lost control. Asked before the visit begins; undefined if the guest did not run on it. */
  readonly trapped: () => ProcessorState | undefined;
  /** What the hardware pushed; undefined where the monitor goes on without a trap. */
  readonly pushed: () => PushedFrame | undefined;
  /** What the guest was at, if it trapped; filled in during the visit. */
  readonly about: TrappedInstruction | undefined;
  readonly sentences: Sentences;
  readonly localTexts: LocalTexts;
}

export class Visit implements Stepper {
  readonly exit: Exit;
  private readonly frames: Frame[] = [];
  private readonly passed: PassedStage[] = [];
  private under: Generator<void, void, void> | undefined;
  private hasEnded = false;
  private stopsAt: StopsAt = () => false;
  private tells = false;
  private statementsPassed = 0;
  private knownPurpose: Purpose | undefined;
  private beginning: { readonly cause: string; readonly trapped: ProcessorState | undefined } | undefined;

  private constructor(
    private readonly parts: VisitParts,
    private readonly plain: () => void,
    private readonly stepping: (visit: Visit) => Generator<void, void, void>,
  ) {
    this.exit = parts.exit;
  }

  static by<Args extends readonly unknown[]>(parts: VisitParts, handler: Handler<Args, void>, ...args: Args): Visit {
    return new Visit(
      parts,
      () => handler(...args),
      visit => visit.call(handler, ...args),
    );
  }

  /** Judged by what the guest's tables say before the visit begins; unknown of one that nobody watched. */
  get purpose(): Purpose | undefined {
    if (!this.under && !this.hasEnded) this.knownPurpose ??= this.parts.purpose();
    return this.knownPurpose;
  }

  /** Why the monitor was called; unknown of a visit that nobody watched. */
  get cause(): string | undefined {
    return this.beginning?.cause;
  }

  /** What the hardware had when the guest lost control, if it ran on it and somebody watched. */
  get trapped(): ProcessorState | undefined {
    return this.beginning?.trapped;
  }

  /** What the hardware pushed at the entry, if there was one. */
  get pushed(): PushedFrame | undefined {
    return this.parts.pushed();
  }

  /** What the guest was at, if it trapped; all of it is known when the visit is over. */
  get about(): TrappedInstruction | undefined {
    return this.parts.about;
  }

  /** Has it begun, and is it not over yet? */
  get isUnderWay(): boolean {
    return this.frames.length > 0;
  }

  get isOver(): boolean {
    return this.hasEnded;
  }

  /** How many functions of the monitor are under way. */
  get depth(): number {
    return this.frames.length;
  }

  /** How many statements have been passed: where in the visit it is. */
  get position(): number {
    return this.statementsPassed;
  }

  /** The functions under way, innermost first. */
  get stack(): readonly MonitorFrame[] {
    return this.frames
      .flatMap(({ statement, read }) => (statement ? [{ statement, locals: localsOf(statement, read) }] : []))
      .reverse();
  }

  /** A local in the field's words; undefined where its value speaks for itself. */
  describeLocal(name: string, locals: Locals): string | undefined {
    return this.parts.localTexts[name]?.(locals[name], locals);
  }

  /** The stages passed so far while somebody watched, in their order. */
  get stages(): readonly PassedStage[] {
    return this.passed;
  }

  /** The stage that the statement which comes next belongs to. */
  get heading(): Heading | undefined {
    return this.frames[this.frames.length - 1]?.statement?.heading;
  }

  /** On to the next statement where `stopsAt` says so. False if the visit is over. `tells`: stages leave their sentences. */
  next(stopsAt: StopsAt, tells: boolean): boolean {
    if (this.hasEnded) return false;
    this.stopsAt = stopsAt;
    this.tells = tells;
    if (!this.under) this.begin();
    this.hasEnded = this.under?.next().done === true;
    return !this.hasEnded;
  }

  private begin(): void {
    this.knownPurpose = this.purpose;
    this.beginning = { cause: this.parts.cause(), trapped: this.parts.trapped() };
    this.under = this.stepping(this);
  }

  /** To the end, unwatched. */
  finish(): void {
    if (this.hasEnded) return;
    if (this.under) {
      this.next(() => false, false);
      return;
    }
    this.hasEnded = true;
    this.plain();
  }

  // --- what the stepping forms call

  *call<Args extends readonly unknown[], Result>(
    handler: Handler<Args, Result>,
    ...args: Args
  ): Generator<void, Result, void> {
    const frame: Frame = { statement: undefined, read: () => undefined, heading: undefined, before: undefined };
    this.frames.push(frame);
    const result = yield* steppingForm(handler)(this, ...args);
    this.endStage(frame);
    this.frames.pop();
    return result;
  }

  at(statement: Statement, read: Frame['read']): boolean {
    const frame = this.frames[this.frames.length - 1];
    const isOther = statement.heading !== frame.heading || statement.begins;
    if (isOther) this.endStage(frame);
    frame.statement = statement;
    frame.read = read;
    if (isOther) this.beginStage(frame);
    this.statementsPassed++;
    return this.stopsAt(statement, this.frames.length);
  }

  private beginStage(frame: Frame): void {
    const { statement, read } = frame;
    if (!this.tells || !statement?.heading) return;
    frame.heading = statement.heading;
    frame.before = this.sentence(statement)?.before?.(localsOf(statement, read));
  }

  private endStage(frame: Frame): void {
    const { statement, read, heading, before } = frame;
    frame.heading = undefined;
    if (!this.tells || !statement || !heading) return;
    const told = this.sentence(statement)?.tell(localsOf(statement, read), before);
    if (told !== undefined) this.passed.push(typeof told === 'string' ? { kind: heading.kind, text: told } : told);
  }

  private sentence({ handler, heading }: Statement): Sentence | undefined {
    return heading && this.parts.sentences[handler]?.[heading.kind];
  }
}

function localsOf({ locals }: Statement, read: Frame['read']): Locals {
  const values: Record<string, unknown> = {};
  locals.forEach((name, index) => {
    try {
      values[name] = read(index);
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
    }
  });
  return values;
}
