// The texts of the stages: instructions, reasons, and what has changed, in words and values.

import { maximumInstructionBytes } from '../../isa/decodeState';
import { Disassembler } from '../../isa/disassemble';
import { type PageAccess, physicalOf } from '../../cpu/memory/paging';
import type { ProcessorState } from '../../cpu/registers/state';
import type { PortDevice } from '../../devices/device';
import { hex } from '../../base/hex';
import { unreachable } from '../../base/exhaustive';
import type { MicroProgram } from '../../ir/microOp';
import { Vector } from '../../isa/exceptions';
import { Eflags } from '../../isa/flags';
import type { Privilege } from '../../isa/opcodeRow';
import { Gpr, gprNames, Segment, segmentNames } from '../../isa/registers';
import type { StateField } from '../../isa/state';
import type { TrapAndEmulate } from './trapAndEmulate';
import type { TrapFrame } from './worldSwitch';

/** Such as `cli (fa) at 0x8:0x00100010`. */
export function instructionText({ vcpu, guestMemory }: TrapAndEmulate, program: MicroProgram | undefined): string {
  const { state } = vcpu;
  const at = `${hex(state.selector(Segment.cs))}:${hex(state.eip, 8)}`;
  if (!program) return `the instruction at ${at} cannot be fetched`;
  const bytes = codeBytes(state, program.length, address => {
    const physical = physicalOf(guestMemory, state, address);
    return physical === undefined ? 0 : guestMemory.read8(physical);
  });
  const encoding = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(' ');
  return `${disassembly(bytes, state)} (${encoding}) at ${at}`;
}

function codeBytes(state: ProcessorState, length: number, read: (linear: number) => number): Uint8Array {
  const start = state.base(Segment.cs) + state.eip;
  return Uint8Array.from({ length: Math.min(length, maximumInstructionBytes) }, (_, index) =>
    read((start + index) >>> 0),
  );
}

function disassembly(bytes: Uint8Array, state: ProcessorState): string {
  const disassembler = new Disassembler();
  try {
    return disassembler.disassemble(bytes, state.eip, state.codeIs32Bit ? 32 : 16).text;
  } finally {
    disassembler.free();
  }
}

/** Why the hardware stopped at an instruction. `frame` is absent where it did not: the monitor goes on by itself. */
export function whyTrapped(
  system: TrapAndEmulate,
  program: MicroProgram | undefined,
  frame: TrapFrame | undefined,
): string {
  const { state } = system.vcpu;
  const believes = `the guest believes in ring ${state.cpl}`;
  if (!frame)
    return `the hardware cannot hold this state of the guest yet, so the virtual CPU takes this instruction; ${believes}`;
  const row = program?.instruction?.row;
  if (!row) return `no processor knows this instruction; ${believes}, and has to handle the fault`;
  const privilege = privilegeThatFailed(row.privilege, frame);
  if (privilege) return `${rule(privilege)}; ${believes} with IOPL ${state.iopl}`;
  if (row.mnemonic === 'int' || row.mnemonic === 'int3' || row.mnemonic === 'into')
    return `the gates of the real IDT are for ring 0 only, so that a software interrupt traps; ${believes}, and its own IDT decides`;
  return `${faultCause(frame)}; ${believes}, and its own tables decide`;
}

/** The rule of the opcode table that the real ring broke, if that was the cause of a #GP(0). */
function privilegeThatFailed(
  privilege: Privilege | undefined,
  { vector, errorCode, context }: TrapFrame,
): Privilege | undefined {
  if (vector !== Vector.generalProtection || errorCode !== 0) return undefined;
  return privilege === 'v86Iopl' && !(context.eflags & Eflags.vm) ? undefined : privilege;
}

function rule(privilege: Privilege): string {
  switch (privilege) {
    case 'cpl0':
      return 'the instruction is privileged, for ring 0 only';
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

function faultCause({ vector, errorCode = 0, context }: TrapFrame): string {
  const ring = context.selectors[Segment.cs] & 3;
  if (vector === Vector.pageFault) return 'the write must not go past the monitor';
  if (vector === Vector.segmentNotPresent)
    return `the segment of selector ${hex(errorCode)} is marked not present in the real tables`;
  if (errorCode !== 0) return `ring ${ring} may not use selector ${hex(errorCode)} this way`;
  return `the access is not one that ring ${ring} may make within its truncated segments`;
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

const shownFields: readonly StateField[] = ['cr0', 'cr2', 'cr3', 'cr4', 'gdtrBase', 'idtrBase', 'dr6', 'dr7'];

/** What a step changed on the virtual CPU: `IF 1 → 0, EIP 0x… → 0x…`. */
export function changesText(before: ProcessorState, after: ProcessorState): string {
  const changes: string[] = [];
  const note = (name: string, from: number, to: number, digits = 0): void => {
    const text = (value: number): string => (digits ? hex(value >>> 0, digits) : `${value}`);
    if (from !== to) changes.push(`${name} ${text(from)} → ${text(to)}`);
  };
  note('ring', before.cpl, after.cpl);
  note('IF', interruptFlag(before), interruptFlag(after));
  note('IOPL', before.iopl, after.iopl);
  gprNames.forEach((name, index) => note(name.toUpperCase(), before.gpr(index), after.gpr(index), 8));
  segmentNames.forEach((name, index) => note(name.toUpperCase(), before.selector(index), after.selector(index), 4));
  note('LDTR', before.selector(Segment.ldtr), after.selector(Segment.ldtr), 4);
  note('TR', before.selector(Segment.tr), after.selector(Segment.tr), 4);
  for (const field of shownFields) note(field.toUpperCase(), before.get(field), after.get(field), 8);
  note('EIP', before.eip, after.eip, 8);
  return `on the virtual CPU: ${changes.join(', ') || 'nothing that it shows has changed'}`;
}

const interruptFlag = (state: ProcessorState): number => (state.systemFlags & Eflags.if ? 1 : 0);
