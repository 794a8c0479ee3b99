// The guest's devices, each with its registers in plain words.

import { t, translated } from '../../base/localization';
import type { Guest } from '../../monitor/guest';
import type { VariableNode } from './node';

export function deviceNodes({ devices }: Guest): VariableNode[] {
  return devices.devices.map(device => ({
    name: translated(device.title),
    value: '',
    children: () =>
      device.describe().map(({ name, value, explanation }) => ({
        name,
        value: explanation === '' ? value : t`${value} · ${explanation}`,
        explanation,
      })),
  }));
}
