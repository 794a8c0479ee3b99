// Breakpoints of every kind. A request replaces all breakpoints of its kind, or of its source.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { flag, integer, listOf, oneOf, optional, record, text } from '../argumentTypes';
import { dataBreakpointInfo as describeData } from '../dataBreakpointInfo';
import { request } from '../request';
import { source } from './sourceArgument';

type Answer = DebugProtocol.SetBreakpointsResponse['body'];

const conditions = { condition: optional(text), hitCondition: optional(text) };
const sourceBreakpoint = record({
  line: integer,
  column: optional(integer),
  ...conditions,
  logMessage: optional(text),
});

export const setBreakpoints = request(
  { source, breakpoints: optional(listOf(sourceBreakpoint)), lines: optional(listOf(integer)) },
  (session, { source: given, breakpoints, lines }): Answer => ({
    breakpoints: session.breakpoints.setInSource(given, breakpoints ?? (lines ?? []).map(line => ({ line }))),
  }),
);

export const setFunctionBreakpoints = request(
  { breakpoints: listOf(record({ name: text, ...conditions })) },
  (session, { breakpoints }): Answer => ({ breakpoints: session.breakpoints.setFunctions(breakpoints) }),
);

export const setInstructionBreakpoints = request(
  { breakpoints: listOf(record({ instructionReference: text, offset: optional(integer), ...conditions })) },
  (session, { breakpoints }): Answer => ({ breakpoints: session.breakpoints.setInstructions(breakpoints) }),
);

export const dataBreakpointInfo = request(
  {
    name: text,
    variablesReference: optional(integer),
    bytes: optional(integer),
    asAddress: optional(flag),
  },
  (session, args): DebugProtocol.DataBreakpointInfoResponse['body'] => describeData(session, args),
);

export const setDataBreakpoints = request(
  {
    breakpoints: listOf(
      record({ dataId: text, accessType: optional(oneOf('read', 'write', 'readWrite')), ...conditions }),
    ),
  },
  (session, { breakpoints }): Answer => ({ breakpoints: session.breakpoints.setData(breakpoints) }),
);

export const setExceptionBreakpoints = request(
  {
    filters: optional(listOf(text)),
    filterOptions: optional(listOf(record({ filterId: text, condition: optional(text) }))),
  },
  (session, { filters, filterOptions }): Answer => {
    const plain = (filters ?? []).map(filter => ({ filter }));
    const withOptions = (filterOptions ?? []).map(({ filterId, condition }) => ({ filter: filterId, condition }));
    const problems = session.breakpoints.setFilters([...plain, ...withOptions]);
    return { breakpoints: problems.map(message => ({ verified: message === undefined, message })) };
  },
);

export const breakpointLocations = request(
  { source, line: integer, endLine: optional(integer) },
  (session, { source: given, line, endLine }): DebugProtocol.BreakpointLocationsResponse['body'] => ({
    breakpoints: session.breakpoints.locations(given, line, endLine ?? line),
  }),
);

export const exceptionInfo = request({}, (session): DebugProtocol.ExceptionInfoResponse['body'] => {
  const { id, details, summary } = session.explainStop();
  return {
    exceptionId: id,
    description: details.join('\n'),
    breakMode: 'always',
    details: { message: summary, typeName: id },
  };
});
