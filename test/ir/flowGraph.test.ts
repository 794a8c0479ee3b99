// How control among blocks is written: which jumps need a label, a loop, or the dispatch.

import assert from 'node:assert/strict';
import { type FlowGraph, flowGraph } from '../../src/ir/flowGraph';
import { randomFrom } from '../semantics/random';

/** Successors by block, entries, all entries in the end, and the ways of the jumps in their order. */
const graphs: readonly {
  readonly name: string;
  readonly successors: readonly (readonly number[])[];
  readonly entries: readonly number[];
  readonly allEntries?: readonly number[];
  readonly ways: string;
}[] = [
  { name: 'a straight line', successors: [[1], [2], []], entries: [0], ways: '0>1 inline, 1>2 inline' },
  {
    name: 'two ways that join',
    successors: [[1, 2], [3], [3], []],
    entries: [0],
    ways: '0>1 inline, 0>2 inline, 1>3 label, 2>3 label',
  },
  { name: 'a branch both of whose ways are one', successors: [[1, 1], []], entries: [0], ways: '0>1 label, 0>1 label' },
  { name: 'a block that repeats', successors: [[0, 1], []], entries: [0], ways: '0>0 back, 0>1 inline' },
  {
    name: 'a loop in a loop',
    successors: [[1], [2], [1, 3], [0, 4], []],
    entries: [0],
    ways: '0>1 inline, 1>2 inline, 2>1 back, 2>3 inline, 3>0 back, 3>4 inline',
  },
  {
    name: 'a loop that is entered at its head only',
    successors: [[1], [2], [1]],
    entries: [0, 1],
    ways: '0>1 label, 1>2 inline, 2>1 back',
  },
  {
    name: 'a loop that is entered in the middle as well',
    successors: [[1], [2], [1]],
    entries: [0, 2],
    allEntries: [0, 1, 2],
    ways: '0>1 label, 1>2 label, 2>1 dispatch',
  },
  {
    name: 'a cycle that nothing leads to',
    successors: [[], [2], [1]],
    entries: [0],
    allEntries: [0, 1],
    ways: '1>2 inline, 2>1 back',
  },
  {
    name: 'two branches into one another',
    successors: [[1, 2], [2], [1]],
    entries: [0],
    allEntries: [0, 1],
    ways: '0>1 label, 0>2 label, 1>2 label, 2>1 dispatch',
  },
];

const waysOf = (flow: FlowGraph, successors: readonly (readonly number[])[]): string =>
  successors.flatMap((targets, from) => targets.map(to => `${from}>${to} ${flow.way(from, to)}`)).join(', ');

describe('the flow of control', () => {
  for (const { name, successors, entries, allEntries, ways } of graphs)
    it(name, () => {
      const flow = flowGraph(successors, entries);
      assert.equal(waysOf(flow, successors), ways);
      assert.deepEqual(flow.entries, allEntries ?? entries);
    });

  it('is written so that each label is in scope where it is jumped to', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const random = randomFrom(seed);
      const count = 1 + random.below(14);
      const successors = Array.from({ length: count }, () =>
        Array.from({ length: random.below(4) }, () => random.below(count)),
      );
      const entries = Array.from({ length: 1 + random.below(3) }, () => random.below(count));
      writeAll(flowGraph(successors, entries), successors, seed);
    }
  });
});

/** Goes through the blocks as an emitter does. Each is written once, and jumps lead to what encloses them. */
function writeAll(flow: FlowGraph, successors: readonly (readonly number[])[], seed: number): void {
  const written = new Set<number>();
  const jump = (from: number, to: number, scope: ReadonlyMap<number, string>): void => {
    const way = flow.way(from, to);
    if (way === 'inline') return write(to, scope);
    if (way === 'dispatch') return assert.ok(flow.entries.includes(to), `seed ${seed}: ${to} is no entry`);
    assert.equal(scope.get(to), way, `seed ${seed}: ${from} to ${to}`);
  };
  const within = (block: number | undefined, scope: ReadonlyMap<number, string>): void => {
    const after = flow.labelledAfter(block);
    const open = (from: number): Map<number, string> =>
      new Map([...scope, ...after.slice(from).map(label => [label, 'label'] as const)]);
    if (block !== undefined) for (const to of successors[block]) jump(block, to, open(0));
    else for (const entry of flow.entries) assert.equal(open(0).get(entry), 'label', `seed ${seed}: entry ${entry}`);
    after.forEach((label, index) => write(label, open(index + 1)));
  };
  const write = (block: number, scope: ReadonlyMap<number, string>): void => {
    assert.ok(!written.has(block), `seed ${seed}: ${block} twice`);
    written.add(block);
    within(block, flow.headsLoop(block) ? new Map([...scope, [block, 'back']]) : scope);
  };
  within(undefined, new Map());
  assert.equal(written.size, successors.length, `seed ${seed}`);
}
