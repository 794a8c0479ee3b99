// Chunks that change what compiled code relies on: code, page tables, control registers.

import { Cr0, Cr4 } from '../../../src/isa/controlRegisters';
import { Pte } from '../../../src/cpu/memory/paging';
import { type CodeWriter, Label, register } from '../codeWriter';
import { kernelLabel } from '../kernel';
import { address, page, pageBytes, secondView, service, tableOf } from '../layout';
import { body, type Chunk, type ChunkContext, countedLoop, dataAddress, guarded } from './context';

const { eax, ecx, ebx } = register;

/** Loads and stores with addresses of every kind; the first fault ends it. */
const oddAccesses: Chunk = context =>
  guarded(context, () =>
    countedLoop(context, context.code, 1 + context.random.below(6), () =>
      body(context, context.code, 2 + context.random.below(8), { rows: 'memory' }),
    ),
  );

interface Patch {
  readonly at: number;
  readonly mask: number;
}

/** Pairs of opcodes, and immediates: a byte of code that may be one thing or another. */
const variants: readonly { readonly bytes: readonly number[]; readonly offset: number; readonly mask: number }[] = [
  { bytes: [0x40], offset: 0, mask: 0x08 }, // inc eax, dec eax
  { bytes: [0x01, 0xc2], offset: 0, mask: 0x28 }, // add, sub
  { bytes: [0x01, 0xc2], offset: 1, mask: 0x19 }, // other registers
  { bytes: [0xb8, 1, 2, 3, 4], offset: 2, mask: 0xff }, // mov eax, number
  { bytes: [0x83, 0xc0, 5], offset: 2, mask: 0x7f }, // add eax, number
  { bytes: [0x74, 0], offset: 0, mask: 0x01 }, // jz, jnz
  { bytes: [0x75, 1, 0x90], offset: 1, mask: 0x01 }, // over a NOP or not
  { bytes: [0x90, 0x90], offset: 0, mask: 0x90 ^ 0x66 }, // nop, prefix
  { bytes: [0x89, 0x07], offset: 1, mask: 0x01 << 3 }, // store of another register
];

/** Code that will be changed, at the end of what has been written. */
function changeable({ ...context }: ChunkContext, code: CodeWriter): Patch {
  const { bytes, offset, mask } = context.random.pick(variants);
  const at = code.here + offset;
  code.emit(...bytes);
  return { at, mask };
}

/** Changes the byte: at once, or every few rounds only, so that the code has time to become hot. */
function applyPatch({ random, code, paging }: ChunkContext, { at, mask }: Patch, label?: Label): void {
  const rounds = random.pick([0, 0, 3, 15]);
  const over = new Label();
  if (rounds > 0) {
    const count = address.kernelData + 0xf00 + random.below(0x20) * 4;
    code.direct([0xff], 0, count); // inc dword [count]
    code.emit(0xf7, 0x05); // test dword [count], rounds
    code.dword(count);
    code.dword(rounds);
    code.jumpIf(5, over);
  }
  const way = random.below(5);
  const view = paging && random.chance(20) ? secondView : 0;
  if (way < 3 || label) {
    // xor byte [at], mask
    code.emit(0x80, 0x35);
    if (label) code.addressOf(label);
    else code.dword(at + view);
    code.emit(mask);
  } else if (way === 3) {
    code.setMemory(kernelLabel('patch_address'), at);
    code.setMemory(kernelLabel('patch_value'), mask);
    code.int(service.changeCode);
  } else {
    code.set(ebx, at + view);
    code.set(eax, mask);
    code.emit(0x30, 0x03); // xor [ebx], al
  }
  code.place(over);
}

/** A change of the instruction that follows, at once or after a few more, in the same block. */
const changesNext: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    countedLoop(context, code, 1 + random.below(5), () => {
      const { bytes, offset, mask } = random.pick(variants);
      const place = new Label();
      applyPatch(context, { at: 0, mask }, place);
      for (let between = random.below(4); between > 0; between--) code.emit(0x42);
      place.address = code.here + offset;
      code.emit(...bytes);
      code.emit(0x01, 0x05); // add [data], eax
      code.dword(page.plain[1] + 0x40);
    });
  });

/** A change of what has been passed already, further back in the same page or loop. */
const changesBack: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    countedLoop(context, code, 2 + random.below(8), () => {
      const patch = changeable(context, code);
      body(context, code, random.below(5));
      applyPatch(context, patch);
    });
  });

/** A change of a subroutine in another page, seen at its next call. */
const changesElsewhere: Chunk = context =>
  guarded(context, () => {
    const { random, code, far } = context;
    const subroutine = far.place();
    const patch = changeable(context, far);
    far.emit(0xc3);
    countedLoop(context, code, 2 + random.below(8), () => {
      code.call(subroutine);
      body(context, code, random.below(4));
      applyPatch(context, patch);
    });
  });

/** Code that is copied, called and copied over: REP MOVS onto a page that runs. */
const copiesCode: Chunk = context =>
  guarded(context, () => {
    const { random, code, far } = context;
    const sources = [0, 1].map(() => {
      const label = far.place();
      for (let count = 1 + random.below(4); count > 0; count--) changeable(context, far);
      far.emit(0xc3);
      return label;
    });
    const target = far.place();
    far.emit(...new Array<number>(24).fill(0x90), 0xc3);
    countedLoop(context, code, 1 + random.below(4), () => {
      for (const source of sources) {
        code.emit(0xfc);
        code.setToAddress(register.esi, source);
        code.setToAddress(register.edi, target);
        code.set(ecx, random.pick([5, 6]));
        code.emit(0xf3, random.pick([0xa4, 0xa5]));
        code.setToAddress(register.edi, target);
        code.call(target);
      }
    });
  });

/** A page table entry changes, with INVLPG, a reload of CR3, or nothing at all; and accesses around it. */
const editsPages: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    const codePages = [address.code, address.farCode, page.variant, code.here & ~(pageBytes - 1)];
    const dataPages = [page.readOnly, page.dataAlias, page.supervisor, page.userStack, ...page.plain, ...page.lazy];
    const linear = random.chance(35) ? random.pick(codePages) : random.pick(dataPages);
    const isCode = linear < address.data;
    const bits = isCode
      ? random.pick([Pte.accessed, Pte.dirty, Pte.accessed | Pte.dirty, Pte.user])
      : random.pick([
          Pte.present,
          Pte.writable,
          Pte.user,
          Pte.accessed,
          Pte.dirty,
          pageBytes,
          Pte.accessed | Pte.dirty,
        ]);
    const accesses = (): void => {
      // another page in the same slot of the TLB
      code.set(register.esi, linear + (isCode || random.chance(30) ? secondView : 0) + random.below(0xf00));
      code.set(register.edi, (isCode ? page.plain[0] : linear) + random.below(0xf00));
      body(context, code, 1 + random.below(4), { rows: 'memory', scatter: 0 });
    };
    if (random.chance(60)) accesses();
    editEntry(context, linear, bits);
    accesses();
    if (random.chance(70)) editEntry(context, linear, bits);
  });

function editEntry({ random, code }: ChunkContext, linear: number, bits: number): void {
  for (const directory of random.pick([
    [address.directoryA, address.directoryB],
    [address.directoryA, address.directoryB],
    [address.directoryA],
  ])) {
    code.emit(0x81, 0x35); // xor dword [entry], bits
    code.dword(tableOf(directory, linear));
    code.dword(bits);
  }
  const then = random.below(4);
  if (then === 0) {
    code.emit(0x0f, 0x01, 0x3d); // invlpg [linear]
    code.dword(linear);
  } else if (then === 1) code.int(service.reloadCr3);
  else if (then === 2) code.emit(0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8); // mov eax, cr3; mov cr3, eax
}

/** The other address space for a while, and back: the same code, other data, one page of other code. */
const switchesSpace: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    const between = (): void => {
      body(context, code, random.below(6), { rows: 'memory' });
      if (random.chance(50)) {
        code.set(eax, page.variant);
        code.emit(0xff, 0xd0); // call eax: the page that differs
      }
    };
    countedLoop(context, code, 1 + random.below(6), () => {
      between();
      code.int(service.switchCr3);
      between();
      if (random.chance(80)) code.int(service.switchCr3);
    });
  });

/** CR0.WP, CR0.AM, CR4.PGE, CR4.PSE. */
const changesControl: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    const [load, store, bits] = random.pick([
      [0x0f20c0, 0x0f22c0, random.pick([Cr0.wp, Cr0.am, Cr0.wp | Cr0.am])],
      [0x0f20e0, 0x0f22e0, random.pick([Cr4.pge, Cr4.pse, Cr4.tsd])],
    ] as const);
    const bytes = (opcode: number): number[] => [opcode >> 16, (opcode >> 8) & 0xff, opcode & 0xff];
    code.emit(...bytes(load), 0x35); // mov eax, crN; xor eax, bits; mov crN, eax
    code.dword(bits);
    code.emit(...bytes(store));
    code.set(register.edi, random.chance(40) ? page.readOnly + 0x80 : dataAddress(context));
    body(context, code, 2 + random.below(6), { rows: 'memory' });
  });

export const changing = { oddAccesses, editsPages, switchesSpace, changesControl } satisfies Readonly<
  Record<string, Chunk>
>;
export const changingCode = { changesNext, changesBack, changesElsewhere, copiesCode } satisfies Readonly<
  Record<string, Chunk>
>;
