// The list of what has happened: a request of Ringside's own (`shared/events.ts`).
import type { NotedEvent } from '../../debug/events/eventLog';
import { eventsWith } from '../../debug/events/eventSearch';
import { eventPlace, eventSentence, eventTitle } from '../../debug/events/eventSentence';
import { type EventFact, eventsRequest, type GuestEvents } from '../../shared/events';
import { integerWithin, optional, text, whole } from '../argumentTypes';
import { request } from '../request';
import { kindOf } from '../where/crossingFacts';
import type { Facts } from '../where/facts';
import { virtualTime } from '../where/virtualTime';

const mostEvents = 1000;
const usualEvents = 100;

export const eventRequests = {
  [eventsRequest]: request(
    { filter: optional(text), start: optional(whole), count: optional(integerWithin(1, mostEvents)) },
    (session, { filter = '', start = 0, count = usualEvents }): GuestEvents => {
      const facts = session.facts();
      const found = eventsWith(filter, facts.debuggee);
      return {
        matching: found.length,
        unseen: facts.debuggee.engine.events.unseen,
        events: found.slice(start, start + count).map(event => eventFact(facts, event)),
      };
    },
  ),
};

function eventFact(facts: Facts, event: NotedEvent): EventFact {
  const { number, from, to, ticks } = event;
  const code = eventPlace(event);
  return {
    number,
    kind: kindOf(event),
    ...facts.fact(eventTitle(event), code === undefined ? {} : { code }),
    from,
    to,
    time: virtualTime(ticks),
    sentence: eventSentence(event, facts.debuggee),
  };
}
