// Regions: the basic blocks that can be reached from given entries within one page of code.

import type { Instruction } from '../isa/instruction';
import { MicroOpCode, type MicroProgram } from './microOp';
import { endsBlock, isBlockable, joinBlock } from './blockGraph';
import type { RegionBlock } from './wasm/regionEmitter';

/** The program at an offset in the code segment, or undefined if it does not lie wholly within the page. */
export type ProgramAt = (eip: number) => MicroProgram | undefined;

/** May the instruction be compiled, in the mode and with the segments at hand? */
export type Compilable = (program: MicroProgram, eip: number) => boolean;

const maximumBlockInstructions = 64;
const maximumRegionInstructions = 3000;

/** Blocks in ascending order of address. */
export function findRegion(entries: readonly number[], programAt: ProgramAt, compilable: Compilable): RegionBlock[] {
  const leaders = findLeaders(entries, programAt, compilable);
  const blocks = [...leaders].sort((a, b) => a - b).map(eip => buildBlock(eip, leaders, programAt, compilable));
  return blocks.filter((block): block is RegionBlock => block !== undefined);
}

/** Where blocks begin: entries, targets of branches, and what follows a branch, a call, or an instruction that is not compiled. */
function findLeaders(entries: readonly number[], programAt: ProgramAt, compilable: Compilable): Set<number> {
  const leaders = new Set<number>();
  const seen = new Set<number>();
  const work = [...entries];
  const lead = (eip: number): void => {
    if (!leaders.has(eip) && programAt(eip)) work.push(eip);
  };
  for (let start = work.pop(); start !== undefined; start = work.pop()) {
    if (leaders.has(start)) continue;
    leaders.add(start);
    let eip = start;
    for (let count = 0; seen.size < maximumRegionInstructions; count++) {
      const program = programAt(eip);
      if (!program || (count > 0 && seen.has(eip))) break;
      seen.add(eip);
      const next = eip + program.length;
      if (!compilable(program, eip) || !isBlockable(program)) {
        if (goesOn(program)) lead(next);
        break;
      }
      if (endsBlock(program)) {
        if (program.instruction && isRepeating(program) && eip !== start) lead(eip);
        for (const target of targetsOf(program, eip)) lead(target);
        break;
      }
      if (count + 1 === maximumBlockInstructions) {
        lead(next);
        break;
      }
      eip = next;
    }
  }
  return leaders;
}

function buildBlock(
  start: number,
  leaders: ReadonlySet<number>,
  programAt: ProgramAt,
  compilable: Compilable,
): RegionBlock | undefined {
  const programs: MicroProgram[] = [];
  const starts: number[] = [];
  let eip = start;
  while (programs.length < maximumBlockInstructions) {
    const program = programAt(eip);
    if (!program || !compilable(program, eip) || !isBlockable(program)) break;
    if (programs.length > 0 && (leaders.has(eip) || isRepeating(program))) break;
    programs.push(program);
    starts.push(eip);
    eip += program.length;
    if (endsBlock(program)) break;
  }
  return programs.length > 0 ? { eip: start, graph: joinBlock(programs, start), starts, endEip: eip } : undefined;
}

const isRepeating = ({ ops }: MicroProgram): boolean => ops.some(({ code }) => code === MicroOpCode.repeatIf);

/** Offsets to which a block's last instruction may lead, as far as they are known. */
function targetsOf(program: MicroProgram, eip: number): readonly number[] {
  const next = eip + program.length;
  const { end } = joinBlock([program], eip);
  switch (end.kind) {
    case 'next':
    case 'repeat':
      return [next];
    case 'branch':
      return [end.target.immediate >>> 0, next];
    case 'jump': {
      const direct = end.target.code === MicroOpCode.constant ? [end.target.immediate >>> 0] : [];
      return isCall(program.instruction) ? [...direct, next] : direct;
    }
  }
}

const isCall = (instruction: Instruction | undefined): boolean => instruction?.row.mnemonic === 'callNear';

/** Does the following instruction come next at some time? */
const goesOn = ({ instruction }: MicroProgram): boolean => {
  const mnemonic = instruction?.row.mnemonic;
  return (
    mnemonic !== undefined && mnemonic !== 'jmpFar' && mnemonic !== 'iret' && mnemonic !== 'retFar' && mnemonic !== 'ud'
  );
};
