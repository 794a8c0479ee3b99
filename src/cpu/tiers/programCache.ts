// Decoded and translated instructions, kept by physical page and execution mode. A page whose bytes were written to
// since (`PhysicalMemory.writeGeneration`) is dropped whole at its next use, so code that changes itself runs as changed.

import { decode, maximumInstructionBytes } from '../../isa/decode';
import { Vector } from '../../isa/exceptions';
import { translate, translateFault } from '../../ir/translate';
import type { MicroProgram } from '../../ir/microOp';
import type { ExecutionMode } from '../../semantics/builder';
import { pageSizeBytes } from '../../base/address';
import { unreachable } from '../../base/exhaustive';
import type { PhysicalMemory } from '../memory/physicalMemory';
import type { ProcessorState } from '../registers/state';

/** Execution modes are small numbers: the second half of the key. */
export const modeCount = 64;

/** The key of the mode that the processor is in. */
export const currentModeKey = (state: ProcessorState): number =>
  (state.codeIs32Bit ? 1 : 0) |
  (state.stackIs32Bit ? 2 : 0) |
  ((state.cpl & 3) << 2) |
  (state.protectedMode ? 16 : 0) |
  (state.virtual8086 ? 32 : 0);

/** The mode that a key stands for. */
export const modeOfKey = (key: number): ExecutionMode => ({
  codeSize: key & 1 ? 32 : 16,
  stackSize: key & 2 ? 32 : 16,
  cpl: ((key >> 2) & 3) as 0 | 1 | 2 | 3,
  protectedMode: (key & 16) !== 0,
  virtual8086: (key & 32) !== 0,
});

interface CachedPage {
  generation: number;
  /** by offset in the page; `acrossPages` where the instruction reaches into the next page */
  readonly programs: (MicroProgram | typeof acrossPages | undefined)[];
}

const acrossPages = 'acrossPages';

/** Programs kept at a time, at some 3 KB each. */
const mostPrograms = 0x8000;

/** An instruction that begins in one page and ends in another. */
interface AcrossPages {
  /** physical address of the page that it ends in */
  readonly second: number;
  /** sum of both pages' generations, which only ever rise */
  readonly generation: number;
  readonly program: MicroProgram;
}

export class ProgramCache {
  private kept = 0;
  private readonly across = new Map<number, AcrossPages>();
  private readonly modes: readonly { readonly mode: ExecutionMode; readonly pages: Map<number, CachedPage> }[];

  constructor(private readonly memory: PhysicalMemory) {
    this.modes = Array.from({ length: modeCount }, (_, key) => ({
      mode: modeOfKey(key),
      pages: new Map<number, CachedPage>(),
    }));
  }

  /**
   * The program of the instruction at `physical`. `secondPage` gives the physical address of the linear page that
   * follows, and raises the fault of fetching from there; it is called only if the instruction reaches into it.
   */
  fetch(physical: number, key: number, secondPage: () => number): MicroProgram {
    const { mode, pages } = this.modes[key];
    const page = physical >>> 12;
    const offset = physical & (pageSizeBytes - 1);
    let cached = pages.get(page);
    if (!cached || cached.generation !== this.generation(page)) {
      cached = { generation: this.generation(page), programs: [] };
      if (this.memory.isReadable(page)) pages.set(page, cached);
    }
    const known = cached.programs[offset];
    const inPage = pageSizeBytes - offset;
    if (known === acrossPages) return this.fetchAcross(physical, inPage, key, secondPage);
    if (known) return known;
    const decoded = this.decodeWithin(physical, Math.min(inPage, maximumInstructionBytes), mode);
    if (!decoded) {
      const program = this.fetchAcross(physical, inPage, key, secondPage);
      if (this.memory.isWatched(page)) cached.programs[offset] = acrossPages;
      return program;
    }
    if (this.memory.isReadable(page)) {
      this.memory.watchWrites(page);
      this.makeRoom();
      cached.programs[offset] = decoded;
    }
    return decoded;
  }

  /** The same without leaving the page: undefined for an instruction that reaches into the next one. */
  fetchWithin(physical: number, key: number): MicroProgram | undefined {
    const inPage = pageSizeBytes - (physical & (pageSizeBytes - 1));
    const { mode } = this.modes[key];
    const known = this.modes[key].pages.get(physical >>> 12);
    const current = known?.generation === this.generation(physical >>> 12);
    const program = current ? known?.programs[physical & (pageSizeBytes - 1)] : undefined;
    if (program === acrossPages) return undefined;
    return program ?? this.decodeWithin(physical, Math.min(inPage, maximumInstructionBytes), mode);
  }

  /** A guest that wanders through memory must not fill the host's. */
  private makeRoom(): void {
    if (++this.kept <= mostPrograms) return;
    this.kept = 1;
    for (const { pages } of this.modes) pages.clear();
    this.across.clear();
  }

  private generation(page: number): number {
    return this.memory.isReadable(page) ? this.memory.writeGeneration(page) : 0;
  }

  private decodeWithin(physical: number, available: number, mode: ExecutionMode): MicroProgram | undefined {
    const bytes = new Uint8Array(available);
    for (let index = 0; index < available; index++) bytes[index] = this.memory.read8(physical + index);
    return programOf(bytes, mode);
  }

  /** An instruction over a page boundary is kept with both pages, each of which may change or be mapped elsewhere. */
  private fetchAcross(physical: number, inPage: number, key: number, secondPage: () => number): MicroProgram {
    const second = secondPage();
    const id = physical * modeCount + key;
    const known = this.across.get(id);
    const generation = this.generation(physical >>> 12) + this.generation(second >>> 12);
    if (known && known.second === second && known.generation === generation) return known.program;
    const program = this.decodeAcross(physical, inPage, this.modes[key].mode, second);
    for (const page of [physical >>> 12, second >>> 12])
      if (this.memory.isReadable(page)) this.memory.watchWrites(page);
      else return program;
    this.makeRoom();
    this.across.set(id, { second, generation, program });
    return program;
  }

  private decodeAcross(physical: number, inPage: number, mode: ExecutionMode, second: number): MicroProgram {
    const bytes = new Uint8Array(maximumInstructionBytes);
    for (let index = 0; index < bytes.length; index++) {
      bytes[index] = this.memory.read8(index < inPage ? physical + index : second + index - inPage);
    }
    const program = programOf(bytes, mode);
    return program ?? translateFault(Vector.generalProtection, maximumInstructionBytes, mode);
  }
}

/** Undefined if the instruction needs more bytes than there are. */
function programOf(bytes: Uint8Array, mode: ExecutionMode): MicroProgram | undefined {
  const decoded = decode(bytes, 0, bytes.length, mode.codeSize);
  switch (decoded.kind) {
    case 'instruction':
      return translate(decoded.instruction, mode);
    case 'invalid':
      return translateFault(Vector.invalidOpcode, decoded.length, mode);
    case 'tooLong':
      return translateFault(Vector.generalProtection, maximumInstructionBytes, mode);
    case 'incomplete':
      return undefined;
    default:
      return unreachable(decoded);
  }
}
