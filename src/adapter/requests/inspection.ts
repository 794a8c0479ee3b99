// Looking at a stopped guest: stack, variables, expressions, sources.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { execute, evaluate as valueOf } from '../../debug/expressions/evaluate';
import { formatInFull } from '../../debug/expressions/format';
import { parse } from '../../debug/expressions/parse';
import { memoryReference } from '../../debug/memory';
import { request } from '../request';
import type { Session } from '../session';
import { completionsFor } from '../completions';

export const stackTrace = request<DebugProtocol.StackTraceArguments, DebugProtocol.StackTraceResponse['body']>(
  [],
  (session, { startFrame = 0, levels = 0 }) => {
    const frames = session.views().frames();
    const end = levels > 0 ? startFrame + levels : frames.length;
    return { stackFrames: frames.slice(startFrame, end), totalFrames: frames.length };
  },
);

export const scopes = request<DebugProtocol.ScopesArguments, DebugProtocol.ScopesResponse['body']>(
  ['frameId'],
  (session, { frameId }) => ({ scopes: session.views().scopes(frameId) }),
);

export const variables = request<DebugProtocol.VariablesArguments, DebugProtocol.VariablesResponse['body']>(
  ['variablesReference'],
  (session, { variablesReference, start = 0, count = 0 }) => {
    const all = session.views().variables(variablesReference);
    return { variables: all.slice(start, count > 0 ? start + count : all.length) };
  },
);

export const setVariable = request<DebugProtocol.SetVariableArguments, DebugProtocol.SetVariableResponse['body']>(
  ['variablesReference', 'name', 'value'],
  (session, { variablesReference, name, value }) => {
    const expression = session.views().expressionOf(variablesReference, name);
    return { value: assign(session, expression, value).result };
  },
);

export const setExpression = request<DebugProtocol.SetExpressionArguments, DebugProtocol.SetExpressionResponse['body']>(
  ['expression', 'value'],
  (session, { expression, value }) => ({ value: assign(session, expression, value).result }),
);

export const evaluate = request<DebugProtocol.EvaluateArguments, DebugProtocol.EvaluateResponse['body']>(
  ['expression'],
  (session, { expression, context }) => {
    if (context === 'repl') return run(session, expression);
    const { context: guest } = session.readable();
    return shown(session, valueOf(parse(expression), guest));
  },
);

export const completions = request<DebugProtocol.CompletionsArguments, DebugProtocol.CompletionsResponse['body']>(
  ['text', 'column'],
  (session, { text, column }) => {
    const { context } = session.readable();
    return { targets: completionsFor(text, session.client.columnIn(column), context.names()) };
  },
);

export const source = request<DebugProtocol.SourceArguments, DebugProtocol.SourceResponse['body']>(
  [],
  (session, { source: given, sourceReference }) => ({
    content: session.sources.text(given?.sourceReference ?? sourceReference ?? 0),
    mimeType: 'text/x-typescript',
  }),
);

export const loadedSources = request<DebugProtocol.LoadedSourcesArguments, DebugProtocol.LoadedSourcesResponse['body']>(
  [],
  session => ({ sources: session.sources.all() }),
);

/** The Debug Console may change what it names. */
function run(session: Session, text: string): DebugProtocol.EvaluateResponse['body'] {
  const expression = parse(text);
  const { context } = expression.kind === 'assignment' ? session.stopped() : session.readable();
  const value = execute(expression, context);
  if (expression.kind === 'assignment') session.changed(value.address, value.bits / 8);
  return shown(session, value);
}

const assign = (session: Session, target: string, value: string): DebugProtocol.EvaluateResponse['body'] =>
  run(session, `${target} = ${value}`);

function shown(session: Session, evaluation: ReturnType<typeof valueOf>): DebugProtocol.EvaluateResponse['body'] {
  const { value, bits } = evaluation;
  const known = bits === 32 ? session.readable().symbols.describe(value) : undefined;
  const text = formatInFull(evaluation);
  return {
    result: known === undefined || value === 0 ? text : `${text} ${known}`,
    variablesReference: 0,
    ...(bits === 32 ? { memoryReference: memoryReference({ space: 'gva', address: value }) } : {}),
  };
}
