// Regions: the basic blocks that can be reached from given entries within one page of code.

import type { Instruction } from '../isa/instruction';
import type { ControlFlow } from '../isa/opcodeRow';
import { MicroOpCode, type MicroProgram } from './microOp';
import { endsBlock, isBlockable, joinBlock } from './blockGraph';
import type { RegionBlock } from './wasm/regionPlan';

/** The program at an offset in the code segment, or undefined if it does not lie wholly within the page. */
export type ProgramAt = (eip: number) => MicroProgram | undefined;

/** What the instruction there weighs: `cpu/tiers/instructionWeights.ts`. */
export type WeightAt = (eip: number) => number;

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
  weightAt?: WeightAt,
): RegionBlock[] {
  const found = new LeaderSearch(entered, starts, programAt, compilable);
  const blocks = [...found.leaders].sort((a, b) => a - b).map(eip => buildBlock(eip, found, programAt, compilable));
  const made = blocks.filter(block => block !== undefined);
  return weightAt ? made.map(block => ({ ...block, weights: block.starts.map(weightAt) })) : made;
}

/**
 * Where blocks begin: at given places, targets of branches, and what follows a branch, a call, or an instruction that is not
 * compiled. A start that lies within a straight line begins no block of its own.
 */
class LeaderSearch {
  readonly leaders = new Set<number>();
  /** where control comes in from outside in any case */
  readonly entered: Set<number>;
  private readonly seen = new Set<number>();
  private work: number[];

  constructor(
    entered: readonly number[],
    starts: readonly number[],
    private readonly programAt: ProgramAt,
    private readonly compilable: Compilable,
  ) {
    this.entered = new Set(entered);
    this.work = [...entered];
    this.search();
    for (const start of [...starts].sort((a, b) => a - b)) {
      if (this.seen.has(start)) continue;
      this.work.push(start);
      this.search();
    }
  }

  private search(): void {
    for (let start = this.work.pop(); start !== undefined; start = this.work.pop()) {
      if (this.leaders.has(start)) continue;
      this.leaders.add(start);
      this.followLine(start);
    }
  }

  private followLine(start: number): void {
    let eip = start;
    for (let count = 0; this.seen.size < maximumRegionInstructions; count++) {
      const program = this.programAt(eip);
      if (!program || (count > 0 && this.seen.has(eip))) return;
      this.seen.add(eip);
      const next = eip + program.length;
      if (!this.compilable(program, eip) || !isBlockable(program)) {
        if (goesOn(program)) this.enter(next);
        return;
      }
      if (endsBlock(program)) {
        if (isRepeating(program) && eip !== start) this.lead(eip);
        for (const target of targetsOf(program, eip))
          if (isCall(program.instruction)) this.enter(target);
          else this.lead(target);
        return;
      }
      if (count + 1 === maximumBlockInstructions) return this.lead(next);
      eip = next;
    }
  }

  private lead(eip: number): void {
    if (!this.leaders.has(eip) && this.programAt(eip)) this.work.push(eip);
  }

  private enter(eip: number): void {
    this.entered.add(eip);
    this.lead(eip);
  }
}

function buildBlock(
  start: number,
  { leaders, entered }: LeaderSearch,
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
  return { eip: start, isEntry: entered.has(start), graph: joinBlock(programs, start), starts, endEip: eip };
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

const isCall = (instruction: Instruction | undefined): boolean => instruction?.row.flow === 'call';

const endsForGood: ReadonlySet<ControlFlow | undefined> = new Set(['jump', 'return', 'exception']);

/** Does the following instruction come next at some time? */
const goesOn = ({ instruction }: MicroProgram): boolean =>
  instruction !== undefined && !endsForGood.has(instruction.row.flow);
