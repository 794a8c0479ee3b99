// What the client is told when the guest has stopped: why, where, and in the monitor what has just happened there.
import { ExitedEvent, StoppedEvent, TerminatedEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debuggee } from '../debug/debuggee';
import type { Explanation } from '../debug/explain';
import { linearEip } from '../debug/position';
import { type Ending, exitCodeOf, type Stop } from '../debug/stop';
import type { ClientConnection } from './clientConnection';
import { stopReason } from './stopReason';

export const threadId = 1;

export class StopReports {
  /** addresses at which the guest has stopped */
  readonly visited = new Set<number>();
  private last: Stop | undefined;

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
    this.client.say(`${explainer.ending(ending)}\n`, ending.kind === 'shutdown' ? 'stderr' : 'console');
    this.client.sendEvent(new ExitedEvent(exitCodeOf(ending)));
    this.client.sendEvent(new TerminatedEvent());
  }

  private standing(debuggee: Debuggee, stop: Stop): void {
    const { reason, ids, problem } = stopReason(stop);
    const explanation = explanationOf(debuggee, stop);
    const stage = this.sayStage(debuggee);
    if (problem !== undefined) this.client.say(`${problem}\n`, 'stderr');
    const description = explanation?.summary ?? stage;
    this.report(debuggee, reason, { text: explanation?.id, description, hitBreakpointIds: ids });
  }

  /** In the monitor: what has just happened there, also for the Debug Console. */
  private sayStage({ engine: { trap } }: Debuggee): string | undefined {
    const stage = trap?.current;
    if (!stage) return undefined;
    const text = `${stage.kind}: ${stage.text}`;
    this.client.say(`${text}\n`, 'console');
    return text;
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
    if (engine.inMonitor && engine.trap) return explainer.event({ kind: 'monitorEntry', exit: engine.trap.exit });
    const at = explainer.placeAt(linearEip(engine.system));
    return { id: 'stopped', summary: `stopped at ${at}`, details: [`The guest has stopped at ${at}.`] };
  }
}

/** Of stops that say more than where they are. */
function explanationOf({ explainer }: Debuggee, stop: Stop): Explanation | undefined {
  if (stop.kind === 'event') return explainer.event(stop.event);
  return stop.kind === 'access' ? explainer.access(stop.access) : undefined;
}
