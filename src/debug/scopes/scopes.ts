// The headings of the Variables view, in their order.

import { t } from '../../base/localization';
import type { Debuggee } from '../debuggee';
import type { KnownRegisters } from '../expressions/frameRegisters';
import { believedNodes } from './believedScope';
import { exitNodes } from './exitScope';
import { deviceNodes } from './deviceScope';
import type { ScopeRow } from './node';
import { controlNodes, flagNodes, generalNodes, outerNodes, segmentNodes } from './registerScopes';
import { memoryNodes, tableNodes } from './tableNodes';
import { trapNodes } from './trapScope';

/** `outer` is what is known of the registers of a frame other than the innermost. */
export function scopeRows(debuggee: Debuggee, outer?: KnownRegisters): readonly ScopeRow[] {
  const { system, engine, symbols } = debuggee;
  const state = () => system.running.level.believed();
  const registers = (name: string, variables: ScopeRow['variables']): ScopeRow => ({
    name,
    kind: 'registers',
    variables,
  });
  const monitored: readonly ScopeRow[] = [
    { name: t`Guest believes / hardware has`, kind: 'other', variables: () => believedNodes(system, engine.visit) },
    { name: t`Trap`, kind: 'trap', variables: () => trapNodes(engine) },
  ];
  const control = registers(t`Control`, () => controlNodes(state()));
  const others: readonly ScopeRow[] = [
    { name: t`Memory`, kind: 'other', variables: () => memoryNodes(debuggee) },
    { name: t`Exits`, kind: 'other', variables: () => exitNodes(system.running) },
    { name: t`Devices`, kind: 'other', variables: () => deviceNodes(system.running) },
  ];
  if (outer) return [registers(t`Registers`, () => outerNodes(outer, symbols)), ...monitored, control, ...others];
  return [
    registers(t`Registers`, () => generalNodes(state(), symbols)),
    registers(t`Flags`, () => flagNodes(state())),
    ...monitored,
    registers(t`Segments`, () => [...segmentNodes(state()), ...tableNodes(debuggee)]),
    control,
    ...others,
  ];
}
