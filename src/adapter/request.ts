// One request of the table: what its arguments must be, and who answers it.
import { type ArgumentType, record } from './argumentTypes';
import type { Session } from './session';

/** Takes checked arguments. What takes time asks `isCancelled` before it changes anything. */
type Handle<Arguments, Body> = (session: Session, args: Arguments, isCancelled: () => boolean) => Body | Promise<Body>;

export interface Request {
  readonly run: (session: Session, args: unknown, command: string, isCancelled: () => boolean) => unknown;
}

type Fields = Parameters<typeof record>[0];

/** `fields` are all the arguments that `handle` sees, each checked; a request that needs none may come without any. */
export function request<Types extends Fields, Body>(
  fields: Types,
  handle: Handle<ReturnType<ReturnType<typeof record<Types>>['read']>, Body>,
): Request {
  return requestOf(record(fields), handle);
}

/** A request whose arguments are anything at all that `type` accepts. */
export function requestOf<Arguments, Body>(type: ArgumentType<Arguments>, handle: Handle<Arguments, Body>): Request {
  return {
    run: (session, args, command, isCancelled) =>
      handle(session, type.read(args ?? {}, { command, path: '' }), isCancelled),
  };
}
