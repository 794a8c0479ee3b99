// What has happened, in words: a title such as `#PF(0x6) · ring 3 → 0`, and a sentence with the cause. Made when somebody asks; an
// instruction is named by what lies at its address now, if that is still the same one.

import { t, translated } from '../../base/localization';
import { hex } from '../../base/hex';
import type { DeliveredEvent } from '../../cpu/core';
import { decode, maximumInstructionBytes } from '../../isa/decode';
import { exceptionText, vectorName } from '../../isa/exceptions';
import type { Instruction } from '../../isa/instruction';
import { exitReason } from '../../monitor/exit';
import type { Debuggee } from '../debuggee';
import { errorCodeText } from '../errorCode';
import { eventText } from '../guestEvents';
import { bytesPassed } from './deliveredFrame';
import type { NotedEvent } from './eventLog';

type Delivery = Extract<NotedEvent, { kind: 'delivery' }>;
type Entry = Extract<NotedEvent, { kind: 'monitorEntry' }>;

/** `int 0x80 · ring 3 → 0` */
export function eventTitle(noted: NotedEvent): string {
  const rings = t`ring ${noted.from} → ${noted.to}`;
  switch (noted.kind) {
    case 'delivery':
      return `${eventText(noted.event)} · ${rings}`;
    case 'interruptReturn':
      return `IRET · ${rings}`;
    case 'sysenter':
      return `SYSENTER · ${rings}`;
    case 'ringChange':
      return noted.to < noted.from ? t`call gate · ${rings}` : t`return to an outer ring · ${rings}`;
    case 'monitorEntry':
      return t`${translated(exitReason(noted.exit))} into the monitor · ${rings}`;
    case 'tripleFault':
      return t`triple fault, begun by ${vectorName(noted.first)}`;
  }
}

/** Where the instruction is that has brought it about, or that was interrupted; undefined if that is not known. */
export function eventPlace(noted: NotedEvent): number | undefined {
  if (noted.kind === 'delivery') return (noted.event.returnLinear - bytesPassed(noted.event)) >>> 0;
  return noted.kind === 'monitorEntry' ? noted.about?.linear : undefined;
}

/** In one sentence, with its cause. */
export function eventSentence(noted: NotedEvent, debuggee: Debuggee): string {
  switch (noted.kind) {
    case 'delivery':
      return deliverySentence(noted, debuggee);
    case 'interruptReturn':
      return t`a handler has returned to ring ${noted.to}`;
    case 'sysenter':
      return t`the program has called the kernel by SYSENTER`;
    case 'ringChange':
      return noted.to < noted.from
        ? t`a call has led from ring ${noted.from} to ring ${noted.to}`
        : t`a return has led from ring ${noted.from} to ring ${noted.to}`;
    case 'monitorEntry':
      return entrySentence(noted, debuggee);
    case 'tripleFault':
      return t`${vectorName(noted.first)} could not be delivered, and ${vectorName(noted.last)} neither: the processor has shut down`;
  }
}

function deliverySentence(noted: Delivery, debuggee: Debuggee): string {
  const { event } = noted;
  const { vector, errorCode, kind } = event;
  const at = debuggee.explainer.placeAt(eventPlace(noted) ?? 0);
  const instruction = guestInstruction(event, debuggee);
  if (kind === 'external' || kind === 'nmi')
    return t`a device has interrupted the guest at ${at}, by vector ${hex(vector, 2)}`;
  if (kind === 'softwareInterrupt')
    return t`${instruction} at ${at} has called the handler of vector ${hex(vector, 2)}`;
  const what = exceptionText(vector, errorCode);
  const cause = causeText(noted);
  return cause === undefined
    ? t`${instruction} at ${at} has raised ${what}`
    : t`${instruction} at ${at} has raised ${what}: ${cause}`;
}

function causeText({ event: { vector, errorCode }, cr2 }: Delivery): string | undefined {
  const text = errorCode === undefined ? undefined : errorCodeText(vector, errorCode);
  if (cr2 === undefined) return text;
  return t`the access to ${hex(cr2, 8)} (CR2) was ${text ?? t`refused`}`;
}

function guestInstruction(event: DeliveredEvent, debuggee: Debuggee): string {
  const base = (event.returnLinear - event.returnEip) >>> 0;
  const { codeIs32Bit } = debuggee.system.running.level.believed();
  const at = (event.returnLinear - bytesPassed(event)) >>> 0;
  return debuggee.text.at(at, codeIs32Bit ? 32 : 16, base)?.text ?? t`an instruction that cannot be fetched`;
}

function entrySentence({ exit, about, cr2 }: Entry, debuggee: Debuggee): string {
  const reason = exit.kind === 'exception' ? exceptionText(exit.vector, exit.errorCode) : translated(exitReason(exit));
  if (about?.linear === undefined) return t`${reason} has called the monitor`;
  const at = debuggee.explainer.placeAt(about.linear);
  if (exit.kind === 'hostTimer') return t`the host's timer has interrupted the guest at ${at}`;
  if (cr2 !== undefined) return t`the access to ${hex(cr2, 8)} (CR2) at ${at} has called the monitor, by ${reason}`;
  if (!about.instruction) return t`${reason} at ${at} has called the monitor`;
  const instruction = trappedText(about.instruction, about.linear, about, debuggee);
  if (about.port === undefined) return t`${instruction} at ${at} has called the monitor, by ${reason}`;
  const device = debuggee.system.running.devices.ports.deviceAt(about.port)?.title ?? t`no device`;
  return t`${instruction} at ${at} has called the monitor, by ${reason}: port ${hex(about.port)} (${device})`;
}

/** The text of the instruction that lies there, if it is still the one that trapped; else its name alone. */
function trappedText(
  { row, length }: Instruction,
  linear: number,
  { codeSize, codeBase }: NonNullable<Entry['about']>,
  { memory, text }: Debuggee,
): string {
  const { bytes } = memory.readBytes({ space: 'gva', address: linear }, maximumInstructionBytes);
  const found = decode(bytes, 0, bytes.length, codeSize);
  const isSame = found.kind === 'instruction' && found.instruction.row === row && found.instruction.length === length;
  const there = isSame ? text.at(linear, codeSize, codeBase)?.text : undefined;
  return there ?? row.mnemonic.toUpperCase();
}
