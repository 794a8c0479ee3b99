// What the fast tiers count where instructions do not weigh one. Their budget goes down by one for an instruction, or by its
// weight if that is more: so it always goes down, and never covers more of the guest's time than there is of it.

import type { ProcessorArea } from '../memory/processorArea';
import type { WeightLayout } from '../../ir/wasm/spending';

export class WeightCounters {
  readonly layout: WeightLayout;
  private readonly words: Int32Array;

  constructor(area: ProcessorArea) {
    const weightlessAddress = area.allocate(8);
    this.layout = { weightlessAddress, heavinessAddress: weightlessAddress + 4 };
    this.words = new Int32Array(area.buffer, weightlessAddress, 2);
  }

  clear(): void {
    this.words[0] = 0;
    this.words[1] = 0;
  }

  /** instructions done that weigh nothing */
  get weightless(): number {
    return this.words[0];
  }

  /** what heavier instructions have taken off the budget beyond one each */
  get heaviness(): number {
    return this.words[1];
  }

  /** An instruction of this weight was counted, and has not been done. Gives what it had taken off the budget beyond one. */
  takeBack(weight: number): number {
    if (weight === 0) this.words[0]--;
    const beyondOne = Math.max(0, weight - 1);
    this.words[1] -= beyondOne;
    return beyondOne;
  }
}
