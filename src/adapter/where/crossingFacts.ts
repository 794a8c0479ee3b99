// A crossing for the client: its cause, gate, handler, stacks and frame, each with where it is to be seen. What memory held at
// the time is read from memory now: a frame whose handler has returned may have been written over, which is said.
import type { Linear } from '../../base/address';
import { hex } from '../../base/hex';
import { t } from '../../base/localization';
import { physicalOf } from '../../cpu/memory/paging';
import { bytesPassed, deliveredFrame } from '../../debug/events/deliveredFrame';
import type { NotedEvent } from '../../debug/events/eventLog';
import { eventPlace, eventSentence, eventTitle } from '../../debug/events/eventSentence';
import { findGate, gatePlace } from '../../debug/gates';
import { memoryReference, type MemoryPlace } from '../../debug/memory';
import { descriptorText } from '../../debug/tables/descriptorText';
import type { PushedWord, StackPlace } from '../../monitor/pushedFrame';
import { handlerFiles, type Statement, statementsOf } from '../../monitor/statements';
import type { Crossing, CrossingKind, Fact, FrameFact, GateFact, StackFact } from '../../shared/where';
import type { Facts } from './facts';
import { virtualTime } from './virtualTime';

type Delivery = Extract<NotedEvent, { kind: 'delivery' }>;
type Details = Partial<Pick<Crossing, 'cause' | 'gate' | 'handler' | 'stack' | 'frame'>>;

export function crossingFacts(facts: Facts, noted: NotedEvent): Crossing {
  const { from, to, ticks } = noted;
  return {
    kind: kindOf(noted),
    ...facts.fact(eventTitle(noted)),
    rings: noted.kind === 'monitorEntry' ? 'real' : 'believed',
    from,
    to,
    time: virtualTime(ticks),
    isOver: isOver(facts, noted),
    unseen: facts.debuggee.engine.events.unseen - noted.unseen,
    ...detailsOf(facts, noted),
  };
}

export function kindOf(noted: NotedEvent): CrossingKind {
  if (noted.kind !== 'delivery') return noted.kind;
  switch (noted.event.kind) {
    case 'external':
    case 'nmi':
      return 'interrupt';
    case 'exception':
      return 'exception';
    case 'softwareInterrupt':
    case 'softwareException':
    case 'privilegedSoftwareException':
      return 'softwareInterrupt';
  }
}

function isOver({ debuggee: { engine, system } }: Facts, noted: NotedEvent): boolean {
  if (noted.kind === 'monitorEntry') return engine.events.lastVisit?.isOver === true;
  if (noted.kind !== 'delivery') return false;
  const underWay = engine.crossings.underWay(system.running.level.believed());
  return !underWay.some(({ event }) => event === noted.event);
}

function detailsOf(facts: Facts, noted: NotedEvent): Details {
  if (noted.kind === 'delivery') return deliveryDetails(facts, noted);
  return noted.kind === 'monitorEntry' ? entryDetails(facts, noted) : {};
}

// --- by the guest's own IDT

function deliveryDetails(facts: Facts, noted: Delivery): Details {
  const { debuggee } = facts;
  const { event } = noted;
  const { system, memory, explainer } = debuggee;
  const frame = deliveredFrame(noted, system, memory);
  const found = findGate(event.vector, system.running.level.believed(), memory);
  const place = (address: Linear): MemoryPlace => ({ space: 'gva', address });
  const { linear } = typeof found === 'string' ? { linear: undefined } : found;
  return {
    cause: causeOf(facts, noted),
    gate: guestGate(facts, event.vector),
    ...(linear === undefined ? {} : { handler: facts.fact(explainer.placeAt(linear), { code: linear }) }),
    stack: stackFact(facts, frame, event.fromCpl !== event.toCpl, place),
    frame: frameFact(facts, { ...frame, place }),
  };
}

/** The instruction that was interrupted, or that called. */
function causeOf(facts: Facts, { event }: Delivery): Fact {
  const { debuggee } = facts;
  const code = (event.returnLinear - bytesPassed(event)) >>> 0;
  const { explainer, text, system } = debuggee;
  const codeSize = system.running.level.believed().codeIs32Bit ? 32 : 16;
  const instruction = text.at(code, codeSize, (event.returnLinear - event.returnEip) >>> 0)?.text;
  const at = explainer.placeAt(code);
  const isAside = event.kind === 'external' || event.kind === 'nmi';
  if (isAside || instruction === undefined) return facts.fact(t`interrupted at ${at}`, { code });
  return facts.fact(t`${instruction} at ${at}`, { code });
}

function guestGate(facts: Facts, vector: number): GateFact {
  const { system, memory } = facts.debuggee;
  const state = system.running.level.believed();
  const { address, bytes } = gatePlace(vector, state);
  const target = { memory: { space: 'gva', address } as const, bytes };
  const name = hex(vector, 2);
  if (!state.protectedMode) {
    const entry = memory.read(address, 4) ?? 0;
    const to = `${hex(entry >>> 16, 4)}:${hex(entry & 0xffff, 4)}`;
    return { vector, ...facts.fact(t`interrupt vector ${name}: to ${to}`, target) };
  }
  const raw = memory.readDescriptor(address);
  return { vector, ...facts.fact(t`IDT entry ${name}: ${raw ? descriptorText(raw) : t`not readable`}`, target) };
}

// --- by the monitor's

function entryDetails(facts: Facts, noted: NotedEvent): Details {
  const { engine, system } = facts.debuggee;
  const visit = engine.events.lastVisit;
  const pushed = visit?.pushed;
  if (!visit || !pushed) return {};
  const { memory, hardware } = system.machine;
  const place = (linear: Linear): MemoryPlace | undefined => {
    const address = physicalOf(memory, hardware.state, linear);
    return address === undefined ? undefined : { space: 'hpa', address };
  };
  const gateAddress = place(((hardware.state.get('idtrBase') >>> 0) + pushed.vector * 8) >>> 0);
  const raw = gateAddress && {
    low: memory.read32(gateAddress.address),
    high: memory.read32(gateAddress.address + 4),
  };
  const gate = t`the monitor's IDT entry ${hex(pushed.vector, 2)}: ${raw ? descriptorText(raw) : t`not readable`}`;
  const statement = firstStatement('handleTrap');
  const code = eventPlace(noted);
  return {
    cause: facts.fact(visit.cause ?? eventSentence(noted, facts.debuggee), code === undefined ? {} : { code }),
    gate: { vector: pushed.vector, ...facts.fact(gate, { memory: gateAddress, bytes: 8 }) },
    ...(statement ? { handler: facts.fact(t`the monitor, at ${statement.handler}`, { statement }) } : {}),
    stack: stackFact(facts, pushed, true, place),
    frame: frameFact(facts, { ...pushed, slotBytes: 4, isGone: visit.isOver, place }),
  };
}

const firstStatement = (handler: string): Statement | undefined =>
  handlerFiles()
    .flatMap(file => statementsOf(file))
    .find(statement => statement.handler === handler);

// --- stacks and frames of both

type Places = (address: Linear) => MemoryPlace | undefined;

function stackFact(
  facts: Facts,
  { before, after, address }: { before: StackPlace | undefined; after: StackPlace; address: Linear },
  switched: boolean,
  place: Places,
): StackFact {
  const text = ({ selector, pointer }: StackPlace): string => `${hex(selector, 4)}:${hex(pointer, 8)}`;
  return {
    switched,
    ...(before ? { before: facts.fact(text(before)) } : {}),
    after: facts.fact(text(after), { memory: place(address) }),
  };
}

interface ShownFrame {
  readonly address: Linear;
  readonly slotBytes: 2 | 4;
  readonly isGone: boolean;
  readonly words: readonly PushedWord[];
  readonly place: Places;
}

function frameFact(facts: Facts, { address, slotBytes, isGone, words, place }: ShownFrame): FrameFact {
  const bytes = words.length * slotBytes;
  const at = place(address);
  const reference = at ? memoryReference(at) : hex(address, 8);
  return {
    ...facts.fact(isGone ? t`${bytes} bytes at ${reference}, written over since` : t`${bytes} bytes at ${reference}`, {
      memory: at,
      bytes,
    }),
    slotBytes,
    isGone,
    words: words.map(({ name = t`error code`, value }, index) => ({
      ...facts.fact(`${name} ${hex(value, slotBytes * 2)}`, {
        memory: place(address + index * slotBytes),
        bytes: slotBytes,
      }),
      name,
      value,
    })),
  };
}
