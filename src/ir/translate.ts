// From a decoded instruction to its micro-program: the checks that are common to all instructions, made from the
// opcode table's columns, and then the instruction's own meaning. No instruction repeats these checks.

import { Cr4 } from '../isa/controlRegisters';
import { Vector } from '../isa/exceptions';
import { Eflags, ioplShift } from '../isa/flags';
import { type Instruction, portAccess } from '../isa/instruction';
import type { Privilege } from '../isa/opcodeRow';
import { unreachable } from '../base/exhaustive';
import { semantics } from '../semantics';
import type { Builder, ExecutionMode, Value } from '../semantics/builder';
import { IrBuilder, type OperandParameters } from './irBuilder';
import type { MicroProgram } from './microOp';

/** With `parameters`, the program is that of all instructions with the same bytes before their first field. */
export function translate(instruction: Instruction, mode: ExecutionMode, parameters?: OperandParameters): MicroProgram {
  const b = new IrBuilder(mode, instruction.length, parameters);
  if (isUndefined(instruction, mode)) b.raise(Vector.invalidOpcode);
  else {
    if (instruction.row.privilege) checkPrivilege(b, instruction, instruction.row.privilege);
    semantics[instruction.row.mnemonic](b, instruction);
  }
  return b.finish(instruction);
}

/** The program of bytes that are no instruction, or too many: it raises an exception. */
export function translateFault(vector: number, length: number, mode: ExecutionMode): MicroProgram {
  const b = new IrBuilder(mode, length);
  b.raise(vector, vector === Vector.generalProtection ? b.constant(16, 0) : undefined);
  return b.finish(undefined);
}

/** LOCK where it is not allowed (SDM Vol. 2A, LOCK), or a protected-mode instruction elsewhere. */
function isUndefined({ row, lock, operands }: Instruction, mode: ExecutionMode): boolean {
  if (lock && !(row.lockable && operands.some(operand => operand.kind === 'memory'))) return true;
  return row.protectedModeOnly === true && (!mode.protectedMode || mode.virtual8086);
}

function checkPrivilege(b: Builder, instruction: Instruction, privilege: Privilege): void {
  const { mode } = b;
  const refuseIf = (condition: Value): void => b.raiseIf(condition, Vector.generalProtection, b.constant(16, 0));
  const refuse = (): void => refuseIf(b.constant(1, 1));
  switch (privilege) {
    case 'cpl0':
      if (mode.cpl !== 0) refuse();
      return;
    case 'iopl':
      if (mode.cpl !== 0) refuseIf(b.lessUnsigned(iopl(b), b.constant(32, mode.cpl)));
      return;
    case 'v86Iopl':
      if (mode.virtual8086) refuseIf(b.lessUnsigned(iopl(b), b.constant(32, 3)));
      return;
    case 'io':
      if (mode.cpl !== 0) checkPort(b, instruction);
      return;
    case 'cr4.tsd':
      if (mode.cpl !== 0) refuseIf(isSet(b, Cr4.tsd));
      return;
    case 'cr4.pce':
      if (mode.cpl !== 0) refuseIf(b.not(isSet(b, Cr4.pce)));
      return;
    default:
      unreachable(privilege);
  }
}

function iopl(b: Builder): Value {
  const field = b.and(b.readField('systemFlags'), b.constant(32, Eflags.iopl));
  return b.shiftRight(field, b.constant(8, ioplShift));
}

const isSet = (b: Builder, cr4Bit: number): Value =>
  b.notEqual(b.and(b.readField('cr4'), b.constant(32, cr4Bit)), b.constant(32, 0));

function checkPort(b: Builder, instruction: Instruction): void {
  const { operand, width } = portAccess(instruction);
  b.call('checkPortPermission', b.zeroExtend(b.read(operand), 32), b.constant(32, width));
}
