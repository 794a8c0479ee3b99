// The monitor's program as guests see it through: every statement is stopped at, in the form that can stop; that form leaves
// the same machine as the plain one; and every stage says what it has done.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { exitReason } from '../../src/monitor/exit';
import { handlerFiles, type Statement, stageKinds, statementsOf } from '../../src/monitor/statements';
import { sentences } from '../../src/monitor/trapAndEmulate/sentences';
import type { Visit } from '../../src/monitor/visit';
import { differencesBetween, everything } from '../differences';
import { assembleFile } from './assembledGuest';
import { type GuestRun, runGuest } from './runGuest';

const guests = [
  ...fs
    .readdirSync('test/monitor/guests')
    .filter(name => name.endsWith('.asm'))
    .map(name => path.join('test/monitor/guests', name)),
  'media/samples/first-trap/first-trap.asm',
];
const statements = handlerFiles().flatMap(statementsOf);
const place = ({ file, line }: Statement): string => `${file}:${line}`;
const stageOf = ({ handler, heading }: Statement): string[] => (heading ? [`${handler} ${heading.kind}`] : []);

/** Is the visit, which is over, what it was said to be when it began? */
function isToldRight({ exit, purpose, stages }: Visit): boolean {
  const isAside = exit.kind !== 'exception' || stages.some(({ kind }) => kind === 'translate');
  return purpose === (isAside ? 'bookkeeping' : 'guest');
}

describe("the monitor's program", () => {
  const told: string[] = [];
  const seen = new Set<Statement>();
  const kinds = new Set<string>();
  const texts: string[] = [];
  const different: string[] = [];

  before(function () {
    this.timeout(240_000);
    for (const file of guests) {
      const { image } = assembleFile(path.resolve(file));
      const run = (onStatement?: (visit: Visit) => void): GuestRun =>
        runGuest('trapAndEmulate', image, { keepStages: onStatement !== undefined, onStatement, memoryBytes: 4 << 20 });
      let last: Visit | undefined;
      const stepped = run(visit => {
        seen.add(visit.stack[0].statement);
        if (visit !== last && last && !isToldRight(last))
          told.push(`${file}: ${exitReason(last.exit)} ${last.purpose}`);
        last = visit;
      });
      for (const { kind, text } of stepped.stages) {
        kinds.add(kind);
        texts.push(text);
      }
      different.push(...differencesBetween(run(), stepped, everything).map(difference => `${file}: ${difference}`));
    }
  });

  it('can be stepped through to its last statement', () => {
    assert.ok(statements.length > 30);
    assert.deepEqual(statements.filter(statement => !seen.has(statement)).map(place), []);
  });

  it('leaves the same machine whether it is stepped or not', () => assert.deepEqual(different, []));

  it('has a sentence for every heading, and no other', () => {
    const rows = Object.entries(sentences).flatMap(([handler, row]) =>
      Object.keys(row).map(kind => `${handler} ${kind}`),
    );
    assert.deepEqual([...new Set(statements.flatMap(stageOf))].sort(), rows.sort());
  });

  it("knows from the beginning whether a visit is the guest's or bookkeeping", () => assert.deepEqual(told, []));

  it('goes through every kind of stage', () => assert.deepEqual([...kinds].sort(), [...stageKinds].sort()));

  it('says what happened in one line, with values', () => {
    for (const text of texts) {
      assert.match(text, /^\S.*\S$/);
      assert.doesNotMatch(text, /\n|undefined|NaN|\[object|-0x/);
    }
  });
});
