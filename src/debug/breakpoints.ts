// Breakpoints by address, from source lines, labels or instructions; data breakpoints; and the event filters; with their
// conditions, hit counts and log messages. They only say whether to stop: who asks, and when, is the engine's affair.

import type { Linear } from '../base/address';
import type { Statement } from '../monitor/statements';
import { type Access, touches, type WatchedRange } from '../cpu/memory/accessWatch';
import type { ExpressionContext } from './expressions/evaluate';
import { filterRows } from './guestEvents';
import type { NameJudge } from './expressions/names';
import { type BreakpointTerms, pass, Terms, termsOf, type Verdict } from './terms';
import { errors } from './userError';

/** How a breakpoint on code came about. */
export type CodeBreakpointKind = 'source' | 'function' | 'instruction';
export type BreakpointKind = CodeBreakpointKind | 'data';

export interface BreakpointRequest extends BreakpointTerms {
  /** where it lies; none if `problem` says why it lies nowhere */
  readonly addresses: readonly number[];
  /** whether the code that is meant stands at one of them; without it, it always does */
  readonly isThere?: (address: number) => boolean;
  /** in the monitor's source: the statements that it lies at */
  readonly statements?: readonly Statement[];
  /** of a data breakpoint: what it watches */
  readonly range?: WatchedRange;
  /** of a data breakpoint on a register: its name in expressions */
  readonly register?: string;
  readonly problem?: string;
}

export class Breakpoint {
  readonly problem: string | undefined;
  /** what is wrong with its condition or its message, if that is the problem */
  readonly refusal: string | undefined;
  readonly addresses: readonly number[];
  readonly statements: readonly Statement[];
  readonly range: WatchedRange | undefined;
  readonly register: string | undefined;
  private readonly terms: Terms | undefined;
  /** Is the code that is meant in memory at one of the addresses? */
  readonly standsAt: (address: number) => boolean;

  constructor(
    readonly id: number,
    readonly kind: BreakpointKind,
    request: BreakpointRequest,
    judges?: NameJudge,
  ) {
    const { terms, problem } = termsOf(request, judges);
    this.problem = request.problem ?? problem;
    this.refusal = request.problem === undefined ? problem : undefined;
    this.terms = terms;
    this.addresses = this.problem === undefined ? request.addresses : [];
    this.statements = (this.problem === undefined && request.statements) || [];
    this.range = this.problem === undefined ? request.range : undefined;
    this.register = this.problem === undefined ? request.register : undefined;
    this.standsAt = request.isThere ?? (() => true);
  }

  get verified(): boolean {
    const isInCode = this.statements.length > 0 || this.addresses.some(address => this.standsAt(address));
    return isInCode || this.range !== undefined || this.register !== undefined;
  }

  judge(context: ExpressionContext): Verdict {
    return this.terms?.judge(context) ?? pass;
  }

  forgetHits(): void {
    this.terms?.forgetHits();
  }
}

export interface FilterChoice {
  readonly filter: string;
  readonly condition?: string;
}

export interface Hit {
  readonly stops: boolean;
  readonly ids: readonly number[];
  readonly kind: CodeBreakpointKind;
  readonly logs: readonly string[];
  /** what is wrong with a condition, if that is why it stops */
  readonly problem?: string;
}

/** Data breakpoints that stop, and the access that did it. */
export interface DataHit {
  readonly ids: readonly number[];
  readonly access: Access;
  readonly problem?: string;
}

export class Breakpoints {
  private lastId = 0;
  /** by the group that the client replaces as a whole: one source, all functions, all instructions */
  private readonly groups = new Map<string, readonly Breakpoint[]>();
  private byAddress: ReadonlyMap<number, readonly Breakpoint[]> = new Map();
  private byStatement: ReadonlyMap<Statement, readonly Breakpoint[]> = new Map();
  private watching: readonly Breakpoint[] = [];
  private watched: readonly WatchedRange[] = [];
  /** breakpoints on the change of a register */
  watchedRegisters: readonly Breakpoint[] = [];
  private readonly filters = new Map<string, Terms>();
  /** what the names in conditions mean, as soon as a program is there */
  judges: NameJudge | undefined;

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
    const breakpoints = requests.map(
      (request, index) => new Breakpoint(ids[index] ?? ++this.lastId, kind, request, this.judges),
    );
    this.groups.set(group, breakpoints);
    if (kind === 'data') this.watch();
    else this.find();
    return breakpoints;
  }

  private find(): void {
    const all = [...this.groups.values()].flat();
    this.byAddress = byPlace(all, ({ addresses }) => addresses);
    this.byStatement = byPlace(all, ({ statements }) => statements);
  }

  private watch(): void {
    this.watching = [...this.groups.values()].flat().filter(({ range }) => range !== undefined);
    this.watchedRegisters = [...this.groups.values()].flat().filter(({ register }) => register !== undefined);
    this.watched = this.watching.flatMap(({ range }) => range ?? []);
  }

  idsOf(group: string): readonly number[] {
    return (this.groups.get(group) ?? []).map(({ id }) => id);
  }

  /** Puts `choices` in place of the filters that were on. Of each: undefined, or what is wrong with it. */
  setFilters(choices: readonly FilterChoice[]): (string | undefined)[] {
    this.filters.clear();
    return choices.map(({ filter, condition }) => {
      const row = filterRows.find(each => each.filter === filter);
      if (!row) return errors.unknownFilter(filter).message;
      const { terms, problem } = termsOf({ condition }, this.judges, row.facts);
      if (terms) this.filters.set(filter, terms);
      return problem;
    });
  }

  /** The addresses at which something may stop; another map whenever they have changed. */
  get addresses(): ReadonlyMap<number, unknown> {
    return this.byAddress;
  }

  /** The monitor's statements at which something may stop. */
  get statements(): ReadonlyMap<Statement, unknown> {
    return this.byStatement;
  }

  /** What data breakpoints watch; another array whenever it has changed. */
  get ranges(): readonly WatchedRange[] {
    return this.watched;
  }

  /** Is anything set that could stop the guest on its way? */
  get couldStop(): boolean {
    const filters = [...this.filters.keys()].some(filter => filter !== 'tripleFault');
    return (
      filters || this.byAddress.size + this.byStatement.size + this.watched.length + this.watchedRegisters.length > 0
    );
  }

  isOn(filter: string): boolean {
    return this.filters.has(filter);
  }

  /** Does the filter's condition hold? With what is wrong with it, if that is why. */
  judgeFilter(filter: string, context: ExpressionContext): Verdict {
    return this.filters.get(filter)?.judge(context) ?? pass;
  }

  private at(place: Linear | Statement): readonly Breakpoint[] {
    if (typeof place !== 'number') return this.byStatement.get(place) ?? [];
    return (this.byAddress.get(place) ?? []).filter(breakpoint => breakpoint.standsAt(place));
  }

  /** Asks every breakpoint at an address of the guest, or a statement of the monitor. */
  judge(place: Linear | Statement, context: ExpressionContext): Hit | undefined {
    const here = this.at(place);
    if (here.length === 0) return undefined;
    const judged = here.map(breakpoint => ({ breakpoint, verdict: breakpoint.judge(context) }));
    const stopping = judged.filter(({ verdict }) => verdict.stops);
    return {
      stops: stopping.length > 0,
      ids: stopping.map(({ breakpoint }) => breakpoint.id),
      kind: codeKind(stopping[0]?.breakpoint),
      logs: judged.flatMap(({ verdict }) => verdict.log ?? []),
      problem: stopping.find(({ verdict }) => verdict.problem)?.verdict.problem,
    };
  }

  /**
   * Asks every data breakpoint that one of the accesses concerns, once: an instruction that reads and writes is one hit.
   * `accesses` are those of one instruction.
   */
  judgeAccesses(accesses: readonly Access[], context: ExpressionContext): DataHit | undefined {
    let hit: DataHit | undefined;
    for (const breakpoint of this.watching) {
      const access = tellingAccess(breakpoint, accesses);
      if (!access) continue;
      const { stops, problem } = breakpoint.judge(context);
      if (!stops) continue;
      hit = {
        ids: [...(hit?.ids ?? []), breakpoint.id],
        access: hit?.access ?? access,
        problem: hit?.problem ?? problem,
      };
    }
    return hit;
  }

  forgetHits(): void {
    for (const breakpoint of [...this.groups.values()].flat()) breakpoint.forgetHits();
    for (const terms of this.filters.values()) terms.forgetHits();
  }
}

function byPlace<Place>(
  breakpoints: readonly Breakpoint[],
  placesOf: (breakpoint: Breakpoint) => readonly Place[],
): ReadonlyMap<Place, readonly Breakpoint[]> {
  const found = new Map<Place, Breakpoint[]>();
  for (const breakpoint of breakpoints)
    for (const place of placesOf(breakpoint)) {
      const here = found.get(place);
      if (here) here.push(breakpoint);
      else found.set(place, [breakpoint]);
    }
  return found;
}

/** Of the accesses that a breakpoint watches the first write, else the first. */
function tellingAccess({ range }: Breakpoint, accesses: readonly Access[]): Access | undefined {
  let first: Access | undefined;
  for (const access of accesses) {
    if (!range || !touches([range], access.linear, access.bytes, access.write)) continue;
    if (access.write) return access;
    first ??= access;
  }
  return first;
}

const codeKind = (breakpoint: Breakpoint | undefined): CodeBreakpointKind =>
  breakpoint === undefined || breakpoint.kind === 'data' ? 'source' : breakpoint.kind;
