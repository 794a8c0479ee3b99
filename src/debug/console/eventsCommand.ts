// `events [TEXT]`: what has passed between rings, newest first.

import { marked, t } from '../../base/localization';
import { eventsWith } from '../events/eventSearch';
import { eventSentence, eventTitle } from '../events/eventSentence';
import type { ConsoleCommand } from './command';

const mostLines = 50;

export const eventsCommand: ConsoleCommand = {
  name: 'events',
  usage: 'events [TEXT]',
  purpose: marked`what has passed between rings and in and out of the monitor, newest first; with a text, such as cr3 or port 0x1f0, where it is found`,
  run(text, debuggee) {
    const found = eventsWith(text, debuggee);
    const lines = found
      .slice(0, mostLines)
      .map(event => `#${event.number} ${eventTitle(event)}: ${eventSentence(event, debuggee)}`);
    const { unseen } = debuggee.engine.events;
    return [
      ...lines,
      ...(found.length === 0 ? [t`Nothing of that kind has happened yet.`] : []),
      ...(found.length > mostLines ? [t`… and ${found.length - mostLines} older ones`] : []),
      ...(unseen > 0 ? [t`${unseen} deliveries were made at full speed, and nothing is noted of them.`] : []),
    ];
  },
};
