// The guest's devices, each with its registers in plain words.

import type { Guest } from '../../monitor/guest';
import type { VariableNode } from './node';

export function deviceNodes({ devices }: Guest): VariableNode[] {
  return devices.devices.map(device => ({
    name: device.title,
    value: '',
    children: () =>
      device.describe().map(({ name, value, explanation }) => ({
        name,
        value: explanation === '' ? value : `${value} · ${explanation}`,
        explanation,
      })),
  }));
}
