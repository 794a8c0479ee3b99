// The modes that threaded code knows: each has a number, under which the jump table has its blocks, and the forms that
// instructions have in it.

import type { CodeMode } from './codePlace';
import { modeCount } from './programCache';
import { type RoutineNumbering, InstructionForms } from './instructionForms';

export interface ThreadedMode extends CodeMode {
  /** from 1 */
  readonly number: number;
  readonly forms: InstructionForms;
}

const flatStates = 8;
const modeIndex = ({ modeKey, flat }: CodeMode): number => modeKey * flatStates + flat;

export class ThreadedModes {
  private readonly modes: ThreadedMode[] = [];
  /** by `modeIndex`: 0 if the mode is not known yet */
  private readonly numbers = new Int32Array(modeCount * flatStates);

  constructor(
    private seesAll: boolean,
    private readonly routineOf: RoutineNumbering,
  ) {}

  /** Modes are other ones if somebody wants to see all. */
  reset(seesAll: boolean): void {
    this.seesAll = seesAll;
    this.modes.length = 0;
    this.numbers.fill(0);
  }

  /** 0 if it is not known yet */
  numberOf(mode: CodeMode): number {
    return this.numbers[modeIndex(mode)];
  }

  withNumber(number: number): ThreadedMode | undefined {
    return this.modes[number - 1];
  }

  of({ modeKey, flat }: CodeMode): ThreadedMode {
    const index = modeIndex({ modeKey, flat });
    const known = this.modes[this.numbers[index] - 1] as ThreadedMode | undefined;
    if (known) return known;
    const forms = new InstructionForms({ modeKey, flat, seesAll: this.seesAll }, this.routineOf);
    const mode = { number: this.modes.length + 1, modeKey, flat, forms };
    this.modes.push(mode);
    this.numbers[index] = mode.number;
    return mode;
  }
}
