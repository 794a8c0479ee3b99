// What every template works with: the code being written, the choices of the program, and the pieces that templates
// share. A chunk is a stretch of a program after which the machine is in a known state again: ring 0, flat 32-bit
// segments, whatever happened in between.

import type { Random } from '../../semantics/random';
import { type CodeWriter, Label, register } from '../codeWriter';
import { kernelLabel } from '../kernel';
import { address, page, secondView, service } from '../layout';
import { type InstructionChoices, randomInstruction, type RowChoice } from '../randomInstruction';

export interface ChunkContext {
  readonly random: Random;
  /** the main line, 32-bit */
  readonly code: CodeWriter;
  /** other pages */
  readonly far: CodeWriter;
  /** below 64 KiB, 16-bit */
  readonly low: CodeWriter;
  /** of a hundred addresses, how many are meant to be somewhere odd */
  readonly oddAddresses: number;
  readonly paging: boolean;
  /** stores may hit code */
  readonly changesCode: boolean;
  /** what chunks ask of the tables */
  readonly wishes: { shortCodeLimit: number };
}

export type Chunk = (context: ChunkContext) => void;

/** Where the program goes on after a fault. */
export function resumeAt({ code }: ChunkContext, label: Label): void {
  code.setMemoryToAddress(kernelLabel('resume'), label);
}

/** The chunk's own frame: a stack, a place to go on from, pointers to data. `body` may do what it wants. */
export function guarded(context: ChunkContext, body: (end: Label) => void): void {
  const { code } = context;
  const end = new Label();
  code.set(register.esp, address.stackTop);
  resumeAt(context, end);
  setPointers(context, code);
  body(end);
  code.place(end);
}

/** The same for code that leaves ring 0 or its segments behind: it ends with a service that restores them. */
export function guardedElsewhere(context: ChunkContext, body: () => void): void {
  const { code } = context;
  const end = new Label();
  code.set(register.esp, address.stackTop);
  resumeAt(context, end);
  setPointers(context, code);
  body();
  code.int(service.becomeKernel);
  code.place(end);
}

/** An address that a load or store can do something with, mostly. */
export function dataAddress({ random, oddAddresses, changesCode, paging }: ChunkContext): number {
  const offset = random.chance(15) ? 0xfc0 + random.below(0x40) : 0x40 + random.below(0xf00);
  const plain = random.pick(page.plain) + (random.chance(60) ? offset & ~3 : offset);
  if (!random.chance(oddAddresses)) return plain;
  const odd = [page.readOnly, page.supervisor, ...page.lazy, page.dataAlias, page.outside, page.absent, page.userStack];
  const kind = random.below(12);
  if (kind === 0) return random.word();
  if (kind === 1) return 0xffffffe0 + random.below(0x20);
  if (kind === 2 && paging) return secondView + plain;
  if (kind === 3 && changesCode) return random.pick([address.code, page.codeAlias]) + random.below(0x3000);
  return random.pick(odd) + offset;
}

const pointerRegisters = [register.ebx, register.ebp, register.esi, register.edi];

export function setPointers(context: ChunkContext, code: CodeWriter): void {
  for (const index of pointerRegisters) setPointer(context, code, index);
}

function setPointer(context: ChunkContext, code: CodeWriter, index: number): void {
  const value = dataAddress(context);
  if (code.size === 32) code.set(index, value);
  else code.emit(0x66, 0xb8 + index, ...[0, 8, 16, 24].map(shift => (value >>> shift) & 0xff));
}

export interface BodyChoices {
  readonly rows?: RowChoice;
  readonly anyStack?: boolean;
  readonly scatter?: number;
}

/** `count` random instructions in a row, now and then a pointer that points anew. */
export function body(context: ChunkContext, code: CodeWriter, count: number, choices: BodyChoices = {}): void {
  const { random } = context;
  const all: InstructionChoices = {
    codeSize: code.size,
    rows: choices.rows ?? 'general',
    anyStack: choices.anyStack ?? false,
    scatter: choices.scatter ?? 15,
  };
  for (let index = 0; index < count; index++) {
    if (random.chance(8)) setPointer(context, code, random.pick(pointerRegisters));
    code.emit(...randomInstruction(random, all));
  }
}

/** A few words that nobody else uses: counters of loops. */
export const counter = (random: Random): number => address.kernelData + 0xc00 + random.below(0x80) * 4;

/** A loop of `times` rounds, counted in memory: what happens inside does not matter to it. */
export function countedLoop(context: ChunkContext, code: CodeWriter, times: number, inside: () => void): void {
  const at = counter(context.random);
  code.setMemory(at, times);
  const again = code.place();
  inside();
  // DEC dword [at]; JNZ again
  code.direct([0xff], 1, at);
  code.jumpIf(5, again);
}
