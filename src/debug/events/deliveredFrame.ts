// The frame that a delivery pushed on its handler's stack (SDM Vol. 3A §6.12.1, figure 6-4; Vol. 3B §20.3.1), and the stack before
// and after. It lies in the guest's memory, and is read from there now.

import type { Linear } from '../../base/address';
import { unreachable } from '../../base/exhaustive';
import type { DeliveredEvent } from '../../cpu/core';
import { Eflags } from '../../isa/flags';
import { dataSegments, segmentNames } from '../../isa/registers';
import type { PushedWord, StackPlace } from '../../monitor/pushedFrame';
import type { System } from '../../monitor/system';
import { frameOf } from '../crossings';
import type { MemoryView } from '../memory';
import { savedSegment } from '../savedSegment';
import type { NotedEvent } from './eventLog';

export interface DeliveredFrame {
  readonly address: Linear;
  readonly slotBytes: 2 | 4;
  /** something else lies there by now: of the words only those are known that were noted at the time */
  readonly isGone: boolean;
  /** from the lowest address upwards */
  readonly words: readonly PushedWord[];
  /** undefined if nothing tells it any more */
  readonly before: StackPlace | undefined;
  readonly after: StackPlace;
}

export function deliveredFrame(
  { event, stackSelector }: Extract<NotedEvent, { kind: 'delivery' }>,
  system: System,
  memory: MemoryView,
): DeliveredFrame {
  const state = system.running.level.believed();
  const { base } = savedSegment(stackSelector, false, state, memory);
  const after = { selector: stackSelector, pointer: (event.frame - base) >>> 0 };
  const known = frameOf(event, memory);
  const words = known ? wordsOf(event, known, memory) : notedWords(event);
  const [address, slotBytes] = [event.frame, known?.slotBytes ?? (state.protectedMode ? 4 : 2)] as const;
  return { address, slotBytes, isGone: !known, words, before: known && before(words, after, slotBytes), after };
}

type Slots = NonNullable<ReturnType<typeof frameOf>>;

const errorWord = ({ errorCode }: DeliveredEvent): readonly PushedWord[] =>
  errorCode === undefined ? [] : [{ name: undefined, value: errorCode }];

const notedWords = (event: DeliveredEvent): readonly PushedWord[] => [
  ...errorWord(event),
  { name: 'EIP', value: event.returnEip >>> 0 },
  { name: 'CS', value: event.returnSelector & 0xffff },
];

function wordsOf(event: DeliveredEvent, { address, slotBytes }: Slots, memory: MemoryView): readonly PushedWord[] {
  const read = (index: number): number => memory.read(address + index * slotBytes, slotBytes) ?? 0;
  const wide = slotBytes === 4;
  const ofVirtual8086 = wide && (read(2) & Eflags.vm) !== 0;
  const names = [
    ...(wide ? ['EIP', 'CS', 'EFLAGS'] : ['IP', 'CS', 'FLAGS']),
    ...(event.fromCpl === event.toCpl ? [] : wide ? ['ESP', 'SS'] : ['SP', 'SS']),
    ...(ofVirtual8086 ? dataSegments.map(segment => segmentNames[segment].toUpperCase()) : []),
  ];
  const isSelector = (name: string): boolean => name.length === 2 && name.endsWith('S');
  return [
    ...errorWord(event),
    ...names.map((name, index) => ({ name, value: isSelector(name) ? read(index) & 0xffff : read(index) })),
  ];
}

/** The outer stack as it was saved; or the same stack, before the frame was pushed. */
function before(words: readonly PushedWord[], after: StackPlace, slotBytes: number): StackPlace {
  const valueOf = (...names: readonly string[]): number | undefined =>
    words.find(({ name }) => name !== undefined && names.includes(name))?.value;
  const [selector, pointer] = [valueOf('SS'), valueOf('ESP', 'SP')];
  if (selector !== undefined && pointer !== undefined) return { selector, pointer };
  return { selector: after.selector, pointer: (after.pointer + words.length * slotBytes) >>> 0 };
}

/** Bytes of the instruction that had been passed when it was delivered: the frame holds the address of the next one. */
export function bytesPassed({ kind }: DeliveredEvent): number {
  switch (kind) {
    case 'softwareInterrupt':
      return 2;
    case 'softwareException':
    case 'privilegedSoftwareException':
      return 1;
    case 'external':
    case 'nmi':
    case 'exception':
      return 0;
    default:
      return unreachable(kind);
  }
}
