// Which instructions handlers and compiled code may run; all others are the evaluator's.

import { Segment } from '../isa/registers';
import { MicroOpCode, type MicroProgram } from '../ir/microOp';

/**
 * Debuggers may want to look before instructions that are privileged or sensitive: they are left to the evaluator. So are
 * those that touch memory through segments that `flat` (bits 1 ES, 2 SS, 4 DS) does not say are flat.
 */
export function isCompilable(program: MicroProgram, flat: number): boolean {
  const row = program.instruction?.row;
  if (!row || row.privilege !== undefined || row.sensitive !== undefined) return false;
  return usesOnly(program, flat);
}

function usesOnly({ ops }: MicroProgram, flat: number): boolean {
  return ops.every(({ code, immediate }) => {
    if (code !== MicroOpCode.load && code !== MicroOpCode.store && code !== MicroOpCode.reserve) return true;
    const bit = immediate === Segment.es ? 1 : immediate === Segment.ss ? 2 : immediate === Segment.ds ? 4 : 0;
    return (flat & bit) !== 0;
  });
}
