// The beginning and the end of a session.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { capabilities } from '../capabilities';
import { request } from '../request';

export const initialize = request<DebugProtocol.InitializeRequestArguments, DebugProtocol.Capabilities>(
  [],
  (session, args) => {
    session.greet(args);
    return capabilities;
  },
);

/** The program is loaded before the client is asked for breakpoints, so that each can be answered for good. */
export const launch = request<DebugProtocol.LaunchRequestArguments, void>([], (session, args) =>
  session.launch({ ...args }),
);

export const configurationDone = request<DebugProtocol.ConfigurationDoneArguments, void>([], session =>
  session.begin(),
);

export const restart = request<DebugProtocol.RestartArguments, void>([], (session, { arguments: args }) =>
  session.restart(args && { ...args }),
);

export const terminate = request<DebugProtocol.TerminateArguments, void>([], session => session.terminate());

export const disconnect = request<DebugProtocol.DisconnectArguments, void>([], session => session.disconnect());

export const cancel = request<DebugProtocol.CancelArguments, void>([], (session, { requestId }) => {
  if (requestId !== undefined) session.cancel(requestId);
});
