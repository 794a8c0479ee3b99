// Breakpoints of every kind. A request replaces all breakpoints of its kind, or of its source.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { filterRows } from '../../debug/guestEvents';
import { dataBreakpointInfo as describeData } from '../dataBreakpointInfo';
import { request } from '../request';

type Answer = DebugProtocol.SetBreakpointsResponse['body'];

export const setBreakpoints = request<DebugProtocol.SetBreakpointsArguments, Answer>(
  ['source'],
  (session, { source, breakpoints, lines }) => ({
    breakpoints: session.breakpoints.setInSource(source, breakpoints ?? (lines ?? []).map(line => ({ line }))),
  }),
);

export const setFunctionBreakpoints = request<DebugProtocol.SetFunctionBreakpointsArguments, Answer>(
  ['breakpoints'],
  (session, { breakpoints }) => ({ breakpoints: session.breakpoints.setFunctions(breakpoints) }),
);

export const setInstructionBreakpoints = request<DebugProtocol.SetInstructionBreakpointsArguments, Answer>(
  ['breakpoints'],
  (session, { breakpoints }) => ({ breakpoints: session.breakpoints.setInstructions(breakpoints) }),
);

export const dataBreakpointInfo = request<
  DebugProtocol.DataBreakpointInfoArguments,
  DebugProtocol.DataBreakpointInfoResponse['body']
>(['name'], (session, args) => describeData(session, args));

export const setDataBreakpoints = request<DebugProtocol.SetDataBreakpointsArguments, Answer>(
  ['breakpoints'],
  (session, { breakpoints }) => ({ breakpoints: session.breakpoints.setData(breakpoints) }),
);

export const setExceptionBreakpoints = request<DebugProtocol.SetExceptionBreakpointsArguments, Answer>(
  [],
  (session, { filters, filterOptions }) => {
    const plain = (filters ?? []).map(filter => ({ filter }));
    const withOptions = (filterOptions ?? []).map(({ filterId, condition }) => ({ filter: filterId, condition }));
    const problems = session.breakpoints.setFilters([...plain, ...withOptions]);
    return { breakpoints: problems.map(message => ({ verified: message === undefined, message })) };
  },
);

export const breakpointLocations = request<
  DebugProtocol.BreakpointLocationsArguments,
  DebugProtocol.BreakpointLocationsResponse['body']
>(['source', 'line'], (session, { source, line, endLine }) => ({
  breakpoints: session.breakpoints.locations(source, line, endLine ?? line),
}));

export const exceptionInfo = request<DebugProtocol.ExceptionInfoArguments, DebugProtocol.ExceptionInfoResponse['body']>(
  [],
  session => {
    const { id, details, summary } = session.explainStop();
    const label = filterRows.find(({ filter }) => filter === id)?.label ?? id;
    return {
      exceptionId: label,
      description: details.join('\n'),
      breakMode: 'always',
      details: { message: summary, typeName: label },
    };
  },
);
