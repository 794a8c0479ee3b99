// `run --trace FILE`: one line of JSON for each event, written as it happens, so that a trace may be longer than memory.
import fs from 'node:fs';
import type { Debuggee } from '../debug/debuggee';
import { notWritten } from './output';
import type { NotedEvent } from '../debug/events/eventLog';
import { eventPlace, eventSentence, eventTitle } from '../debug/events/eventSentence';
import { ticksPerSecond } from '../devices/virtualTime';
import { exitReason } from '../monitor/exit';

/** So much is gathered before it is written. */
const chunkCharacters = 64 * 1024;

class EventTrace {
  private gathered = '';

  constructor(
    private readonly descriptor: number,
    private readonly debuggee: Debuggee,
  ) {
    debuggee.engine.events.tellOfEach(event => this.add(event));
  }

  private add(event: NotedEvent): void {
    this.gathered += `${JSON.stringify(traced(event, this.debuggee))}\n`;
    if (this.gathered.length >= chunkCharacters) this.write();
  }

  private write(): void {
    fs.writeSync(this.descriptor, this.gathered);
    this.gathered = '';
  }

  /** The guest has come to its end. */
  end(): void {
    this.debuggee.engine.events.tellRest();
    this.write();
    fs.closeSync(this.descriptor);
  }
}

/** From now on. @throws UserError if the file cannot be written */
export function traceTo(file: string, debuggee: Debuggee): EventTrace {
  try {
    return new EventTrace(fs.openSync(file, 'w'), debuggee);
  } catch (error) {
    throw notWritten(file, error);
  }
}

/** An event as the file has it: data first, then in words. */
function traced(event: NotedEvent, debuggee: Debuggee): Readonly<Record<string, unknown>> {
  const { number, ticks, kind, from, to } = event;
  return {
    number,
    ticks,
    seconds: ticks / ticksPerSecond,
    kind,
    from,
    to,
    linear: eventPlace(event),
    ...detailsOf(event),
    title: eventTitle(event),
    sentence: eventSentence(event, debuggee),
  };
}

function detailsOf(event: NotedEvent): Readonly<Record<string, unknown>> {
  switch (event.kind) {
    case 'delivery': {
      const { kind: cause, vector, errorCode, returnSelector, returnEip } = event.event;
      return { cause, vector, errorCode, returnSelector, returnEip, cr2: event.cr2 };
    }
    case 'monitorEntry': {
      const { exit, about, cr2 } = event;
      const ofException = exit.kind === 'exception' ? { vector: exit.vector, errorCode: exit.errorCode } : {};
      const instruction = about?.instruction?.row.mnemonic;
      return { reason: exitReason(exit), ...ofException, cr2, instruction, port: about?.port };
    }
    case 'tripleFault':
      return { first: event.first, last: event.last };
    case 'interruptReturn':
    case 'sysenter':
    case 'ringChange':
      return {};
  }
}
