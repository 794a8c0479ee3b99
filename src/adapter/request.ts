// One request of the table: its arguments are checked for what they must have before its handler sees them.
import type { Session } from './session';
import { errors } from '../debug/userError';

export interface Request {
  readonly run: (session: Session, args: Record<string, unknown>, command: string) => unknown;
}

/** `needed` are the arguments that must be there; the protocol's types say the rest, which the handler does not rely on. */
export function request<Arguments, Body>(
  needed: readonly (keyof Arguments & string)[],
  handle: (session: Session, args: Arguments) => Body | Promise<Body>,
): Request {
  return {
    run(session, args, command) {
      const missing = needed.find(name => args[name] === undefined || args[name] === null);
      if (missing !== undefined) throw errors.missingArgument(command, missing);
      return handle(session, args as Arguments);
    },
  };
}
