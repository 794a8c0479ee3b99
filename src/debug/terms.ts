// What the user wrote beside a breakpoint or filter: a condition, hit counts, a log message; made ready once, judged often.

import { compileCondition, type ExpressionContext } from './expressions/evaluate';
import { type NameJudge, namesIn } from './expressions/names';
import { parse } from './expressions/parse';
import { type HitCondition, parseHitCondition } from './hitCondition';
import { type LogMessage, parseLogMessage } from './logMessage';
import { errors, UserError } from './userError';

/** What the user wrote beside a breakpoint. Empty strings count as not given. */
export interface BreakpointTerms {
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

/** The outcome of asking a breakpoint or filter: go on, say something and go on, or stop. */
export type Verdict = { readonly stops: boolean; readonly log?: string; readonly problem?: string };
export const pass: Verdict = { stops: false };

/** Conditions, hit count and log message, ready to be judged. */
export class Terms {
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
      if (error instanceof UserError) return { stops: true, problem: errors.undecidedCondition(error.message).message };
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

/** The terms, or what is wrong with them: also a name in the condition that means nothing. */
export function termsOf(
  given: BreakpointTerms,
  judges?: NameJudge,
  facts: readonly string[] = [],
): { terms?: Terms; problem?: string } {
  try {
    const terms = new Terms(given);
    if (judges && given.condition) for (const name of namesIn(parse(given.condition))) judges.judgeName(name, facts);
    return { terms };
  } catch (error) {
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  }
}
