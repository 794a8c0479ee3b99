// Chunks that compute: what most of a guest's time is spent on.

import { Label, register } from '../codeWriter';
import { address, page, secondView } from '../layout';
import { body, type Chunk, type ChunkContext, counter, countedLoop, dataAddress, guarded } from './context';

const { eax, ecx, edx, esi, edi } = register;

const straight: Chunk = context =>
  guarded(context, () => body(context, context.code, 5 + context.random.below(40), { scatter: 25 }));

const loop: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    countedLoop(context, code, 2 + random.below(12), () => body(context, code, 1 + random.below(10)));
  });

/** Loops within loops, with branches forward and backward inside. */
const nestedLoops: Chunk = context =>
  guarded(context, end => {
    const { random, code } = context;
    const outer = 2 + random.below(3);
    countedLoop(context, code, outer, () => {
      body(context, code, random.below(5));
      countedLoop(context, code, 1 + random.below(8), () => forwardBranches(context, end));
    });
  });

/** A diamond or two: Jcc over a few instructions. */
function forwardBranches({ ...context }: ChunkContext, end: Label): void {
  const { random, code } = context;
  for (let count = 1 + random.below(3); count > 0; count--) {
    const over = new Label();
    body(context, code, 1 + random.below(4), { rows: 'arithmetic' });
    code.jumpIf(random.below(16), random.chance(5) ? end : over);
    body(context, code, random.below(5));
    code.place(over);
  }
}

/** LOOP, LOOPE, LOOPNE and JECXZ on a count in ECX that the body leaves alone. */
const countInEcx: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    code.set(ecx, 1 + random.below(20));
    const skip = new Label();
    const again = code.place();
    if (random.chance(30)) code.shortBranch(0xe3, skip);
    for (let count = random.below(4); count > 0; count--)
      code.emit(...random.pick([[0x01, 0xd0], [0x31, 0xc2], [0x85, 0xd0], [0x8b, 0x06], [0x89, 0x17], [0x40], [0x4a]]));
    code.shortBranch(random.pick([0xe0, 0xe1, 0xe2, 0xe2]), again);
    code.place(skip);
  });

/** Flags made here and used after instructions that leave them alone, in another block. */
const farFlags: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    for (let count = 2 + random.below(6); count > 0; count--) {
      body(context, code, 1, { rows: 'arithmetic' });
      for (let between = random.below(5); between > 0; between--) keepsFlags(context);
      if (random.chance(40)) {
        const over = new Label();
        code.jumpIf(random.below(16), over);
        keepsFlags(context);
        code.place(over);
      }
      body(context, code, 1, { rows: 'flagReaders' });
    }
    if (random.chance(30)) code.emit(0xce); // INTO
  });

function keepsFlags({ ...context }: ChunkContext): void {
  const { random, code } = context;
  const [to, from] = [random.below(3), random.below(8)];
  const choices = [
    [0x8b, 0xc0 | (to << 3) | from], // mov
    [0x8d, 0x44 | (to << 3), (random.below(4) << 6) | (random.below(8) << 3) | 3, 4], // lea
    [0xf7, 0xd0 | to], // not
    [0x0f, 0xc8 | to], // bswap
    [0x0f, 0xb6, 0xc0 | (to << 3) | random.below(4)], // movzx
    [0x87, 0xc0 | (to << 3) | random.below(3)], // xchg
    [0x8b, 0x06 | (to << 3)], // mov from [esi]
    [0x89, 0x07 | (to << 3)], // mov to [edi]
    [0x50 | to], // push
    [0x0f, 0x40 | random.below(16), 0xc0 | (to << 3) | from], // cmov
    [0x0f, 0x90 | random.below(16), 0xc0 | random.below(3)], // set
    [0x9f], // lahf
  ];
  code.emit(...random.pick(choices));
}

/** Subroutines in other pages, a level or two deep, with and without arguments. */
const calls: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    const subroutines = Array.from({ length: 1 + random.below(3) }, () => subroutine(context, random.below(3)));
    countedLoop(context, code, 1 + random.below(5), () => {
      body(context, code, random.below(4));
      const called = random.pick(subroutines);
      if (called.argumentBytes > 0)
        for (let at = 0; at < called.argumentBytes; at += 4) code.emit(0x50 + random.below(3));
      callSomehow(context, called.label);
    });
  });

function callSomehow({ random, code, paging }: ChunkContext, label: Label): void {
  const kind = random.below(6);
  if (kind < 2) code.call(label);
  else if (kind < 4) {
    // the same code at another linear address
    code.setToAddress(eax, label);
    if (paging) {
      code.emit(0x05); // add eax, distance
      code.dword(random.chance(80) && inFirstPage(label) ? page.farAlias - address.farCode : secondView);
    }
    code.emit(0xff, 0xd0); // call eax
  } else if (kind === 4) {
    code.setToAddress(eax, label);
    code.emit(0xff, 0xd0); // call eax
  } else {
    const at = counter(random);
    code.setMemoryToAddress(at, label);
    code.direct([0xff], 2, at); // call [at]
  }
}

const inFirstPage = ({ address: at = 0 }: Label): boolean => at >>> 12 === address.farCode >>> 12;

interface Subroutine {
  readonly label: Label;
  readonly argumentBytes: number;
}

function subroutine(context: ChunkContext, depth: number): Subroutine {
  const { random, far } = context;
  const inner = depth > 0 ? subroutine(context, depth - 1) : undefined;
  // now and then in another page, or so that an instruction crosses into one
  if (random.chance(30)) far.emit(...new Array<number>(random.below(0x300)).fill(0x90));
  const label = far.place();
  const argumentBytes = random.below(3) * 4;
  const framed = random.chance(40);
  if (framed) far.emit(0x55, 0x89, 0xe5); // push ebp; mov ebp, esp
  for (let count = random.below(8); count > 0; count--) stackNeutral(context);
  if (inner) {
    for (let at = 0; at < inner.argumentBytes; at += 4) far.emit(0x50 + random.below(3));
    far.call(inner.label);
  }
  if (framed) far.emit(random.chance(50) ? 0xc9 : 0x5d); // leave, or pop ebp
  if (argumentBytes > 0) far.emit(0xc2, argumentBytes, 0);
  else far.emit(0xc3);
  return { label, argumentBytes };
}

function stackNeutral({ random, far }: ChunkContext): void {
  const [to, from] = [random.below(3), random.below(3)];
  const modrm = (to << 3) | from;
  const choices = [
    [random.pick([0x01, 0x09, 0x11, 0x19, 0x21, 0x29, 0x31, 0x39, 0x85]), 0xc0 | modrm],
    [random.pick([0x03, 0x13, 0x2b, 0x3b, 0x8b]), 0x46 | (to << 3), random.below(0x40)], // [esi+n]
    [random.pick([0x01, 0x31, 0x89]), 0x47 | (to << 3), random.below(0x40)], // [edi+n]
    [0xc1, 0xc0 | (random.below(8) << 3) | to, random.below(40)], // shift by a number
    [0xd3, 0xc0 | (random.below(8) << 3) | random.pick([eax, edx])], // shift by CL
    [0x0f, 0xaf, 0xc0 | modrm],
    [0x50 | to, 0x58 | from],
    [0x90],
  ];
  far.emit(...random.pick(choices));
}

/** JMP through a table, as a switch is compiled to. */
const jumpTable: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    const ways = random.pick([2, 4, 8]);
    const labels = Array.from({ length: ways }, () => new Label());
    const table = new Label();
    const after = new Label();
    countedLoop(context, code, 4 + random.below(8), () => {
      // the way depends on a number that changes
      code.direct([0x01], eax, page.plain[0] + 0x20);
      code.direct([0x8b], eax, page.plain[0] + 0x20);
      code.emit(0xc1, 0xe8, random.below(8)); // shr eax, n
      code.emit(0x83, 0xe0, ways - 1); // and eax, ways - 1
      if (random.chance(30)) {
        code.emit(0x8b, 0x04, 0x85); // mov eax, [table + eax * 4]
        code.addressOf(table);
        code.emit(
          ...random.pick([
            [0xff, 0xe0],
            [0x50, 0xc3],
          ]),
        ); // jmp eax; push eax, ret
      } else {
        code.emit(0xff, 0x24, 0x85); // jmp [table + eax * 4]
        code.addressOf(table);
      }
      for (const label of labels) {
        code.place(label);
        body(context, code, random.below(3));
        code.jump(after);
      }
      code.place(after);
    });
    const over = new Label();
    code.jump(over);
    code.place(table);
    labels.forEach(label => code.addressOf(label));
    code.place(over);
  });

/** String instructions, repeated, up and down, over page ends and into pages that are not there. */
const strings: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    for (let count = 1 + random.below(4); count > 0; count--) {
      code.emit(random.chance(75) ? 0xfc : 0xfd);
      code.set(ecx, random.chance(85) ? random.below(24) : random.below(random.pick([100, 400, 5000])));
      const from = dataAddress(context);
      code.set(esi, from);
      code.set(edi, random.chance(35) ? near(context, from) : dataAddress(context));
      if (random.chance(20)) code.set(eax, random.edge());
      const prefixes = [
        ...(random.chance(15) ? [0x66] : []),
        ...(random.chance(80) ? [random.pick([0xf2, 0xf3])] : []),
      ];
      code.emit(...prefixes, random.pick([0xa4, 0xa5, 0xaa, 0xab, 0xac, 0xad, 0xa6, 0xa7, 0xae, 0xaf]));
    }
    code.emit(0xfc);
  });

/** An address so close to another that what is written there may be what is read next; perhaps by another linear page. */
function near({ random, paging }: ChunkContext, other: number): number {
  const view = paging && random.chance(30) ? random.pick([secondView, page.dataAlias - page.plain[0]]) : 0;
  return view + other + random.below(40) - random.pick([4, 20, 40]);
}

/** Divisions that mostly succeed. */
const divisions: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    for (let count = 1 + random.below(5); count > 0; count--) {
      code.set(edx, random.chance(70) ? random.below(16) : random.edge());
      code.set(eax, random.edge());
      code.set(ecx, random.chance(90) ? random.edge() : random.pick([0, 0xffffffff]));
      if (random.chance(30)) code.emit(0x99); // cdq
      const sized = random.pick([[0xf6], [0xf7], [0x66, 0xf7]]);
      code.emit(...sized, 0xc1 | (random.pick([6, 7]) << 3));
    }
    if (random.chance(20)) code.emit(0xd4, random.below(12)); // aam
  });

/** Wild pages in between: PUSH and POP of everything, frames, stack-relative accesses. */
const stack: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    if (random.chance(20)) code.set(register.esp, address.stackTop - 0x800 + random.below(8));
    for (let count = 2 + random.below(12); count > 0; count--) {
      const reg = random.below(3);
      code.emit(
        ...random.pick([
          [0x50 + random.below(8)],
          [0x58 + reg],
          [0x60],
          [0x9c],
          [0x6a, random.below(256)],
          [0x66, 0x50 + reg],
          [0x66, 0x58 + reg],
          [0xff, 0x34, 0x24], // push [esp]
          [0x8f, 0x44, 0x24, 4], // pop [esp + 4]
          [0xff, 0x76, random.below(64)], // push [esi + n]
          [0x8f, 0x47, random.below(64)], // pop [edi + n]
          [0x8b, 0x44 | (reg << 3), 0x24, random.below(32) * 4], // mov reg, [esp + n]
          [0x83, 0xec, random.below(16) * 4], // sub esp, n
          [0xc8, random.below(32), 0, random.below(4), 0xc9], // enter n, level; leave
          [0x0e],
          [0x1e],
        ]),
      );
    }
  });

export const computing = {
  straight,
  loop,
  nestedLoops,
  countInEcx,
  farFlags,
  calls,
  jumpTable,
  strings,
  divisions,
  stack,
} satisfies Readonly<Record<string, Chunk>>;
