// What this adapter can do: no more than really works. Who says the technique before `initialize` gets only the filters that it has.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { translated } from '../base/localization';
import { conditionDescription, type FilterRow, filterRows } from '../debug/guestEvents';
import type { TechniqueName } from '../monitor/system';

export const capabilities = (technique: TechniqueName | undefined): DebugProtocol.Capabilities => ({
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsBreakpointLocationsRequest: true,
  supportsInstructionBreakpoints: true,
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  supportsExceptionFilterOptions: true,
  supportsExceptionInfoRequest: true,
  exceptionBreakpointFilters: filterRows.filter(row => technique !== 'none' || !row.needsMonitor).map(filterOf),
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsClipboardContext: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.'],
  supportsStepInTargetsRequest: true,
  supportsSteppingGranularity: true,
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsDisassembleRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: true,
  supportsCancelRequest: true,
});

const filterOf = (row: FilterRow): DebugProtocol.ExceptionBreakpointsFilter => ({
  filter: row.filter,
  label: translated(row.label),
  description: translated(row.description),
  default: row.onByDefault,
  supportsCondition: true,
  conditionDescription: conditionDescription(row),
});
