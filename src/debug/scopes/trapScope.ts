// The trap that the monitor handles, or handled last: why, what its error code says, which stages it went through; and
// how often each kind has come.

import { vectorName } from '../../isa/exceptions';
import { hex } from '../../base/hex';
import type { Engine } from '../engine';
import { errorCodeFields } from '../errorCode';
import { exitReason } from '../../monitor/exit';
import type { Visit } from '../../monitor/visit';
import { positionText } from '../position';
import type { VariableNode } from './node';

export function trapNodes(engine: Engine): VariableNode[] {
  const { visit, system } = engine;
  return [
    ...(visit ? exitNodes(visit, positionText(system.running.position)) : [{ name: 'trap', value: 'none so far' }]),
    counts('traps so far', system.running.exits),
    counts('switches to the host so far', system.running.hostSwitches),
  ];
}

function exitNodes({ exit, cause, isUnderWay, purpose, stages }: Visit, position: string): VariableNode[] {
  const state = isUnderWay ? 'being handled' : 'handled';
  return [
    ...(cause === undefined ? [] : [{ name: 'what happened', value: cause, explanation: cause }]),
    { name: 'reason', value: `${exitReason(exit)} (${state})` },
    ...(purpose === undefined ? [] : [{ name: 'purpose', ...purposes[purpose] }]),
    { name: 'position', value: position, explanation: 'where this stop is in the run' },
    ...(exit.kind === 'exception' ? exceptionNodes(exit.vector, exit.errorCode) : []),
    ...(exit.kind === 'emulation' ? [] : [ringNode(exit.ring)]),
    ...stages.map(({ kind, text }, index) => ({ name: `${index + 1} ${kind}`, value: text })),
  ];
}

const purposes = {
  guest: { value: "the guest's", explanation: 'the guest did something that the monitor must handle' },
  bookkeeping: {
    value: 'bookkeeping',
    explanation: "the monitor's own affair: a hidden fault, the host's timer, catching up",
  },
};

const exceptionNodes = (vector: number, errorCode: number | undefined): VariableNode[] => [
  { name: 'vector', value: `${hex(vector, 2)} ${vectorName(vector)}` },
  ...(errorCode === undefined ? [] : [errorCodeNode(vector, errorCode)]),
];

const ringNode = (ring: number): VariableNode => ({
  name: 'ring',
  value: `${ring} → 0`,
  explanation: 'the ring that the guest was really in',
});

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
