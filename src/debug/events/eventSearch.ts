// The events that a text is found in, newest first.

import type { Debuggee } from '../debuggee';
import type { NotedEvent } from './eventLog';
import { eventSentence, eventTitle } from './eventSentence';

/** `text` in the title or the sentence, in capitals or not; all events if it is empty. */
export function eventsWith(text: string, debuggee: Debuggee): readonly NotedEvent[] {
  const wanted = text.trim().toLowerCase();
  const events = debuggee.engine.events.events.toReversed();
  if (wanted === '') return events;
  const says = (event: NotedEvent): boolean =>
    `${eventTitle(event)}: ${eventSentence(event, debuggee)}`.toLowerCase().includes(wanted);
  return events.filter(says);
}
