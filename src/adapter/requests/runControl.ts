// Going on, and stopping. Each of these is answered at once; that the guest has stopped again is an event.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { t } from '../../base/localization';
import type { Debuggee } from '../../debug/debuggee';
import type { Stop } from '../../debug/stop';
import { type Granularity, never, StepIn, StepOut, StepOver } from '../../debug/goals';
import { callStack } from '../../debug/stack';
import { flag, integer, oneOf, optional } from '../argumentTypes';
import { request } from '../request';
import { threadId } from '../stopReports';

/** In terms of the protocol: what is stepped when the client does not say is a statement. */
const granularityOf = (given: DebugProtocol.SteppingGranularity | undefined): Granularity =>
  given === 'instruction' ? 'instruction' : 'statement';

export const stepInTarget = { monitor: 1, guest: 2 } as const;

const granularity = optional(oneOf('statement', 'line', 'instruction'));

const goOn = request({}, (session): DebugProtocol.ContinueResponse['body'] => {
  session.resume(({ engine }) => engine.run(never));
  return { allThreadsContinued: true };
});
export { goOn as continue };

export const pause = request({}, session => session.pause());

export const next = request({ granularity }, (session, args) =>
  session.step(({ engine }) =>
    engine.inMonitor ? engine.stepMonitor('over') : engine.run(new StepOver(engine, granularityOf(args.granularity))),
  ),
);

export const stepIn = request({ granularity, targetId: optional(integer) }, (session, args) =>
  session.step(({ engine }) => {
    if (engine.inMonitor) return engine.stepMonitor('in');
    const goal = new StepIn(engine, granularityOf(args.granularity));
    return engine.run(goal, { pastMonitor: args.targetId === stepInTarget.guest });
  }),
);

/** A request of Ringside's own (`shared/stepping.ts`). */
export const stepIntoEverything = request({ on: flag }, (session, { on }) => session.stepIntoEverything(on));

export const stepOut = request({}, session => session.step(stepOutOf));

/** Out of the monitor's function, or of the guest's innermost function or handler; without either to the end. */
function stepOutOf({ engine, memory }: Debuggee): Promise<Stop> {
  if (engine.inMonitor) return engine.stepMonitor('out');
  const frame = callStack(engine, memory).find(({ kind }) => kind === 'guest');
  const target = frame?.kind === 'guest' ? frame.returns : undefined;
  return engine.run(target ? new StepOut(engine, target) : never);
}

export const stepInTargets = request({ frameId: integer }, (session): DebugProtocol.StepInTargetsResponse['body'] => {
  const { engine } = session.stopped();
  if (engine.inMonitor || engine.system.technique === 'none') return { targets: [] };
  return {
    targets: [
      { id: stepInTarget.monitor, label: t`into the monitor, if the instruction traps` },
      { id: stepInTarget.guest, label: t`past the monitor, into the guest's own code` },
    ],
  };
});

export const threads = request({}, (session): DebugProtocol.ThreadsResponse['body'] => ({
  threads: [{ id: threadId, name: session.threadName }],
}));
