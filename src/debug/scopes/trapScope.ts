// The trap that the monitor handles, or handled last: why, what its error code says, which stages it went through; and
// how often each kind has come.

import { vectorName } from '../../isa/exceptions';
import { hex } from '../../base/hex';
import type { Engine } from '../engine';
import { errorCodeFields } from '../errorCode';
import type { Visit } from '../../monitor/visit';
import type { VariableNode } from './node';

export function trapNodes(engine: Engine): VariableNode[] {
  const { visit, system } = engine;
  return [
    ...(visit ? exitNodes(visit) : [{ name: 'trap', value: 'none so far' }]),
    counts('traps so far', system.exits),
    counts('switches to the host so far', system.hostSwitches),
  ];
}

function exitNodes({ exit, isUnderWay, stages }: Visit): VariableNode[] {
  const { reason, vector, errorCode, ring } = exit;
  const state = isUnderWay ? 'being handled' : 'handled';
  return [
    { name: 'reason', value: `${reason} (${state})` },
    ...(vector === undefined ? [] : [{ name: 'vector', value: `${hex(vector, 2)} ${vectorName(vector)}` }]),
    ...(vector === undefined || errorCode === undefined ? [] : [errorCodeNode(vector, errorCode)]),
    { name: 'ring', value: `${ring} → 0`, explanation: 'the ring that the guest was really in' },
    ...stages.map(({ kind, text }, index) => ({ name: `${index + 1} ${kind}`, value: text })),
  ];
}

function errorCodeNode(vector: number, code: number): VariableNode {
  const fields = errorCodeFields(vector, code);
  const value = `${hex(code)}${fields.length === 0 ? '' : ` ${fields.map(({ meaning }) => meaning).join('; ')}`}`;
  if (fields.length === 0) return { name: 'error code', value };
  const children = (): VariableNode[] =>
    fields.map(field => ({ name: field.name, value: `${field.value}: ${field.meaning}` }));
  return { name: 'error code', value, children };
}

function counts(name: string, known: ReadonlyMap<string, number>): VariableNode {
  const rows = [...known].sort(([, a], [, b]) => b - a);
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const children = (): VariableNode[] => rows.map(([of, count]) => ({ name: of, value: String(count) }));
  return { name, value: String(total), ...(total > 0 ? { children } : {}) };
}
