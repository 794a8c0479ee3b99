// Chunks of what systems do: rings, segments, 16-bit code, interrupts, the timer, debug registers.

import { Eflags } from '../../../src/isa/flags';
import { type CodeWriter, Label, register } from '../codeWriter';
import { kernelLabel } from '../kernel';
import { address, highBase, page, pageBytes, selector, service } from '../layout';
import { randomInstruction } from '../randomInstruction';
import {
  body,
  type Chunk,
  type ChunkContext,
  countedLoop,
  dataAddress,
  guarded,
  guardedElsewhere,
  resumeAt,
  setPointers,
} from './context';

const { eax, ecx, esp } = register;

/** What follows more closely would not count as a place that control arrives at, and not be compiled. */
const leaveRoom = (code: CodeWriter): void => code.emit(...new Array<number>(16).fill(0x90));

/** IRET to ring 3 with these flags; `code` goes on there. */
function enterRing3({ code, paging }: ChunkContext, flags: number): void {
  code.push(selector.userData);
  code.push(paging ? page.userStack + 0xff0 : 0x2aff0);
  code.push(flags);
  code.push(selector.userCode);
  const there = new Label();
  code.pushAddress(there);
  // DS and ES that ring 3 may keep
  code.emit(0x6a, selector.userData, 0x1f, 0x6a, selector.userData, 0x07); // push, pop ds; push, pop es
  code.emit(0xcf); // iretd
  leaveRoom(code);
  code.place(there);
}

const ring3Flags = ({ random }: ChunkContext): number =>
  2 |
  (random.chance(50) ? Eflags.if : 0) |
  (random.chance(40) ? Eflags.ac : 0) |
  (random.chance(8) ? Eflags.tf : 0) |
  (random.below(4) << 12) |
  (random.word() & 0x8d5);

/** Ring 3: loops and loads, services of the kernel in between. */
const userCode: Chunk = context =>
  guardedElsewhere(context, () => {
    const { random, code } = context;
    code.setMemory(kernelLabel('steps_left'), random.below(30));
    enterRing3(context, ring3Flags(context));
    countedInRegister(context, 1 + random.below(12), () => {
      body(context, code, 1 + random.below(8), { scatter: 5 });
      if (random.chance(50)) serviceCall(context);
    });
  });

/** EBP counts: ring 3 does not reach the kernel's memory. */
function countedInRegister({ code }: ChunkContext, times: number, inside: () => void): void {
  code.emit(0xc7, 0x05);
  code.dword(page.plain[1] + 0xff0);
  code.dword(times);
  const again = code.place();
  inside();
  code.direct([0xff], 1, page.plain[1] + 0xff0);
  code.jumpIf(5, again);
}

function serviceCall({ random, code }: ChunkContext): void {
  code.int(random.pick([service.changeFlags, service.reloadCr3, service.toggleInterrupts, service.changeFlags, 0x4c]));
}

/** Ring 3 may try everything: what it is not allowed ends it. */
const wildUserCode: Chunk = context =>
  guardedElsewhere(context, () => {
    const { random, code } = context;
    enterRing3(context, ring3Flags(context));
    body(context, code, random.below(4), { anyStack: true });
    for (let count = 1 + random.below(4); count > 0; count--) {
      const choices = { codeSize: 32, rows: 'all', anyStack: true, scatter: 50 } as const;
      code.emit(...randomInstruction(random, choices));
    }
  });

/** Bytes that nobody meant as instructions. */
const garbage: Chunk = context =>
  guardedElsewhere(context, () => {
    const { random, code } = context;
    enterRing3(context, 2);
    code.emit(...Array.from({ length: 3 + random.below(20) }, () => random.below(256)));
  });

/** INT 0x48: from ring 0 to ring 3 by a service, in the middle of a loop. */
const slipsOut: Chunk = context =>
  guardedElsewhere(context, () => {
    const { random, code } = context;
    code.setMemory(kernelLabel('user_stack'), page.userStack + 0xf00);
    code.emit(0xfa);
    body(context, code, random.below(5));
    code.int(service.becomeUser);
    body(context, code, 2 + random.below(8), { scatter: 5 });
  });

const dataSelectors = [
  selector.userData,
  selector.shortData,
  selector.highData,
  selector.downData,
  selector.readOnlyData,
  selector.localData,
];
const badSelectors = [selector.absent, selector.conforming, selector.kernelCode16, 0, 0xfff8];
const stackSelectors = [selector.kernelData, selector.kernelStack16, selector.highStack, selector.downStack];

/** DS, ES or SS is something else for a while. */
const segments: Chunk = context =>
  guardedElsewhere(context, () => {
    const { random, code } = context;
    for (let count = 1 + random.below(2); count > 0; count--) {
      code.set(eax, random.chance(90) ? random.pick(dataSelectors) : random.pick(badSelectors));
      code.emit(0x8e, 0xc0 | (random.pick([0, 3, 3, 3, 4, 5]) << 3)); // mov es / ds / fs / gs, ax
    }
    if (random.chance(30)) {
      code.set(eax, random.pick(stackSelectors));
      code.emit(0x8e, 0xd0); // mov ss, ax
      code.set(esp, address.stackTop - (random.chance(80) ? 0x100 : 0x1100));
    }
    code.set(ecx, random.below(16));
    const again = code.place();
    body(context, code, 2 + random.below(5), { rows: random.pick(['general', 'memory']), scatter: 5 });
    if (random.chance(50)) code.emit(0x50 + random.below(8), 0x58 + random.below(3));
    code.emit(0x49, 0x81, 0xe1); // dec ecx; and ecx, 15
    code.dword(15);
    code.jumpIf(5, again);
  });

const otherCode = [
  selector.shortCode,
  selector.shortCode,
  selector.highCode,
  selector.highCode,
  selector.conforming,
  selector.callGate,
];

/** Another code segment: shorter, with another base, conforming; by far jump, call or return. */
const codeSegments: Chunk = context =>
  guardedElsewhere(context, () => {
    const { random, code } = context;
    const chosen = random.pick(otherCode);
    // addresses count from the segment's base
    const target = new Label();
    const way = random.below(3);
    if (way === 0) code.farJump(chosen, target);
    else if (way === 1) {
      code.emit(0x9a); // call far
      code.addressOf(target);
      code.emit(chosen, 0);
    } else {
      code.set(eax, chosen);
      code.emit(0x50); // push eax; push address; retf
      code.pushAddress(target);
      code.emit(0xcb);
    }
    leaveRoom(code);
    target.address = code.here - (chosen === selector.highCode ? highBase : 0);
    const loopStart = code.place();
    body(context, code, 2 + random.below(8));
    if (chosen === selector.shortCode) meetLimit(context);
    if (random.chance(60)) {
      code.emit(0x49, 0x81, 0xe1); // dec ecx; and ecx, 7
      code.dword(7);
      code.jumpIf(5, loopStart);
    }
    if (chosen !== selector.highCode) return;
    // services go on where EIP says, which counts from 0 in their segment
    const back = new Label();
    code.farJump(selector.kernelCode, back);
    leaveRoom(code);
    code.place(back);
  });

/** The segment ends near here, or with this page; and a jump beyond its end, sometimes. */
function meetLimit({ random, code, wishes }: ChunkContext): void {
  wishes.shortCodeLimit = random.chance(40) ? code.here + random.below(60) : code.here | (pageBytes - 1);
  const beyond = new Label();
  beyond.address = wishes.shortCodeLimit + 1 + random.below(20);
  if (random.chance(40)) code.jumpIf(random.below(16), beyond);
  else if (random.chance(60)) {
    code.setToAddress(eax, beyond);
    code.emit(0x85, 0xc9, 0x0f, 0x44, 0xc2); // test ecx, ecx; cmovz eax, edx
    code.emit(0xff, 0xe0); // jmp eax
  }
}

/** 16-bit code in ring 0, on a 16-bit or a 32-bit stack. */
const code16: Chunk = context =>
  guardedElsewhere(context, () => {
    const { random, code, low } = context;
    if (random.chance(40)) {
      code.set(eax, selector.kernelStack16);
      code.emit(0x8e, 0xd0); // mov ss, ax
      code.set(esp, 0xd800 + random.below(0x80));
    }
    const entry = low.place();
    code.farJump(random.pick([selector.kernelCode16, selector.wideCode16]), entry);
    body16(context, low);
    const back = new Label();
    low.emit(0x66, 0xea); // jmp far 32:16
    low.addressOf(back);
    low.emit(selector.kernelCode, 0);
    leaveRoom(code);
    code.place(back);
  });

function body16(context: ChunkContext, low: CodeWriter): void {
  const { random } = context;
  const again = low.place();
  setPointers(context, low);
  body(context, low, 2 + random.below(10), { scatter: 10 });
  const over = new Label();
  low.jumpIf(random.below(16), over);
  body(context, low, 1 + random.below(3));
  low.place(over);
  if (random.chance(60)) {
    low.emit(0x49, 0x81, 0xe1, 7, 0); // dec cx; and cx, 7
    low.jumpIf(5, again);
  }
}

/** Virtual-8086 mode: 16-bit code with segments of its own. */
const virtual8086: Chunk = context =>
  guardedElsewhere(context, () => {
    const { random, code, low } = context;
    const entry = low.place();
    for (const segment of [0x2000, 0x2000, 0x2000, 0x2000]) code.push(random.chance(50) ? 0 : segment); // gs, fs, ds, es
    code.push(0); // ss
    code.push(0xd000);
    code.push(2 | Eflags.vm | (random.pick([0, 3, 3]) << 12) | (random.chance(50) ? Eflags.if : 0));
    code.push(0); // cs
    code.pushAddress(entry);
    code.emit(0xcf);
    body16(context, low);
    low.int(service.becomeKernel);
  });

/** Single steps: TF for a number of instructions. */
const singleSteps: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    code.setMemory(kernelLabel('steps_left'), random.below(12));
    code.push(2 | Eflags.tf | (random.chance(30) ? Eflags.if : 0));
    code.emit(0x9d); // popfd
    body(context, code, 2 + random.below(15));
    // the trap after the last instruction with TF is still to come
    if (random.chance(50)) code.emit(0x6a, 2, 0x9d); // push 2; popfd
    countedLoop(context, code, 2, () => body(context, code, 2));
  });

/** Debug registers: breakpoints on code and data of this chunk, taken away afterwards. */
const breakpoints: Chunk = context => {
  const { random, code } = context;
  const end = new Label();
  code.set(esp, address.stackTop);
  resumeAt(context, end);
  setPointers(context, code);
  const target = new Label();
  code.setToAddress(eax, target);
  code.emit(0x0f, 0x23, 0xc0); // mov dr0, eax
  code.set(eax, dataAddress(context));
  code.emit(0x0f, 0x23, 0xc8); // mov dr1, eax
  const kind = random.pick([1, 3]);
  const length = random.pick([0, 1, 3]);
  code.set(eax, (random.chance(70) ? 1 : 0) | (random.chance(70) ? 4 : 0) | (kind << 20) | (length << 22));
  code.emit(0x0f, 0x23, 0xf8); // mov dr7, eax
  countedLoop(context, code, 1 + random.below(4), () => {
    body(context, code, 1 + random.below(6), { rows: random.pick(['general', 'memory']) });
    code.place(target);
    code.emit(0x40);
  });
  code.place(end);
  code.set(eax, 0);
  code.emit(0x0f, 0x23, 0xf8);
};

/** Breakpoints on data, and now and then on far code, that stay while other chunks run; or none from here on. */
const keepsBreakpoints: Chunk = context => {
  const { random, code } = context;
  const choose = (): number => (random.chance(80) ? dataAddress(context) : address.farCode + random.below(0x800));
  code.set(eax, choose());
  code.emit(0x0f, 0x23, 0xd0); // mov dr2, eax
  code.set(eax, choose());
  code.emit(0x0f, 0x23, 0xd8); // mov dr3, eax
  const kinds = (random.pick([0, 1, 3, 3]) << 24) | (random.pick([1, 1, 3]) << 28);
  const lengths = (random.pick([0, 1, 3]) << 26) | (random.pick([0, 1, 3]) << 30);
  const enables = random.chance(25) ? 0 : (random.below(4) << 4) | (random.below(4) << 6);
  code.set(eax, enables | kinds | (kinds & (3 << 24) ? lengths : lengths & (3 << 30)));
  code.emit(0x0f, 0x23, 0xf8); // mov dr7, eax
};

/** Interrupts on, a long enough loop to meet one, and the shadows of STI and of a new SS. */
const interrupts: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    code.emit(0xfb);
    countedLoop(context, code, 1 + random.below(24), () => {
      body(context, code, 1 + random.below(6), { scatter: 0 });
      code.emit(
        ...random.pick([
          [],
          [],
          [0xfa, 0x90, 0xfb], // cli, nop, sti
          [0xfb, 0xfa], // sti, cli
          [0xfb],
          [0x8c, 0xd0, 0x8e, 0xd0], // mov eax, ss; mov ss, eax
          [0x16, 0x17], // push ss, pop ss
          [0x9c, 0x9d], // pushfd, popfd
        ]),
      );
    });
    if (random.chance(40)) code.emit(0xfa);
  });

/** HLT until the timer comes; only where it does come. */
const sleeps: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    body(context, code, random.below(4));
    if (random.chance(50)) code.int(service.sleep);
    else {
      const over = new Label();
      code.emit(0xf6, 0x05); // test byte [pic_mask], 1
      code.dword(kernelLabel('pic_mask'));
      code.emit(1);
      code.jumpIf(5, over);
      code.emit(0xfb, 0xf4, 0xfa); // sti, hlt, cli
      code.place(over);
    }
  });

/** What tells the time: the counter of the timer chip, the time stamp counter, the real-time clock. */
const clocks: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    countedLoop(context, code, 1 + random.below(5), () => {
      body(context, code, random.below(10), { scatter: 0 });
      code.emit(
        ...random.pick([
          [0x0f, 0x31], // rdtsc
          [0xb0, 0, 0xe6, 0x43, 0xe4, 0x40, 0x88, 0xc4, 0xe4, 0x40], // latch and read counter 0
          [0xb0, 0x0c, 0xe6, 0x70, 0xe4, 0x71], // a register of the clock
          [0xe4, 0x61], // refresh and speaker
          [0xe4, 0x21], // the mask of the interrupt controller
        ]),
      );
      code.direct([0x01], eax, page.plain[0] + 0x30);
    });
  });

/** The timer runs at another period from now on. */
const setsTimer: Chunk = ({ random, code }) => {
  const period = 2 + random.below(120);
  code.emit(0xb0, 0x34, 0xe6, 0x43, 0xb0, period & 0xff, 0xe6, 0x40, 0xb0, 0, 0xe6, 0x40);
  if (random.chance(30)) code.setMemory(kernelLabel('timer_next'), random.chance(50) ? 0 : random.word() | 0x10);
};

/** INT n, INT3, INTO from ring 0. */
const softwareInterrupts: Chunk = context =>
  guarded(context, () => {
    const { random, code } = context;
    countedLoop(context, code, 1 + random.below(6), () => {
      body(context, code, random.below(6));
      code.emit(...random.pick([[0xcc], [0xce], [0xcd, 0x41], [0xcd, 0x46], [0xcd, 0x4f], [0xcd, 0x60]]));
    });
  });

export const rings = { userCode, wildUserCode, garbage, slipsOut } satisfies Readonly<Record<string, Chunk>>;
export const segmentation = { segments, codeSegments, code16, virtual8086 } satisfies Readonly<Record<string, Chunk>>;
export const debugging = { singleSteps, breakpoints, keepsBreakpoints } satisfies Readonly<Record<string, Chunk>>;
export const timing = { interrupts, sleeps, clocks, setsTimer, softwareInterrupts } satisfies Readonly<
  Record<string, Chunk>
>;
