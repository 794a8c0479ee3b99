// A random program from a seed: chunks over a few pages of code, run round and round.

import type { PhysicalMemory } from '../../src/cpu/memory/physicalMemory';
import type { ProcessorState } from '../../src/cpu/registers/state';
import type { Random } from '../semantics/random';
import { changing, changingCode } from './chunks/changing';
import { computing } from './chunks/computing';
import type { Chunk, ChunkContext } from './chunks/context';
import { debugging, rings, segmentation, timing } from './chunks/system';
import { CodeWriter, Label } from './codeWriter';
import { kernelLabel } from './kernel';
import { address, page, room } from './layout';
import { buildTables, type TableChoices } from './tables';

export interface Program {
  /** what it is made of, for a report: chunks with their addresses */
  readonly chunks: readonly { readonly name: string; readonly start: number; readonly end: number }[];
  /** Puts it in memory, and sets the registers. */
  readonly load: (memory: PhysicalMemory, state: ProcessorState) => void;
}

/** Kinds of chunks besides computing, and of a hundred programs how many have them. */
const kinds: readonly { readonly chunks: Readonly<Record<string, Chunk>>; readonly percent: number }[] = [
  { chunks: changing, percent: 50 },
  { chunks: changingCode, percent: 35 },
  { chunks: rings, percent: 55 },
  { chunks: segmentation, percent: 55 },
  { chunks: debugging, percent: 25 },
  { chunks: timing, percent: 50 },
];

export function makeProgram(random: Random): Program {
  const chosen = kinds.filter(({ percent }) => random.chance(percent));
  const tables: Omit<TableChoices, 'shortCodeLimit'> = {
    paging: random.chance(90),
    writeProtect: random.chance(50),
    alignmentMask: random.chance(50),
    globalPages: random.chance(40),
    largePage: random.chance(30),
    downDataLimit: random.pick([0xfff, 0x20fff, 0x20fff, 0xffffffff]),
    iopl: random.chance(20) ? 3 : 0,
  };
  const context: ChunkContext = {
    random,
    code: new CodeWriter(address.code, room.code),
    far: new CodeWriter(address.farCode, room.farCode),
    low: new CodeWriter(address.lowCode, room.lowCode, 16),
    oddAddresses: random.pick([0, 3, 10, 30]),
    paging: tables.paging,
    changesCode: chosen.some(({ chunks }) => chunks === changingCode),
    wishes: { shortCodeLimit: address.code + 0x27ff },
  };
  const kindsOfChunks = [computing, ...chosen.map(({ chunks }) => chunks)];
  const chunks = writeChunks(context, kindsOfChunks, random.pick([30, 60, 90, 100]));
  const pieces = [context.code, context.far, context.low].map(writer => ({
    at: writer.origin,
    bytes: writer.finish(),
  }));
  const variant = [variantCode(random), variantCode(random)];
  const settings = timerSettings(
    random,
    chosen.some(({ chunks: kind }) => kind === timing),
  );
  return {
    chunks,
    load(memory, state) {
      memory.bytes.fill(0);
      buildTables(memory, state, { ...tables, ...context.wishes });
      for (const { at, bytes } of pieces) memory.load(at, bytes);
      memory.load(page.variant, variant[0]);
      memory.load(page.variantFrame, variant[1]);
      for (const [name, value] of settings) memory.write32(kernelLabel(name), value);
    },
  };
}

function writeChunks(
  context: ChunkContext,
  [plain, ...special]: readonly Readonly<Record<string, Chunk>>[],
  specialPercent: number,
): { name: string; start: number; end: number }[] {
  const { random, code } = context;
  const written: { name: string; start: number; end: number }[] = [];
  const count = 3 + random.below(22);
  const first = code.place();
  while (written.length < count && !code.isFull && !context.far.isFull && !context.low.isFull) {
    const kind = special.length > 0 && random.chance(specialPercent) ? random.pick(special) : plain;
    const [name, chunk] = random.pick(Object.entries(kind));
    // at times in another page, or across its end
    if (random.chance(12)) skip(context);
    const start = code.here;
    chunk(context);
    written.push({ name, start, end: code.here });
  }
  code.jump(first);
  return written;
}

function skip({ random, code }: ChunkContext): void {
  const over = new Label();
  code.jump(over);
  const length = random.chance(50) ? random.below(0x300) : ((0xff0 - code.here) & 0xfff) + random.below(0x18);
  code.emit(...Array.from({ length }, () => random.below(256)));
  code.place(over);
}

/** A little subroutine at the beginning of the page that the address spaces see differently. */
function variantCode(random: Random): Uint8Array {
  const writer = new CodeWriter(page.variant, 0x100 + 0x800);
  for (let count = 1 + random.below(5); count > 0; count--)
    writer.emit(
      ...random.pick([[0x40], [0x4a], [0x01, 0xd0], [0x35, 1, 2, 3, 4], [0xc1, 0xc0, 5], [0x05, 9, 8, 7, 6]]),
    );
  writer.emit(0xc3);
  return writer.finish();
}

function timerSettings(random: Random, runs: boolean): readonly (readonly [string, number])[] {
  return [
    ['program_start', address.code],
    ['pic_mask', runs ? 0xf8 : 0xff],
    ['timer_period', 2 + random.below(150)],
    ['timer_next', random.chance(30) ? random.word() | 0x10 : 0],
  ];
}
