// The texts of the stages: instructions, reasons, and what has changed, in words and values.

import type { PageAccess } from '../../cpu/paging';
import type { ProcessorState } from '../../cpu/state';
import type { PortDevice } from '../../devices/device';
import { hex } from '../../base/hex';
import { unreachable } from '../../base/exhaustive';
import type { MicroProgram } from '../../ir/microOp';
import { Eflags } from '../../isa/flags';
import type { Privilege } from '../../isa/opcodeRow';
import { Gpr, gprNames, Segment, segmentNames } from '../../isa/registers';
import type { StateField } from '../../isa/state';
import type { TrapAndEmulate } from './trapAndEmulate';

/** Such as `cli (fa) at 0x8:0x00100010`. */
export function instructionText({ vcpu }: TrapAndEmulate, program: MicroProgram | undefined): string {
  const { state } = vcpu;
  const at = `${hex(state.selector(Segment.cs))}:${hex(state.eip, 8)}`;
  if (!program) return `the instruction at ${at} cannot be fetched`;
  return `${program.instruction?.row.mnemonic ?? 'undefined opcode'}, ${program.length} bytes, at ${at}`;
}

/** Why the hardware stopped here, and whether the guest may do what it wanted. */
export function whyTrapped({ vcpu, hardware }: TrapAndEmulate, program: MicroProgram | undefined): string {
  const { cpl } = vcpu.state;
  const row = program?.instruction?.row;
  if (!row) return `the guest, in its ring ${cpl}, has to fault: there is no such instruction`;
  if (!hardware.state.cpl && row.privilege)
    return `${rule(row.privilege)}; the guest believes in ring ${cpl} with IOPL ${vcpu.state.iopl}`;
  return `the guest believes in ring ${cpl}: its virtual CPU decides`;
}

function rule(privilege: Privilege): string {
  switch (privilege) {
    case 'cpl0':
      return 'the instruction is privileged: only ring 0 may use it';
    case 'iopl':
      return 'the instruction needs CPL ≤ IOPL, and the real IOPL is 0';
    case 'io':
      return 'port access needs CPL ≤ IOPL or a hole in the I/O map, and the monitor gives neither';
    case 'v86Iopl':
      return 'in virtual-8086 mode the instruction needs IOPL 3, and the real IOPL is 0';
    case 'cr4.tsd':
      return 'the time stamp counter is closed outside ring 0 (CR4.TSD)';
    case 'cr4.pce':
      return 'performance counters are closed outside ring 0 (CR4.PCE)';
    default:
      return unreachable(privilege);
  }
}

/** The device behind the port of an IN or OUT that comes next. */
export function portOf({ vcpu, devices }: TrapAndEmulate, program: MicroProgram | undefined): PortDevice | undefined {
  const instruction = program?.instruction;
  if (instruction?.row.exitReason !== 'io') return undefined;
  const immediate = instruction.operands.find(operand => operand.kind === 'immediate');
  return devices.ports.deviceAt(immediate ? immediate.value & 0xff : vcpu.state.gpr(Gpr.edx) & 0xffff);
}

export const accessText = ({ write, user }: PageAccess, linear: number): string =>
  `a ${user ? 'user' : 'supervisor'} ${write ? 'write' : 'read'} at ${hex(linear, 8)}`;

const watchedFields: readonly StateField[] = ['cr0', 'cr2', 'cr3', 'cr4', 'gdtrBase', 'idtrBase', 'dr6', 'dr7'];

/** What a step changed on the virtual CPU: `IF 1 → 0, EIP 0x… → 0x…`. */
export function changesText(before: ProcessorState, after: ProcessorState): string {
  const changes: string[] = [];
  const note = (name: string, from: number, to: number, digits = 0): void => {
    if (from !== to)
      changes.push(`${name} ${digits ? hex(from >>> 0, digits) : from} → ${digits ? hex(to >>> 0, digits) : to}`);
  };
  note('ring', before.cpl, after.cpl);
  note('IF', bit(before, Eflags.if), bit(after, Eflags.if));
  note('IOPL', before.iopl, after.iopl);
  gprNames.forEach((name, index) => note(name.toUpperCase(), before.gpr(index), after.gpr(index), 8));
  segmentNames.forEach((name, index) => note(name.toUpperCase(), before.selector(index), after.selector(index), 4));
  note('LDTR', before.selector(Segment.ldtr), after.selector(Segment.ldtr), 4);
  note('TR', before.selector(Segment.tr), after.selector(Segment.tr), 4);
  for (const field of watchedFields) note(field.toUpperCase(), before.get(field), after.get(field), 8);
  note('EIP', before.eip, after.eip, 8);
  return `on the virtual CPU: ${changes.join(', ') || 'nothing that it shows has changed'}`;
}

const bit = (state: ProcessorState, mask: number): number => (state.systemFlags & mask ? 1 : 0);
