// What the arguments of requests may be. A client can send anything: each request says in these terms what it takes, and
// what it is given is checked against that once, before its handler sees it.
import { listed, t } from '../base/localization';
import { errors } from '../debug/userError';

/** An argument's place, for the message about it. */
export interface Where {
  readonly command: string;
  /** such as `breakpoints[2].line` */
  readonly path: string;
}

export interface ArgumentType<Value> {
  /** The argument as its handler gets it. @throws UserError */
  readonly read: (given: unknown, where: Where) => Value;
}

export type ValueOf<Type> = Type extends ArgumentType<infer Value> ? Value : never;
type Fields = Readonly<Record<string, ArgumentType<unknown>>>;
type RecordOf<Types extends Fields> = { readonly [Name in keyof Types]: ValueOf<Types[Name]> };

/** More than any client shows or any person writes. */
const longestText = 4096;
const longestList = 1000;

const isAbsent = (given: unknown): boolean => given === undefined || given === null;

/** A value that `accepts` approves of; `wanted` says in words what that is. */
function required<Value>(wanted: () => string, accepts: (given: unknown) => given is Value): ArgumentType<Value> {
  return {
    read(given, { command, path }) {
      if (isAbsent(given)) throw errors.missingArgument(command, path);
      if (!accepts(given)) throw errors.wrongArgument(command, path, given, wanted());
      return given;
    },
  };
}

export const textUpTo = (length: number): ArgumentType<string> =>
  required(
    () => t`text of at most ${length} characters`,
    (given): given is string => {
      return typeof given === 'string' && given.length <= length;
    },
  );

export const text = textUpTo(longestText);
export const flag = required(
  () => t`true or false`,
  given => typeof given === 'boolean',
);

export const integerWithin = (least: number, most: number): ArgumentType<number> =>
  required(
    () => t`a whole number from ${least} to ${most}`,
    (given): given is number => Number.isInteger(given) && Number(given) >= least && Number(given) <= most,
  );

export const integer: ArgumentType<number> = required(
  () => t`a whole number`,
  (given): given is number => Number.isSafeInteger(given),
);
/** A number of something, or a position that counts from 0. */
export const whole = integerWithin(0, Number.MAX_SAFE_INTEGER);

export const oneOf = <Name extends string>(...names: readonly Name[]): ArgumentType<Name> =>
  required(
    () => t`one of ${listed(names.map(name => `"${name}"`))}`,
    (given): given is Name => names.some(name => name === given),
  );

/** Whatever a launch configuration holds; it has a check of its own. */
export const anyObject = required(() => t`an object`, isObject);

export const optional = <Value>({ read }: ArgumentType<Value>): ArgumentType<Value | undefined> => ({
  read: (given, where) => (isAbsent(given) ? undefined : read(given, where)),
});

export function listOf<Value>({ read }: ArgumentType<Value>): ArgumentType<readonly Value[]> {
  const list = required(
    () => t`a list of at most ${longestList}`,
    (given): given is unknown[] => {
      return Array.isArray(given) && given.length <= longestList;
    },
  );
  return {
    read: (given, where) =>
      list.read(given, where).map((one, index) => read(one, { ...where, path: `${where.path}[${index}]` })),
  };
}

/** Those fields alone: what else is in it does not reach the handler. */
export function record<Types extends Fields>(types: Types): ArgumentType<RecordOf<Types>> {
  const entries = Object.entries(types);
  return {
    read(given, where) {
      const fields = anyObject.read(given, where);
      const prefix = where.path === '' ? '' : `${where.path}.`;
      const read = entries.map(([name, type]) => [
        name,
        type.read(Object.hasOwn(fields, name) ? fields[name] : undefined, { ...where, path: prefix + name }),
      ]);
      return Object.fromEntries(read) as RecordOf<Types>;
    },
  };
}

function isObject(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
