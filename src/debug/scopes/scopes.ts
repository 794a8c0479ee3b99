// The headings of the Variables view, in their order.

import type { Debuggee } from '../debuggee';
import { believedNodes } from './believedScope';
import { deviceNodes } from './deviceScope';
import type { ScopeRow } from './node';
import { controlNodes, flagNodes, generalNodes, segmentNodes } from './registerScopes';
import { trapNodes } from './trapScope';

export function scopeRows({ system, engine, symbols }: Debuggee): readonly ScopeRow[] {
  const state = () => system.running.level.believed();
  return [
    { name: 'Registers', kind: 'registers', variables: () => generalNodes(state(), symbols) },
    { name: 'Flags', kind: 'registers', variables: () => flagNodes(state()) },
    { name: 'Guest believes / hardware has', kind: 'other', variables: () => believedNodes(system) },
    { name: 'Trap', kind: 'other', variables: () => trapNodes(engine) },
    { name: 'Segments', kind: 'registers', variables: () => segmentNodes(state()) },
    { name: 'Control', kind: 'registers', variables: () => controlNodes(state()) },
    { name: 'Devices', kind: 'other', variables: () => deviceNodes(system.running) },
  ];
}
