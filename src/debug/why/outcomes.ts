// What each technique makes of an instruction as the guest stands now.

import { t, translated } from '../../base/localization';
import type { ProcessorState } from '../../cpu/registers/state';
import type { Instruction } from '../../isa/instruction';
import type { TechniqueName } from '../../monitor/system';
import { notSilent, silentReason } from '../sensitivity';
import { judge, type Rights } from './rights';

export type OutcomeKind =
  /** the processor carries it out */
  | 'runs'
  /** #GP(0), to the guest's own handler */
  | 'faults'
  /** the monitor is called, and carries it out on the virtual CPU */
  | 'emulated'
  /** the monitor is called, and passes the fault on to the guest */
  | 'reflected'
  /** it runs outside the ring that the guest believes in, shows or changes what it should not, and nothing traps */
  | 'silent'
  /** it depends on the descriptors that it uses */
  | 'depends';

export interface Outcome {
  readonly technique: TechniqueName;
  readonly kind: OutcomeKind;
  /** such as `CPL 1 > IOPL 0`, on the hardware */
  readonly deciding: string;
  readonly text: string;
}

/** `believed` are the rights that the guest believes to have. */
type Judge = (instruction: Instruction, state: ProcessorState, believed: Rights) => Outcome;

const judges: Readonly<Record<TechniqueName, Judge>> = { none: bareMetal, trapAndEmulate };

export const outcomes = (instruction: Instruction, state: ProcessorState, believed: Rights): readonly Outcome[] =>
  Object.values(judges).map(judgeBy => judgeBy(instruction, state, believed));

function bareMetal({ row }: Instruction, _: ProcessorState, believed: Rights): Outcome {
  const technique = 'none';
  const { allowed, deciding } = judge(row.privilege, believed);
  if (allowed) return { technique, kind: 'runs', deciding, text: t`the processor carries it out (${deciding})` };
  return { technique, kind: 'faults', deciding, text: t`it raises #GP(0), for the guest's own handler (${deciding})` };
}

function trapAndEmulate(instruction: Instruction, state: ProcessorState, believed: Rights): Outcome {
  const technique = 'trapAndEmulate';
  const { row } = instruction;
  const hardware = deprivileged(state);
  const real = judge(row.privilege, hardware);
  const { deciding } = real;
  if (!real.allowed) {
    const { allowed, deciding: inBelief } = judge(row.privilege, believed);
    if (allowed)
      return {
        technique,
        kind: 'emulated',
        deciding,
        text: t`it traps, as on the hardware ${deciding}; the monitor carries it out on the virtual CPU (${inBelief})`,
      };
    return {
      technique,
      kind: 'reflected',
      deciding,
      text: t`it traps, as on the hardware ${deciding}; the monitor passes the fault on to the guest (${inBelief})`,
    };
  }
  if (row.flow === 'interrupt')
    return {
      technique,
      kind: 'emulated',
      deciding,
      text: t`it traps, as all gates are the monitor's; the monitor enters the guest's own handler`,
    };
  const reason = silentReason(instruction, state, hardware);
  if (reason !== undefined)
    return { technique, kind: 'silent', deciding, text: t`it does not trap, and goes wrong: ${translated(reason)}` };
  if (row.sensitive !== undefined && notSilent.includes(row.mnemonic))
    return {
      technique,
      kind: 'depends',
      deciding,
      text: t`it runs directly where the monitor's copy of the descriptors allows it, and traps elsewhere`,
    };
  return { technique, kind: 'runs', deciding, text: t`it runs directly on the hardware` };
}

/** What the hardware has while the guest runs on it: ring 0 as ring 1, real mode as virtual-8086 mode, IOPL 0, TSD set. */
function deprivileged(state: ProcessorState): Rights {
  const closed = { iopl: 0, tsd: true, pce: false, portIsOpen: false };
  if (!state.usesDescriptors) return { ...closed, cpl: 3, virtual8086: true };
  return { ...closed, cpl: state.cpl === 0 ? 1 : state.cpl, virtual8086: false };
}
