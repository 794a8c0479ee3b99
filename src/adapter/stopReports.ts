// What the client is told when the guest has stopped: why, where, and in the monitor what has just happened there.
import { ExitedEvent, StoppedEvent, TerminatedEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { t, translated } from '../base/localization';
import type { Debuggee } from '../debug/debuggee';
import type { Explanation } from '../debug/explain';
import { linearEip } from '../debug/position';
import { type Ending, exitCodeOf, isFailure, type Stop } from '../debug/stop';
import { stageName } from '../monitor/stageNames';
import type { Visit } from '../monitor/visit';
import type { ClientConnection } from './clientConnection';
import { stopReason } from './stopReason';

export const threadId = 1;

export class StopReports {
  /** addresses at which the guest has stopped */
  readonly visited = new Set<number>();
  private last: Stop | undefined;
  /** the last visit to the monitor that was told of, and how many of its stages */
  private toldVisit: Visit | undefined;
  private toldStages = 0;

  constructor(private readonly client: ClientConnection) {}

  /** Another program has been loaded. */
  forget(): void {
    this.visited.clear();
    this.last = undefined;
  }

  stopped(debuggee: Debuggee, stop: Stop): void {
    this.last = stop;
    if (stop.kind === 'ended') this.ended(debuggee, stop.ending);
    else this.standing(debuggee, stop);
  }

  private ended({ explainer }: Debuggee, ending: Ending): void {
    this.client.say(`${explainer.ending(ending)}\n`, isFailure(ending) ? 'stderr' : 'console');
    this.client.sendEvent(new ExitedEvent(exitCodeOf(ending)));
    this.client.sendEvent(new TerminatedEvent());
  }

  private standing(debuggee: Debuggee, stop: Stop): void {
    const { reason, ids, problem } = stopReason(stop);
    const explanation = explanationOf(debuggee, stop);
    const stage = this.sayStages(debuggee);
    if (problem !== undefined) this.client.say(`${problem}\n`, 'stderr');
    const description = explanation?.summary ?? stage;
    this.report(debuggee, reason, { text: explanation?.id, description, hitBreakpointIds: ids });
  }

  /**
   * What the monitor has done since the last stop, for the Debug Console, where a visit begins with why the monitor was called.
   * Gives that reason at the first stop, and later the stage that the monitor is in, if it is in one.
   */
  private sayStages({ engine: { visit, inMonitor } }: Debuggee): string | undefined {
    const isNew = visit !== this.toldVisit;
    if (isNew) this.toldStages = 0;
    this.toldVisit = visit;
    if (isNew && visit?.cause !== undefined) this.client.say(`${asSentence(visit.cause)}\n`, 'console');
    for (const { kind, text } of visit?.stages.slice(this.toldStages) ?? [])
      this.client.say(`${t`${stageName(kind)}: ${text}`}\n`, 'console');
    this.toldStages = visit?.stages.length ?? 0;
    if (isNew && inMonitor) return visit?.cause;
    return visit?.heading && t`${stageName(visit.heading.kind)}: ${translated(visit.heading.title)}`;
  }

  report({ system }: Debuggee, reason: string, more: Partial<DebugProtocol.StoppedEvent['body']> = {}): void {
    this.visited.add(linearEip(system));
    const event: DebugProtocol.StoppedEvent = new StoppedEvent(reason, threadId);
    Object.assign(event.body, { allThreadsStopped: true }, more);
    this.client.sendEvent(event);
  }

  /** Why the guest stands where it stands. */
  explain(debuggee: Debuggee): Explanation {
    const { explainer, engine } = debuggee;
    const explanation = this.last && explanationOf(debuggee, this.last);
    if (explanation) return explanation;
    if (engine.inMonitor && engine.visit) return explainer.event({ kind: 'monitorEntry', exit: engine.visit.exit });
    const at = explainer.placeAt(linearEip(engine.system));
    return { id: t`stopped`, summary: t`stopped at ${at}`, details: [t`The guest has stopped at ${at}.`] };
  }
}

const asSentence = (text: string): string => t`${text.charAt(0).toUpperCase() + text.slice(1)}.`;

/** Of stops that say more than where they are. */
function explanationOf({ explainer }: Debuggee, stop: Stop): Explanation | undefined {
  if (stop.kind === 'event') return explainer.event(stop.event);
  if (stop.kind === 'register') return explainer.register(stop);
  return stop.kind === 'access' ? explainer.access(stop.access) : undefined;
}
