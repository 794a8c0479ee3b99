// Where a guest is: rings, mode, time, who has the processor, and the last crossing.
import { t } from '../../base/localization';
import type { Debuggee } from '../../debug/debuggee';
import { linearEip } from '../../debug/position';
import type { ProcessorState } from '../../cpu/registers/state';
import { techniques } from '../../monitor/techniques';
import type { Fact, ModeFact, RingFact, RunningGuest, StandingGuest, TechniqueFact } from '../../shared/where';
import { crossingFacts } from './crossingFacts';
import type { Facts } from './facts';
import { virtualTime } from './virtualTime';

export const runningGuest = ({ system }: Debuggee): RunningGuest => ({
  running: true,
  technique: techniqueFact(system.technique),
  time: virtualTime(system.running.now),
});

export function standingGuest(facts: Facts): StandingGuest {
  const { system, engine } = facts.debuggee;
  const { newest } = engine.events;
  const entry = newest?.kind === 'monitorEntry' ? undefined : engine.events.newestOf('monitorEntry');
  return {
    running: false,
    technique: techniqueFact(system.technique),
    time: virtualTime(system.running.now),
    rings: ringsOf(facts),
    mode: modeOf(facts),
    processor: processorOf(facts),
    ...(newest ? { crossing: crossingFacts(facts, newest) } : {}),
    ...(entry ? { monitorEntry: crossingFacts(facts, entry) } : {}),
  };
}

function techniqueFact(name: string): TechniqueFact {
  const title = techniques.find(technique => technique.name === name)?.title ?? name;
  return { name, text: title };
}

function ringsOf(facts: Facts): StandingGuest['rings'] {
  const { engine, system } = facts.debuggee;
  const ring = (text: string, number: number, name: string): RingFact => ({
    ...facts.fact(text, { variable: { scope: t`Guest believes / hardware has`, name } }),
    ring: number,
  });
  const believed = system.running.level.believed().cpl;
  const real = system.machine.hardware.state.cpl;
  const trapped = engine.inMonitor ? engine.visit?.trapped?.cpl : undefined;
  const row = t`ring (CPL)`;
  return {
    real: ring(engine.inMonitor ? t`ring ${real}, in which the monitor runs` : t`ring ${real}`, real, row),
    believed: ring(t`ring ${believed}`, believed, row),
    ...(trapped === undefined ? {} : { trapped: ring(t`ring ${trapped}, when it trapped`, trapped, row) }),
  };
}

function modeOf(facts: Facts): ModeFact {
  const state = facts.debuggee.system.running.level.believed();
  const name = modeName(state);
  const { paging } = state;
  const text = modeText(name, paging);
  return { ...facts.fact(text, { variable: { scope: t`Control`, name: 'cr0' } }), name, paging };
}

function modeName(state: ProcessorState): ModeFact['name'] {
  if (!state.protectedMode) return 'real';
  if (state.virtual8086) return 'virtual8086';
  return state.codeIs32Bit ? 'protected32' : 'protected16';
}

function modeText(name: ModeFact['name'], paging: boolean): string {
  switch (name) {
    case 'real':
      return t`real mode`;
    case 'virtual8086':
      return paging ? t`virtual-8086 mode, paging on` : t`virtual-8086 mode, paging off`;
    case 'protected16':
      return paging ? t`protected mode, 16-bit, paging on` : t`protected mode, 16-bit, paging off`;
    case 'protected32':
      return paging ? t`protected mode, 32-bit, paging on` : t`protected mode, 32-bit, paging off`;
  }
}

function processorOf(facts: Facts): Fact & { in: 'guest' | 'monitor' } {
  const { engine, explainer, system } = facts.debuggee;
  const [frame] = engine.inMonitor ? (engine.visit?.stack ?? []) : [];
  if (frame) {
    const { statement } = frame;
    return { ...facts.fact(t`in the monitor, at ${statement.handler}`, { statement }), in: 'monitor' };
  }
  const code = linearEip(system);
  return { ...facts.fact(t`in the guest, at ${explainer.placeAt(code)}`, { code }), in: 'guest' };
}
