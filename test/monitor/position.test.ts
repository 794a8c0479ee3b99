// Every stop of a run has a position of its own: those that come later are greater, also where several events come at one tick.

import assert from 'node:assert/strict';
import path from 'node:path';
import type { Position } from '../../src/monitor/inputLog';
import { techniqueNames } from '../../src/monitor/system';
import { assembleFile } from './assembledGuest';
import { runGuest } from './runGuest';

const guests = ['nested-faults', 'timer', 'paging-edits', 'tasks', 'debug'];
const mostSteps = 60_000;

function isAfter(a: Position, b: Position): boolean {
  if (a.ticks !== b.ticks) return a.ticks > b.ticks;
  if (a.events !== b.events) return a.events > b.events;
  return (a.statement ?? -1) > (b.statement ?? -1);
}

describe('positions', () => {
  for (const technique of techniqueNames)
    for (const name of guests)
      it(`of every instruction, event and statement are in order: ${name} under ${technique}`, () => {
        const { image } = assembleFile(path.resolve('test/monitor/guests', `${name}.asm`));
        let last: Position | undefined;
        let atOneTick = 0;
        const look = (at: Position): void => {
          if (last) assert.ok(isAfter(at, last), `${JSON.stringify(at)} comes after ${JSON.stringify(last)}`);
          if (at.ticks === last?.ticks) atOneTick++;
          last = at;
        };
        runGuest(technique, image, { limit: mostSteps, onStep: ({ running }) => look(running.position) });
        assert.ok(atOneTick > 0, 'nothing happened between instructions');
      });
});
