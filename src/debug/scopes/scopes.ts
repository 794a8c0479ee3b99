// The headings of the Variables view, in their order.

import { t } from '../../base/localization';
import type { Debuggee } from '../debuggee';
import type { KnownRegisters } from '../expressions/frameRegisters';
import { believedNodes } from './believedScope';
import { exitNodes } from './exitScope';
import { deviceNodes } from './deviceScope';
import type { ScopeRow } from './node';
import { controlNodes, flagNodes, generalNodes, outerNodes, segmentNodes } from './registerScopes';
import { trapNodes } from './trapScope';

/** `outer` is what is known of the registers of a frame other than the innermost. */
export function scopeRows({ system, engine, symbols }: Debuggee, outer?: KnownRegisters): readonly ScopeRow[] {
  const state = () => system.running.level.believed();
  const ofMachine: readonly ScopeRow[] = [
    { name: 'Guest believes / hardware has', kind: 'other', variables: () => believedNodes(system, engine.visit) },
    { name: 'Trap', kind: 'other', variables: () => trapNodes(engine) },
    { name: 'Control', kind: 'registers', variables: () => controlNodes(state()) },
    { name: t`Exits`, kind: 'other', variables: () => exitNodes(system.running) },
    { name: 'Devices', kind: 'other', variables: () => deviceNodes(system.running) },
  ];
  if (outer)
    return [{ name: 'Registers', kind: 'registers', variables: () => outerNodes(outer, symbols) }, ...ofMachine];
  const segments: ScopeRow = { name: 'Segments', kind: 'registers', variables: () => segmentNodes(state()) };
  return [
    { name: 'Registers', kind: 'registers', variables: () => generalNodes(state(), symbols) },
    { name: 'Flags', kind: 'registers', variables: () => flagNodes(state()) },
    ...ofMachine.flatMap(row => (row.name === 'Control' ? [segments, row] : [row])),
  ];
}
