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

/** From its beginning on. */
export class EventTrace {
  private readonly descriptor: number;
  private gathered = '';

  /** @throws UserError if the file cannot be written */
  constructor(
    private readonly file: string,
    private readonly debuggee: Debuggee,
  ) {
    this.descriptor = this.tried(() => fs.openSync(file, 'w'));
    debuggee.engine.events.tellOfEach(event => this.add(event));
  }

  private add(event: NotedEvent): void {
    this.gathered += `${JSON.stringify(traced(event, this.debuggee))}\n`;
    if (this.gathered.length >= chunkCharacters) this.write();
  }

  private write(): void {
    // all of it, where a pipe takes only a part at once
    this.tried(() => fs.writeFileSync(this.descriptor, this.gathered));
    this.gathered = '';
  }

  /** The guest has come to its end. */
  end(): void {
    this.debuggee.engine.events.tellRest();
    this.write();
    this.tried(() => fs.closeSync(this.descriptor));
  }

  /** The disk may be full. @throws UserError */
  private tried<Result>(write: () => Result): Result {
    try {
      return write();
    } catch (error) {
      throw notWritten(this.file, error);
    }
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
