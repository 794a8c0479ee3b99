// The guest's devices, each with its registers in plain words.

import type { System } from '../../monitor/system';
import type { VariableNode } from './node';

export function deviceNodes({ devices }: System): VariableNode[] {
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
