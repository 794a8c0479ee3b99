// Why an instruction of the guest did, or did not, trap: its class by the opcode table's columns, the bit that decides now, and what
// each technique makes of it. Data first, with a text for each part.

import type { Linear } from '../../base/address';
import { t } from '../../base/localization';
import { ioMapAllows } from '../../cpu/privileged/io';
import { decode, maximumInstructionBytes } from '../../isa/decode';
import { type Instruction, portAccess } from '../../isa/instruction';
import { type Privilege } from '../../isa/opcodeRow';
import { privilegeText } from '../../isa/privilege';
import { Gpr, Segment } from '../../isa/registers';
import type { Debuggee } from '../debuggee';
import { linearEip } from '../position';
import { isPrivileged, isSilent } from '../sensitivity';
import { errors } from '../userError';
import { type Outcome, outcomes } from './outcomes';
import { judge, portText, rightsOf, type Verdict } from './rights';

export type InstructionClass =
  | 'privileged'
  /** one of the 18 that read or change privileged state without a trap */
  | 'silent'
  /** it depends on privileged state too, and faults where that does not allow it */
  | 'sensitive'
  | 'innocuous';

export interface Why {
  readonly linear: Linear;
  /** the instruction */
  readonly text: string;
  readonly class: InstructionClass;
  readonly classText: string;
  readonly privilege: Privilege | undefined;
  /** of an IN or OUT */
  readonly port: number | undefined;
  /** by the rights that the guest believes to have, now */
  readonly believed: Verdict;
  readonly believedText: string;
  readonly outcomes: readonly Outcome[];
}

/** @throws UserError if there is no instruction */
export function whyAt(linear: Linear, debuggee: Debuggee): Why {
  const { memory, system, text } = debuggee;
  const state = system.running.level.believed();
  const codeSize = state.codeIs32Bit ? 32 : 16;
  const { bytes } = memory.readBytes({ space: 'gva', address: linear }, maximumInstructionBytes);
  const found = decode(bytes, 0, bytes.length, codeSize);
  if (found.kind !== 'instruction') throw errors.noInstruction(debuggee.explainer.placeAt(linear));
  const { instruction } = found;
  const { privilege } = instruction.row;
  const port = portOf(instruction, debuggee);
  const rights = rightsOf(state, port === undefined ? undefined : ioMapOpens(port.number, port.bytes, debuggee));
  const believed = judge(privilege, rights);
  const kind = classOf(instruction, debuggee);
  return {
    linear,
    text: text.at(linear, codeSize, state.base(Segment.cs))?.text ?? '',
    class: kind,
    classText: classText(kind, privilege),
    privilege,
    port: port?.number,
    believed,
    believedText: t`The guest believes: ${believed.deciding}.`,
    outcomes: outcomes(instruction, state, rights),
  };
}

/** The instruction that is asked about where none is named: what has trapped, if the monitor has control; else the next one. */
export function instructionInQuestion({ engine, system }: Debuggee): Linear {
  const trapped = engine.inMonitor ? engine.visit?.about?.linear : undefined;
  return trapped ?? linearEip(system);
}

/** In lines. */
export function whyLines(why: Why, { explainer, system }: Debuggee): readonly string[] {
  const at = explainer.placeAt(why.linear);
  return [
    t`${why.text} at ${at}: ${why.classText}`,
    ...(why.port === undefined ? [] : [t`Its port is ${portText(why.port)}.`]),
    why.believedText,
    ...why.outcomes.map(({ technique, text }) =>
      technique === system.technique ? t`${technique} (now): ${text}` : t`${technique}: ${text}`,
    ),
  ];
}

function classOf(instruction: Instruction, { system }: Debuggee): InstructionClass {
  if (isPrivileged(instruction, system.running.level.believed()) && instruction.row.privilege !== 'v86Iopl')
    return 'privileged';
  if (instruction.row.sensitive === undefined) return 'innocuous';
  return isSilent(instruction) ? 'silent' : 'sensitive';
}

function classText(kind: InstructionClass, privilege: Privilege | undefined): string {
  switch (kind) {
    case 'privileged':
      return privilege === undefined ? t`privileged` : t`privileged (${privilegeText(privilege)})`;
    case 'silent':
      return t`sensitive but silent: one of the 18 that show or change privileged state and do not trap. UMIP, which would stop five of them, came later than this processor.`;
    case 'sensitive':
      return t`sensitive: it faults where it may not do its work`;
    case 'innocuous':
      return t`innocuous: it does the same in every ring`;
  }
}

function portOf(instruction: Instruction, { system }: Debuggee): { number: number; bytes: number } | undefined {
  if (instruction.row.privilege !== 'io') return undefined;
  const { operand, width } = portAccess(instruction);
  const state = system.running.level.believed();
  const number = operand.kind === 'immediate' ? operand.value & 0xff : state.gpr(Gpr.edx) & 0xffff;
  return { number, bytes: width / 8 };
}

/** By the guest's own TSS; only looked at. */
const ioMapOpens = (port: number, bytes: number, { system, memory }: Debuggee): boolean =>
  ioMapAllows(system.running.level.believed(), port, bytes, linear => memory.read(linear >>> 0, 2));
