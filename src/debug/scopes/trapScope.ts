// The trap that the monitor handles, or handled last: why, what its error code says, which stages it went through; and
// how often each kind has come.

import { vectorName } from '../../isa/exceptions';
import { hex } from '../../base/hex';
import { marked, t, translated } from '../../base/localization';
import type { Engine } from '../engine';
import { errorCodeFields } from '../errorCode';
import { exitReason } from '../../monitor/exit';
import { stageName } from '../../monitor/stageNames';
import type { Purpose, Visit } from '../../monitor/visit';
import { positionText } from '../position';
import type { VariableNode } from './node';

export function trapNodes(engine: Engine): VariableNode[] {
  const { visit, system } = engine;
  return [
    ...(visit ? exitNodes(visit, positionText(system.running.position)) : [{ name: t`trap`, value: t`none so far` }]),
    counts(t`traps so far`, system.running.exits),
    counts(t`switches to the host so far`, system.running.hostSwitches),
  ];
}

function exitNodes({ exit, cause, isUnderWay, purpose, stages }: Visit, position: string): VariableNode[] {
  const reason = translated(exitReason(exit));
  return [
    ...(cause === undefined ? [] : [{ name: t`what happened`, value: cause, explanation: cause }]),
    { name: t`reason`, value: isUnderWay ? t`${reason} (being handled)` : t`${reason} (handled)` },
    ...(purpose === undefined ? [] : [purposeNode(purpose)]),
    { name: t`position`, value: position, explanation: t`where this stop is in the run` },
    ...(exit.kind === 'exception' ? exceptionNodes(exit.vector, exit.errorCode) : []),
    ...(exit.kind === 'emulation' ? [] : [ringNode(exit.ring)]),
    ...stages.map(({ kind, text }, index) => ({ name: `${index + 1} ${stageName(kind)}`, value: text })),
  ];
}

const purposes = {
  guest: { value: marked`the guest's`, explanation: marked`the guest did something that the monitor must handle` },
  bookkeeping: {
    value: marked`bookkeeping`,
    explanation: marked`the monitor's own affair: a hidden fault, the host's timer, catching up`,
  },
};

const purposeNode = (purpose: Purpose): VariableNode => ({
  name: t`purpose`,
  value: translated(purposes[purpose].value),
  explanation: translated(purposes[purpose].explanation),
});

const exceptionNodes = (vector: number, errorCode: number | undefined): VariableNode[] => [
  { name: t`vector`, value: `${hex(vector, 2)} ${vectorName(vector)}` },
  ...(errorCode === undefined ? [] : [errorCodeNode(vector, errorCode)]),
];

const ringNode = (ring: number): VariableNode => ({
  name: t`ring`,
  value: `${ring} → 0`,
  explanation: t`the ring that the guest was really in`,
});

function errorCodeNode(vector: number, code: number): VariableNode {
  const fields = errorCodeFields(vector, code);
  if (fields.length === 0) return { name: t`error code`, value: hex(code) };
  const value = `${hex(code)} ${fields.map(({ meaning }) => meaning).reduce((said, meaning) => t`${said}; ${meaning}`)}`;
  const children = (): VariableNode[] =>
    fields.map(field => ({ name: field.name, value: t`${field.value}: ${field.meaning}` }));
  return { name: t`error code`, value, children };
}

function counts(name: string, known: ReadonlyMap<string, number>): VariableNode {
  const rows = [...known].sort(([, a], [, b]) => b - a);
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const children = (): VariableNode[] => rows.map(([of, count]) => ({ name: translated(of), value: String(count) }));
  return { name, value: String(total), ...(total > 0 ? { children } : {}) };
}
