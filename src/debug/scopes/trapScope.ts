// The trap that the monitor handles, or handled last: why, what its error code says, which stages it went through; and
// how often each kind has come.

import { vectorName } from '../../isa/exceptions';
import { hex } from '../../base/hex';
import type { Engine } from '../engine';
import { errorCodeFields } from '../errorCode';
import type { TrapWalk } from '../trapWalk';
import type { VariableNode } from './node';

export function trapNodes(engine: Engine): VariableNode[] {
  const { trap } = engine;
  return [...(trap ? exitNodes(engine, trap) : [{ name: 'trap', value: 'none so far' }]), exitCounts(engine)];
}

function exitNodes({ inMonitor }: Engine, trap: TrapWalk): VariableNode[] {
  const { reason, vector, errorCode, ring } = trap.exit;
  const state = inMonitor ? 'being handled' : 'handled';
  return [
    { name: 'reason', value: `${reason} (${state})` },
    ...(vector === undefined ? [] : [{ name: 'vector', value: `${hex(vector, 2)} ${vectorName(vector)}` }]),
    ...(vector === undefined || errorCode === undefined ? [] : [errorCodeNode(vector, errorCode)]),
    { name: 'ring', value: `${ring} → 0`, explanation: 'the ring that the guest was really in' },
    ...trap.stages.map(({ kind, text }, index) => ({ name: `${index + 1} ${kind}`, value: text })),
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

function exitCounts({ system }: Engine): VariableNode {
  const counts = [...system.exits].sort(([, a], [, b]) => b - a);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const children = (): VariableNode[] => counts.map(([reason, count]) => ({ name: reason, value: String(count) }));
  return { name: 'traps so far', value: String(total), ...(total > 0 ? { children } : {}) };
}
