// The beginning and the end of a session.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { anyObject, flag, integer, optional, text } from '../argumentTypes';
import { capabilities } from '../capabilities';
import { request, requestOf } from '../request';

export const initialize = request(
  {
    clientID: optional(text),
    locale: optional(text),
    linesStartAt1: optional(flag),
    columnsStartAt1: optional(flag),
    supportsVariableType: optional(flag),
    supportsInvalidatedEvent: optional(flag),
    supportsMemoryEvent: optional(flag),
  },
  (session, args): DebugProtocol.Capabilities => {
    session.greet(args);
    return capabilities(session.announcedTechnique);
  },
);

/** The program is loaded before the client is asked for breakpoints, so that each can be answered for good. */
export const launch = requestOf(anyObject, (session, args, isCancelled) => session.launch(args, isCancelled));

export const configurationDone = request({}, session => session.begin());

export const restart = request({ arguments: optional(anyObject) }, (session, { arguments: args }, isCancelled) =>
  session.restart(args, isCancelled),
);

export const terminate = request({}, session => session.terminate());

export const disconnect = request({}, session => session.disconnect());

export const cancel = request({ requestId: optional(integer) }, (session, { requestId }) => {
  if (requestId !== undefined) session.cancel(requestId);
});
