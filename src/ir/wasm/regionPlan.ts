// What is known about a region before its code is written: how control flows, where flags must be in their locals, where
// the budget is looked at.

import { type BlockGraph } from '../blockGraph';
import { type FlowGraph, flowGraph } from '../flowGraph';
import { MicroOpCode } from '../microOp';
import { budgetNeeds } from './budgetNeeds';
import { budgetOf, spentBy } from './spending';
import { allStatusFlags, findFlagNeeds, type FlagSet } from './flagNeeds';

export interface RegionBlock {
  /** offset in the code segment */
  readonly eip: number;
  /** may control come in here from outside? */
  readonly isEntry: boolean;
  readonly graph: BlockGraph;
  /** EIP after each instruction's predecessor: where instruction n begins */
  readonly starts: readonly number[];
  readonly endEip: number;
  /** what each instruction weighs, if they do not all weigh one */
  readonly weights?: readonly number[];
}

export class RegionPlan {
  readonly flow: FlowGraph;
  /** by block */
  readonly flagNeeds: readonly FlagSet[];
  /** blocks by entry number: those that need flags come last */
  readonly entryBlocks: readonly number[];
  /** of those that need flags, or -1 */
  readonly firstNeedyEntry: number;
  /** how much budget a block looks for when it begins, if it does */
  readonly budgetNeeds: ReadonlyMap<number, number>;
  private readonly indexOf = new Map<number, number>();

  constructor(readonly blocks: readonly RegionBlock[]) {
    blocks.forEach(({ eip }, index) => this.indexOf.set(eip, index));
    const successors = blocks.map((_, index) => this.successorsOf(index));
    const entries = blocks.flatMap(({ isEntry }, index) => (isEntry ? [index] : []));
    const graphs = blocks.map(({ graph }) => graph);
    this.flow = flowGraph(successors, entries);
    this.flagNeeds = findFlagNeeds(graphs, index => this.writtenSuccessors(index));
    const needy = (index: number): boolean => this.flagNeeds[index] !== 0;
    this.entryBlocks = [...this.flow.entries.filter(index => !needy(index)), ...this.flow.entries.filter(needy)];
    this.firstNeedyEntry = this.entryBlocks.findIndex(needy);
    const costs = blocks.map(block => budgetOf(spentBy(block, block.graph.instructions)));
    this.budgetNeeds = budgetNeeds(this.flow, successors, graphs, costs);
  }

  /** Number of the block that begins at an offset in the code segment. */
  blockAt(eip: number): number | undefined {
    return this.indexOf.get(eip >>> 0);
  }

  /** Which flags may be left as a recipe where a block ends: those that what follows does not need. */
  mayDeferAt(index: number): FlagSet {
    return this.writtenSuccessors(index).reduce((set, successor) => set & ~this.flagNeeds[successor], allStatusFlags);
  }

  /** Numbers of the blocks of the region that the block leads to directly. A repeated instruction ends in several places. */
  private successorsOf(index: number): number[] {
    const { graph, endEip, eip } = this.blocks[index];
    const { end } = graph;
    const at = (...offsets: number[]): number[] =>
      offsets.map(offset => this.blockAt(offset)).filter(found => found !== undefined);
    switch (end.kind) {
      case 'next':
        return at(endEip);
      case 'repeat':
        return at(eip, endEip, endEip);
      case 'branch':
        return at(end.target.immediate, endEip);
      case 'jump':
        return end.target.code === MicroOpCode.constant ? at(end.target.immediate) : [];
    }
  }

  /** Those that are not reached through the dispatch, which sees to the flags itself. */
  private writtenSuccessors(index: number): readonly number[] {
    return this.successorsOf(index).filter(successor => this.flow.way(index, successor) !== 'dispatch');
  }
}
