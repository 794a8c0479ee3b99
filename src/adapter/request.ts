// One request of the table: what its arguments must be, and who answers it.
import { type ArgumentType, record } from './argumentTypes';
import type { Session } from './session';

export interface Request {
  readonly run: (session: Session, args: unknown, command: string) => unknown;
}

type Fields = Parameters<typeof record>[0];

/** `fields` are all the arguments that `handle` sees, each checked; a request that needs none may come without any. */
export function request<Types extends Fields, Body>(
  fields: Types,
  handle: (session: Session, args: ReturnType<ReturnType<typeof record<Types>>['read']>) => Body | Promise<Body>,
): Request {
  return requestOf(record(fields), handle);
}

/** A request whose arguments are anything at all that `type` accepts. */
export function requestOf<Arguments, Body>(
  type: ArgumentType<Arguments>,
  handle: (session: Session, args: Arguments) => Body | Promise<Body>,
): Request {
  return {
    run: (session, args, command) => handle(session, type.read(args ?? {}, { command, path: '' })),
  };
}
