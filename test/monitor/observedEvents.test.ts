// Who observes a guest is told of the same events in the same order under every technique: of what the hardware brings to the guest
// directly as well as of what a monitor injects.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { DeliveredEvent, ProcessorObserver } from '../../src/cpu/core';
import type { GuestImage } from '../../src/machine/guestImage';
import { techniqueNames, type TechniqueName } from '../../src/monitor/system';
import { believedRing } from '../../src/monitor/deprivileged/ringCompression';
import { DirectEvents } from '../../src/monitor/deprivileged/directEvents';
import { assembleFile, assembleText } from './assembledGuest';
import { randomGuest } from './randomGuest';
import { runGuest } from './runGuest';

const folder = path.resolve('test/monitor/guests');
const guests: readonly (readonly [string, () => GuestImage])[] = [
  ...fs
    .readdirSync(folder)
    .filter(name => name.endsWith('.asm'))
    .map(name => [name, () => assembleFile(path.join(folder, name)).image] as const),
  ...[1, 2, 3].map(seed => [`random guest ${seed}`, () => assembleText(randomGuest(seed, 120)).image] as const),
];

/** Notes all that it is told. */
class Notes implements ProcessorObserver {
  readonly told: string[] = [];
  readonly seesEach = true;

  exceptionRaised(vector: number, errorCode: number | undefined): void {
    this.told.push(`raised ${vector} ${errorCode}`);
  }

  eventDelivered(event: DeliveredEvent): void {
    this.told.push(`delivered ${JSON.stringify(event)}`);
  }

  interruptReturned(): void {
    this.told.push('returned');
  }

  ringChanged(from: number, to: number): void {
    this.told.push(`ring ${from} to ${to}`);
  }

  tripleFault(first: number, last: number): void {
    this.told.push(`triple fault ${first}, ${last}`);
  }
}

function toldBy(technique: TechniqueName, image: GuestImage, compiled: boolean): readonly string[] {
  const notes = new Notes();
  const run = runGuest(technique, image, { compiled, onStart: ({ running }) => running.observe(notes) });
  assert.notEqual(run.ending, 'neverEnds');
  return notes.told;
}

/** The first that differs, and those before it. */
function firstDifference(expected: readonly string[], told: readonly string[]): readonly (readonly string[])[] {
  const at = expected.findIndex((text, index) => text !== told[index]);
  if (at < 0 && expected.length === told.length) return [];
  const end = at < 0 ? expected.length : at;
  return [expected, told].map(list => list.slice(Math.max(0, end - 3), end + 2));
}

describe('the events of a guest', () => {
  for (const [name, image] of guests)
    it(`are told alike under every technique: ${name}`, () => {
      const loaded = image();
      const expected = toldBy('none', loaded, false);
      for (const technique of techniqueNames)
        for (const compiled of [false, true])
          assert.deepEqual(
            firstDifference(expected, toldBy(technique, loaded, compiled)),
            [],
            `${technique}${compiled ? ', compiled' : ''}`,
          );
    });
});

describe('events on the hardware under a monitor', () => {
  const event = {
    vector: 14,
    kind: 'exception',
    errorCode: 4,
    returnSelector: 0x1b,
    returnEip: 5,
    returnLinear: 5,
    frame: 0x100,
  } as const;
  const [program, kernel, monitor] = [3, 1, 0];
  const start = (): { events: DirectEvents; told: string[]; guest: { isRunning: boolean } } => {
    const [notes, guest] = [new Notes(), { isRunning: true }];
    const events = new DirectEvents(notes, { isRunning: () => guest.isRunning, believedRing });
    return { events, told: notes.told, guest };
  };
  const raise = (events: DirectEvents, toCpl: number): void => {
    events.exceptionRaised(event.vector, event.errorCode);
    events.ringChanged(program, toCpl);
    events.eventDelivered({ ...event, fromCpl: program, toCpl });
  };

  it('are told if they reach the guest, in the rings that it believes in', () => {
    const { events, told } = start();
    raise(events, kernel);
    events.eventDelivered({ ...event, returnSelector: 9, fromCpl: kernel, toCpl: kernel });
    events.interruptReturned();
    events.ringChanged(kernel, program);
    assert.deepEqual(told, [
      'raised 14 4',
      'ring 3 to 0',
      `delivered ${JSON.stringify({ ...event, fromCpl: 3, toCpl: 0 })}`,
      `delivered ${JSON.stringify({ ...event, returnSelector: 8, fromCpl: 0, toCpl: 0 })}`,
      'returned',
      'ring 0 to 3',
    ]);
  });

  it('are not told if they lead to the monitor, or from it', () => {
    const { events, told, guest } = start();
    raise(events, monitor);
    events.eventDelivered({ ...event, fromCpl: kernel, toCpl: monitor });
    guest.isRunning = false;
    events.ringChanged(monitor, kernel);
    events.interruptReturned();
    events.ringChanged(kernel, program);
    assert.deepEqual(told, ['ring 0 to 3'], 'and no exception that was the monitor’s');
  });
});
