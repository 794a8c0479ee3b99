// Breakpoints by address, from source lines, labels or instructions, and the event filters; with their conditions, hit
// counts and log messages. They only say whether to stop: who asks, and when, is the engine's affair.

import { compileCondition, type ExpressionContext } from './expressions/evaluate';
import { type FilterRow, filterRows } from './guestEvents';
import { type HitCondition, parseHitCondition } from './hitCondition';
import { type LogMessage, parseLogMessage } from './logMessage';
import { UserError } from './userError';

/** What the user wrote beside a breakpoint. Empty strings count as not given. */
export interface BreakpointTerms {
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

export type BreakpointKind = 'source' | 'function' | 'instruction';

export interface BreakpointRequest extends BreakpointTerms {
  /** where it lies; none if `problem` says why it lies nowhere */
  readonly addresses: readonly number[];
  readonly problem?: string;
}

/** The outcome of asking a breakpoint or filter: go on, say something and go on, or stop. */
type Verdict = { readonly stops: boolean; readonly log?: string; readonly problem?: string };
const pass: Verdict = { stops: false };

/** Conditions, hit count and log message, ready to be judged. */
class Terms {
  private readonly holds: ((context: ExpressionContext) => boolean) | undefined;
  private readonly hitCondition: HitCondition | undefined;
  private readonly logMessage: LogMessage | undefined;
  private hits = 0;

  /** @throws UserError */
  constructor({ condition, hitCondition, logMessage }: BreakpointTerms) {
    this.holds = condition ? compileCondition(condition) : undefined;
    this.hitCondition = hitCondition ? parseHitCondition(hitCondition) : undefined;
    this.logMessage = logMessage ? parseLogMessage(logMessage) : undefined;
  }

  judge(context: ExpressionContext): Verdict {
    try {
      if (this.holds && !this.holds(context)) return pass;
    } catch (error) {
      if (error instanceof UserError)
        return { stops: true, problem: `Its condition cannot be judged: ${error.message}` };
      throw error;
    }
    this.hits++;
    if (this.hitCondition && !this.hitCondition(this.hits)) return pass;
    return this.logMessage ? { stops: false, log: this.logMessage(context) } : { stops: true };
  }

  forgetHits(): void {
    this.hits = 0;
  }
}

export class Breakpoint {
  readonly problem: string | undefined;
  readonly addresses: readonly number[];
  private readonly terms: Terms | undefined;

  constructor(
    readonly id: number,
    readonly kind: BreakpointKind,
    request: BreakpointRequest,
  ) {
    const { terms, problem } = termsOf(request);
    this.problem = request.problem ?? problem;
    this.terms = terms;
    this.addresses = this.problem === undefined ? request.addresses : [];
  }

  get verified(): boolean {
    return this.problem === undefined && this.addresses.length > 0;
  }

  judge(context: ExpressionContext): Verdict {
    return this.terms?.judge(context) ?? pass;
  }

  forgetHits(): void {
    this.terms?.forgetHits();
  }
}

function termsOf(given: BreakpointTerms): { terms?: Terms; problem?: string } {
  try {
    return { terms: new Terms(given) };
  } catch (error) {
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  }
}

export interface FilterChoice {
  readonly filter: string;
  readonly condition?: string;
}

export interface Hit {
  readonly stops: boolean;
  readonly ids: readonly number[];
  readonly kind: BreakpointKind;
  readonly logs: readonly string[];
  /** what is wrong with a condition, if that is why it stops */
  readonly problem?: string;
}

export class Breakpoints {
  private lastId = 0;
  /** by the group that the client replaces as a whole: one source, all functions, all instructions */
  private readonly groups = new Map<string, readonly Breakpoint[]>();
  private byAddress: ReadonlyMap<number, readonly Breakpoint[]> = new Map();
  private readonly filters = new Map<string, Terms>();

  constructor() {
    for (const { filter, onByDefault } of filterRows) if (onByDefault) this.filters.set(filter, new Terms({}));
  }

  /** Puts `requests` in place of the group's breakpoints and returns the new ones, in order, with `ids` if given. */
  replace(
    group: string,
    kind: BreakpointKind,
    requests: readonly BreakpointRequest[],
    ids: readonly number[] = [],
  ): readonly Breakpoint[] {
    const breakpoints = requests.map((request, index) => new Breakpoint(ids[index] ?? ++this.lastId, kind, request));
    this.groups.set(group, breakpoints);
    const byAddress = new Map<number, Breakpoint[]>();
    for (const breakpoint of [...this.groups.values()].flat()) {
      for (const address of breakpoint.addresses) {
        byAddress.set(address, [...(byAddress.get(address) ?? []), breakpoint]);
      }
    }
    this.byAddress = byAddress;
    return breakpoints;
  }

  idsOf(group: string): readonly number[] {
    return (this.groups.get(group) ?? []).map(({ id }) => id);
  }

  /** Puts `choices` in place of the filters that were on. Of each: undefined, or what is wrong with it. */
  setFilters(choices: readonly FilterChoice[]): (string | undefined)[] {
    this.filters.clear();
    return choices.map(({ filter, condition }) => {
      if (!isFilter(filter)) return `There is no filter "${filter}".`;
      const { terms, problem } = termsOf({ condition });
      if (terms) this.filters.set(filter, terms);
      return problem;
    });
  }

  /** The addresses at which something may stop; another map whenever they have changed. */
  get addresses(): ReadonlyMap<number, unknown> {
    return this.byAddress;
  }

  isOn(filter: string): boolean {
    return this.filters.has(filter);
  }

  /** Does the filter's condition hold? With what is wrong with it, if that is why. */
  judgeFilter(filter: string, context: ExpressionContext): Verdict {
    return this.filters.get(filter)?.judge(context) ?? pass;
  }

  /** Asks every breakpoint at `address`. */
  judge(address: number, context: ExpressionContext): Hit | undefined {
    const here = this.byAddress.get(address);
    if (here === undefined) return undefined;
    const judged = here.map(breakpoint => ({ breakpoint, verdict: breakpoint.judge(context) }));
    const stopping = judged.filter(({ verdict }) => verdict.stops);
    return {
      stops: stopping.length > 0,
      ids: stopping.map(({ breakpoint }) => breakpoint.id),
      kind: stopping[0]?.breakpoint.kind ?? 'source',
      logs: judged.flatMap(({ verdict }) => verdict.log ?? []),
      problem: stopping.find(({ verdict }) => verdict.problem)?.verdict.problem,
    };
  }

  forgetHits(): void {
    for (const breakpoint of [...this.groups.values()].flat()) breakpoint.forgetHits();
    for (const terms of this.filters.values()) terms.forgetHits();
  }
}

const isFilter = (name: string): boolean => filterRows.some(({ filter }: FilterRow) => filter === name);
