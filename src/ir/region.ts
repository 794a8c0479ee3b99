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

/**
 * Blocks in ascending order of address. Control is to come in from outside at the offsets `entered`; at `starts` there is code
 * too, which may be reached from within.
 */
export function findRegion(
  { entered, starts }: { readonly entered: readonly number[]; readonly starts: readonly number[] },
  programAt: ProgramAt,
  compilable: Compilable,
): RegionBlock[] {
  const found = new Set(entered);
  const leaders = findLeaders([...starts, ...entered], found, programAt, compilable);
  const blocks = [...leaders]
    .sort((a, b) => a - b)
    .map(eip => buildBlock(eip, { leaders, isEntry: found.has(eip) }, programAt, compilable));
  return blocks.filter((block): block is RegionBlock => block !== undefined);
}

/**
 * Where blocks begin: at given places, targets of branches, and what follows a branch, a call, or an instruction that is not
 * compiled. Adds to `entered` where control comes in from outside in any case.
 */
function findLeaders(
  given: readonly number[],
  entered: Set<number>,
  programAt: ProgramAt,
  compilable: Compilable,
): Set<number> {
  const leaders = new Set<number>();
  const seen = new Set<number>();
  const work = [...given];
  const enter = (eip: number): void => {
    entered.add(eip);
    lead(eip);
  };
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
        if (goesOn(program)) enter(next);
        break;
      }
      if (endsBlock(program)) {
        if (program.instruction && isRepeating(program) && eip !== start) lead(eip);
        targetsOf(program, eip).forEach(isCall(program.instruction) ? enter : lead);
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
  { leaders, isEntry }: { readonly leaders: ReadonlySet<number>; readonly isEntry: boolean },
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
  if (programs.length === 0) return undefined;
  return { eip: start, isEntry, graph: joinBlock(programs, start), starts, endEip: eip };
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
