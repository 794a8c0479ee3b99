// The locals of a function of the monitor, in the field's words where it has some, with what they consist of below.

import { hex } from '../../base/hex';
import { t } from '../../base/localization';
import type { MonitorFrame, Visit } from '../../monitor/visit';
import type { VariableNode } from './node';

export const localNodes = (visit: Visit, { locals }: MonitorFrame): VariableNode[] =>
  Object.entries(locals).map(([name, value]) => valueNode(name, value, visit.describeLocal(name, locals)));

/** The local, or the part of one, that an expression such as `frame.context.eip` names. */
export function localNamed(visit: Visit, frame: MonitorFrame, expression: string): VariableNode | undefined {
  const [first, ...parts] = expression.trim().split('.');
  let node = localNodes(visit, frame).find(({ name }) => name === first);
  for (const part of parts) node = node?.children?.().find(({ name }) => name === part);
  return node;
}

function valueNode(name: string, value: unknown, text = valueText(value)): VariableNode {
  const parts = partsOf(value);
  return { name, value: text, ...(parts.length > 0 ? { children: () => parts.map(part => valueNode(...part)) } : {}) };
}

/** Only of plain data: what a device or a processor consists of has views of its own. */
function partsOf(value: unknown): [name: string, value: unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype ? Object.entries(value) : [];
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return value > 9 || value < 0 ? `${hex(value >>> 0)} (${value})` : String(value);
  if (typeof value === 'string' || typeof value === 'boolean' || value === undefined || value === null)
    return String(value);
  return Array.isArray(value) ? t`${value.length} values` : '…';
}
