// Looking at a stopped guest: stack, variables, expressions, sources.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { commands, runCommand } from '../../debug/console/commands';
import { execute, type ExpressionContext, evaluate as valueOf } from '../../debug/expressions/evaluate';
import { formatInFull } from '../../debug/expressions/format';
import { type Expression, parse } from '../../debug/expressions/parse';
import { characterForm, labelHover } from '../../debug/hover';
import { memoryReference } from '../../debug/memory';
import { integer, optional, text, whole } from '../argumentTypes';
import { completionsFor } from '../completions';
import { request } from '../request';
import type { Session } from '../session';
import { source as sourceArgument } from './sourceArgument';

export const stackTrace = request(
  { startFrame: optional(whole), levels: optional(whole) },
  (session, { startFrame = 0, levels = 0 }): DebugProtocol.StackTraceResponse['body'] => {
    const frames = session.views().frames();
    const end = levels > 0 ? startFrame + levels : frames.length;
    return { stackFrames: frames.slice(startFrame, end), totalFrames: frames.length };
  },
);

export const scopes = request({ frameId: integer }, (session, { frameId }): DebugProtocol.ScopesResponse['body'] => ({
  scopes: session.views().scopes(frameId),
}));

export const variables = request(
  { variablesReference: integer, start: optional(whole), count: optional(whole) },
  (session, { variablesReference, start = 0, count = 0 }): DebugProtocol.VariablesResponse['body'] => {
    return { variables: session.views().variables(variablesReference, start, count) };
  },
);

export const setVariable = request(
  { variablesReference: integer, name: text, value: text },
  (session, { variablesReference, name, value }): DebugProtocol.SetVariableResponse['body'] => {
    const expression = session.views().expressionOf(variablesReference, name);
    return { value: assign(session, expression, value).result };
  },
);

export const setExpression = request(
  { expression: text, value: text },
  (session, { expression, value }): DebugProtocol.SetExpressionResponse['body'] => ({
    value: assign(session, expression, value).result,
  }),
);

export const evaluate = request(
  { expression: text, context: optional(text), frameId: optional(integer) },
  (session, { expression, context, frameId }): DebugProtocol.EvaluateResponse['body'] => {
    const local = frameId === undefined ? undefined : session.localNamed(frameId, expression);
    if (local) return { result: local.value, variablesReference: local.variablesReference };
    const guest = session.contextOf(frameId);
    const answer = context === 'repl' ? runCommand(expression, session.readable(), guest) : undefined;
    if (answer) return { result: answer.join('\n'), variablesReference: 0 };
    if (context === 'repl') return run(session, expression, guest);
    const parsed = parse(expression);
    const value = valueOf(parsed, guest);
    return context === 'hover' ? hovered(session, parsed, value) : shown(session, value);
  },
);

export const completions = request(
  { text, column: integer },
  (session, { text: typed, column }): DebugProtocol.CompletionsResponse['body'] => {
    const { context } = session.readable();
    return { targets: completionsFor(typed, session.client.columnIn(column), namesFor(typed, context.names())) };
  },
);

/** Commands where the first word is typed, and what their arguments begin with. */
function namesFor(typed: string, names: readonly string[]): readonly string[] {
  const [, first = '', isAfter] = /^\s*(\w*)(\s)?/.exec(typed) ?? [];
  if (isAfter === undefined) return [...commands.map(({ name }) => name), ...names];
  return [...(commands.find(({ name }) => name === first.toLowerCase())?.words ?? []), ...names];
}

export const source = request(
  { source: optional(sourceArgument), sourceReference: optional(integer) },
  (session, { source: given, sourceReference }): DebugProtocol.SourceResponse['body'] => ({
    content: session.sources.text(given?.sourceReference ?? sourceReference ?? 0),
    mimeType: 'text/x-typescript',
  }),
);

export const loadedSources = request({}, (session): DebugProtocol.LoadedSourcesResponse['body'] => ({
  sources: session.sources.all(),
}));

/** The Debug Console may change what it names. */
function run(session: Session, typed: string, context: ExpressionContext): DebugProtocol.EvaluateResponse['body'] {
  const expression = parse(typed);
  if (expression.kind === 'assignment') session.stopped();
  const value = execute(expression, context);
  if (expression.kind === 'assignment') session.changed(value.address, value.bits / 8);
  return shown(session, value);
}

const assign = (session: Session, target: string, value: string): DebugProtocol.EvaluateResponse['body'] =>
  run(session, `${target} = ${value}`, session.readable().context);

/** What is known of a name in a source: of a label its contents, of a value its characters too. */
function hovered(
  session: Session,
  expression: Expression,
  value: ReturnType<typeof valueOf>,
): DebugProtocol.EvaluateResponse['body'] {
  const answer = shown(session, value);
  const contents =
    expression.kind === 'name' ? labelHover(expression.name, value.value, session.readable()) : undefined;
  return { ...answer, result: contents ?? `${answer.result}${characterForm(value)}` };
}

function shown(session: Session, evaluation: ReturnType<typeof valueOf>): DebugProtocol.EvaluateResponse['body'] {
  const { value, bits } = evaluation;
  const known = bits === 32 ? session.readable().symbols.describe(value) : undefined;
  const formatted = formatInFull(evaluation);
  return {
    result: known === undefined || value === 0 ? formatted : `${formatted} ${known}`,
    variablesReference: 0,
    // with a symbol beside it VS Code would not take it for a number, and show it grey
    ...(session.client.knowsTypes && known !== undefined ? { type: 'number' } : {}),
    ...(bits === 32 ? { memoryReference: memoryReference({ space: 'gva', address: value }) } : {}),
  };
}
