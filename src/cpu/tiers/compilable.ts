// Which instructions routines and compiled code may run; all others are the evaluator's.

import { Segment } from '../../isa/registers';
import { MicroOpCode, type MicroProgram } from '../../ir/microOp';

/** Privileged and sensitive instructions: a debugger may want to look before them. */
export function isWatched({ instruction }: MicroProgram): boolean {
  return instruction?.row.privilege !== undefined || instruction?.row.sensitive !== undefined;
}

/** It may raise exceptions that only the machinery finds. */
export const callsMachinery = ({ ops }: MicroProgram): boolean => ops.some(({ code }) => code === MicroOpCode.call);

/** Does the program touch memory through no other segments than those that `flat` (bits 1 ES, 2 SS, 4 DS) says are flat? */
export function usesOnlyFlat({ ops }: MicroProgram, flat: number): boolean {
  return ops.every(({ code, immediate }) => {
    if (code !== MicroOpCode.load && code !== MicroOpCode.store && code !== MicroOpCode.reserve) return true;
    const bit = immediate === Segment.es ? 1 : immediate === Segment.ss ? 2 : immediate === Segment.ds ? 4 : 0;
    return (flat & bit) !== 0;
  });
}

/** May compiled regions hold it? */
export const isCompilable = (program: MicroProgram, flat: number): boolean =>
  program.instruction !== undefined && !isWatched(program) && usesOnlyFlat(program, flat);
