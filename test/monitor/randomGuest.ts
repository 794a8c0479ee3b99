// Random small kernels for the differential fuzz. Each of their instructions may fault; the handler notes it and the next
// one follows. They keep away from what has no single right answer: the instructions that ring compression cannot
// virtualize, and page-table edits that are not made known to the TLB.

import { type Random, randomFrom } from '../semantics/random';
import { timerInterrupts } from '../timerInterrupts';

const registers = ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp'] as const;
const low = ['al', 'bl', 'cl', 'dl', 'ah', 'bh', 'ch', 'dh'] as const;
/** DS and SS stay flat, so that the handler can work */
const segments = ['es', 'fs', 'gs'] as const;

const pages = 6;
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** The text of a guest for `test/monitor/guests/kernel.inc`. */
export function randomGuest(seed: number, length: number): string {
  const random = randomFrom(seed);
  const kernel = Array.from({ length }, (_, index) => protectedInstruction(random, index));
  const programs = Array.from({ length: programCount }, (_, index) => program(random, index));
  return [
    '%include "kernel.inc"',
    'PAGE equ 0x400000',
    'OTHER equ FRAMES + 0x20000',
    'OTHER_TABLE equ FRAMES + 0x21000',
    preparation,
    timerInterrupts(0xfe, 5 + random.below(60)),
    'mov ebp, FRAMES',
    ...kernel,
    'mov al, 0xff',
    'out 0x21, al',
    'finish',
    ...programs,
    handlers,
  ].join('\n');
}

/** Another address space, some pages, and gates for the timer and for calls. */
const preparation = `guest:
  mov edi, OTHER
  xor eax, eax
  mov ecx, 2048
  rep stosd
  mov dword [OTHER], TABLE0 | P | W | U
  mov dword [OTHER + 4], OTHER_TABLE | P | W | U
  mov dword [OTHER + 8], TABLE1 | P | W | U
  mov dword [DIRECTORY + 8], OTHER_TABLE | P | W | U
${Array.from({ length: pages }, (_, page) => `  mov dword [TABLE1 + ${page * 4}], FRAMES + ${hex(page * 0x1000)} + P + W + U`).join('\n')}
  call start_paging
  mov eax, cr4
  or eax, 0x10
  mov cr4, eax
  gate 0x20, timer_handler, 0x8e
  gate 0x31, call_handler, 0xee`;

/** The timer notes where it came; a call returns; a fault is noted and skipped. */
const handlers = `
timer_handler:
  push eax
  push ds
  mov eax, DATA0
  mov ds, eax
  mov eax, [esp + 8]
  rol dword [trace], 1
  xor [trace], eax
  inc dword [trace + 4]
  mov al, 0x20
  out 0x20, al
  pop ds
  pop eax
  iretd
call_handler:
  inc eax
  iretd
note_fault:
  mov edx, [caught_vector]
  cmp edx, -1
  je .none
  rol dword [trace + 8], 3
  add edx, [caught_error]
  add edx, [caught_eip]
  add edx, [caught_cr2]
  add edx, [caught_flags]
  xor [trace + 8], edx
  inc dword [trace + 12]
.none:
  ret
  align 4
trace: times 4 dd 0`;

const programCount = 4;

/** One instruction, or a few that belong together, after which the next one follows whatever happens. */
function protectedInstruction(random: Random, index: number): string {
  const text = instruction(random, index);
  return `  attempt_at .i${index}, .after${index}
.i${index}:
${text
  .split('\n')
  .map(line => `  ${line}`)
  .join('\n')}
.after${index}:
  call note_fault`;
}

type Maker = (random: Random, index: number) => string;

function instruction(random: Random, index: number): string {
  const total = makers.reduce((sum, { weight }) => sum + weight, 0);
  let choice = random.below(total);
  for (const { weight, make } of makers) {
    if (choice < weight) return make(random, index);
    choice -= weight;
  }
  throw new Error('weights add up');
}

/** A memory operand: flat memory, a page that may be mapped or not, through a segment that may be anything. */
function memory(random: Random): string {
  const page = random.below(pages + 2);
  const offset = random.chance(15) ? 0xffd + random.below(3) : random.below(0xff0);
  switch (random.below(6)) {
    case 0:
      return `[FRAMES + ${hex(page * 0x1000 + offset)}]`;
    case 1:
    case 2:
      return `[PAGE + ${hex(page * 0x1000 + offset)}]`;
    case 3:
      return `[0x800000 + ${hex(page * 0x1000 + offset)}]`;
    case 4:
      return `[${random.pick(segments)}:${hex(random.chance(50) ? offset : random.below(0x3000))}]`;
    default:
      return `[FRAMES + ${hex(offset)} + ecx * ${random.pick([1, 2, 4, 8])}]`;
  }
}

const register = (random: Random): string => random.pick(registers);
const operation = (random: Random): string =>
  random.pick(['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp', 'mov', 'test', 'xchg']);

const alu: Maker = random => {
  switch (random.below(7)) {
    case 0:
      return `${operation(random)} ${register(random)}, ${register(random)}`;
    case 1:
      return `${random.pick(['add', 'xor', 'cmp', 'mov', 'sbb'])} ${register(random)}, ${hex(random.edge())}`;
    case 2:
      return `${random.pick(['shl', 'shr', 'sar', 'rol', 'rcr'])} ${register(random)}, ${1 + random.below(31)}`;
    case 3:
      return `${random.pick(['inc', 'dec', 'neg', 'not', 'bswap'])} ${register(random)}`;
    case 4:
      return `${random.pick(['add', 'xor', 'mov', 'xchg'])} ${random.pick(low)}, ${random.pick(low)}`;
    case 5:
      return `${random.pick(['div', 'idiv', 'mul', 'imul'])} ${random.pick(['ebx', 'ecx', 'esi'])}`;
    default:
      return `movzx ecx, ${random.pick(low)}`;
  }
};

const memoryAccess: Maker = random =>
  random.chance(50)
    ? `${random.pick(['mov', 'add', 'xor', 'xchg', 'and'])} ${memory(random)}, ${register(random)}`
    : `${random.pick(['mov', 'add', 'xor', 'cmp', 'imul'])} ${register(random)}, ${memory(random)}`;

const stack: Maker = random =>
  random.pick([
    `push ${register(random)}\npop ${register(random)}`,
    `push dword ${hex(random.edge())}\nadd esp, 4`,
    'pushad\npopad',
    `push dword ${memory(random)}\npop dword ${memory(random)}`,
    `push ${random.pick(['ds', 'es', 'fs', 'gs'])}\npop ${random.pick(segments)}`,
  ]);

const string: Maker = random => {
  const source = `FRAMES + ${hex(random.below(0x6000))}`;
  const target = random.chance(50) ? `FRAMES + ${hex(random.below(0x6000))}` : `PAGE + ${hex(random.below(0x6000))}`;
  const count = random.below(40);
  const what = random.pick(['rep movsd', 'rep movsb', 'rep stosd', 'repe cmpsb', 'repne scasb', 'rep lodsw']);
  return `mov esi, ${source}\nmov edi, ${target}\nmov ecx, ${count}\n${what}`;
};

const ports: Maker = random =>
  random.pick([
    'in al, 0x21',
    'out 0x80, al',
    'mov edx, 0x64\nin al, dx',
    'mov edx, 0x71\nin ax, dx',
    `mov edi, PAGE + ${hex(random.below(0x6000))}\nmov edx, 0x21\nmov ecx, ${random.below(20)}\nrep insb`,
    `mov esi, FRAMES + ${hex(random.below(0x6000))}\nmov edx, 0x80\nmov ecx, ${random.below(20)}\nrep outsb`,
  ]);

const interrupts: Maker = random => random.pick(['cli', 'sti', 'sti\nnop', 'sti\ncli', 'sti\nhlt', 'sti\nin al, 0x21']);

const control: Maker = random =>
  random.pick([
    'mov eax, cr0\nxor eax, 0x10000\nmov cr0, eax',
    'mov eax, cr0\nxor eax, 8\nmov cr0, eax',
    'mov eax, cr0\nand eax, 0x7fffffff\nmov cr0, eax\nmov ebx, [FRAMES]\nor eax, 0x80000000\nmov cr0, eax',
    'clts',
    'mov ax, 9\nlmsw ax',
    'mov eax, cr4\nxor eax, 0x10\nmov cr4, eax',
    'mov eax, cr4\nxor eax, 0x80\nmov cr4, eax',
    'mov eax, cr2',
    'mov eax, cr3\nmov cr3, eax',
    'mov eax, DIRECTORY\nmov cr3, eax',
    'mov eax, OTHER\nmov cr3, eax',
    `mov eax, ${hex(random.edge())}\nmov cr4, eax`,
    'rdtsc\nmov edx, eax',
    'xor eax, eax\ncpuid',
    'mov ecx, 0x174\nrdmsr',
    `mov ecx, ${random.pick(['0x174', '0x175', '0x10', '0x99'])}\nxor edx, edx\nwrmsr`,
    'wbinvd',
    `mov eax, ${hex(random.edge())}\nmov cr2, eax`,
    `mov eax, FRAMES + ${hex(random.below(0x4000))}\nmov dr${random.below(4)}, eax`,
    'mov eax, dr6',
  ]);

/** An entry of one of the two page tables, and its INVLPG. */
const pageTables: Maker = random => {
  const page = random.below(pages + 2);
  const table = random.pick(['TABLE1', 'OTHER_TABLE']);
  const frame = `FRAMES + ${hex(random.below(pages + 2) * 0x1000)}`;
  const rights = hex(random.below(8) | (random.chance(70) ? 1 : 0) | (random.chance(30) ? 0x60 : 0));
  const flush = ['0x400000', '0x800000'].map(base => `invlpg [${base} + ${hex(page * 0x1000)}]`).join('\n');
  const change = random.pick([
    `mov dword [${table} + ${page * 4}], ${frame} + ${rights}`,
    `and dword [${table} + ${page * 4}], ~${hex(random.pick([0x60, 0x20, 0x40, 1, 2, 4]))}`,
    `xor dword [${table} + ${page * 4}], ${hex(random.pick([1, 2, 4, 0x60]))}`,
    `mov byte [${table} + ${page * 4}], ${rights}`,
  ]);
  return `${change}\n${flush}`;
};

const directories: Maker = random => {
  const directory = random.pick(['DIRECTORY', 'OTHER']);
  const entry = random.pick([4, 8]);
  const target = random.pick(['TABLE1', 'OTHER_TABLE', 'TABLE0', '0x80']);
  const rights = hex(random.below(8) | (random.chance(80) ? 1 : 0));
  return `mov dword [${directory} + ${entry}], ${target} + ${rights}\ncall flush_all`;
};

/** Code and data of all kinds, bases and limits, in entries of the GDT that nothing needs; the first is the LDT's. */
const descriptors: Maker = random => {
  const selector = `FREE + ${8 + 8 * random.below(4)}`;
  const base = random.pick(['FRAMES', '(FRAMES + 0x1001)', '0', '0xfffff000', '0x400000']);
  const limit = random.pick(['0xfff', '0', '0x1ffe', '0xfffff', '0x10']);
  const dpl = random.below(4);
  const access = hex((random.chance(90) ? 0x80 : 0) | (dpl << 5) | 0x10 | random.below(16));
  const flags = random.pick(['0x4000', '0xc000', '0']);
  return `descriptor ${selector}, ${base}, ${limit}, ${access} | ${flags}`;
};

const ldt: Maker = random =>
  random.pick([
    'descriptor FREE, (FRAMES + 0x7000), 0x1f, 0x0082\nmov eax, FREE\nlldt ax',
    'xor eax, eax\nlldt ax',
    `mov dword [FRAMES + 0x7000], ${hex(random.word())}\nmov dword [FRAMES + 0x7004], ${hex((random.word() & 0x00c0ffff) | 0x9200)}`,
    'lgdt [gdt_register]',
    'lidt [idt_register]',
  ]);

const segmentLoads: Maker = random => {
  const selector = random.pick([
    '0',
    'DATA0',
    'DATA3',
    'DATA3 & ~3',
    'CODE0',
    'CODE3',
    'TSS',
    '0xfff8',
    '4',
    '7',
    '12',
    ...[1, 2, 3, 4].flatMap(entry => [`FREE + ${entry * 8}`, `(FREE + ${entry * 8}) | 3`]),
  ]);
  return random.chance(80)
    ? `mov eax, ${selector}\nmov ${random.pick(segments)}, eax`
    : `push dword ${selector}\npop ${random.pick(segments)}`;
};

const software: Maker = random => random.pick(['int 0x31', 'int3', 'ud2', 'int 0x3f', 'into', 'int1', 'int 0xee']);

/** Into ring 3, which does a few things and comes back by INT 0x30 or by a fault. */
const excursion: Maker = random => {
  const flags = random.pick(['2', '0x202', '0x3202', '0x302']);
  const target = `program${random.below(programCount)}`;
  return `push dword DATA3\npush dword STACK3\npush dword ${flags}\npush dword CODE3\npush dword ${target}\niretd`;
};

/** Single steps from here to the next fault, and breakpoints on data. */
const debugging: Maker = (random, index) =>
  random.pick([
    `push dword 0x${random.pick(['102', '302', '10002', '3102'])}\npush dword CODE0\npush dword .stepped${index}\niretd\n.stepped${index}: nop`,
    `mov eax, FRAMES + ${hex(random.below(0x4000))}\nmov dr0, eax\nmov eax, ${hex(random.pick([0x00010002, 0x00030001, 0x000d0002, 0x000f0002]))}\nmov dr7, eax`,
    'xor eax, eax\nmov dr7, eax',
    'mov eax, dr6\nmov [trace + 4], al\nxor eax, eax\nmov dr6, eax',
  ]);

const makers: readonly { readonly weight: number; readonly make: Maker }[] = [
  { weight: 20, make: alu },
  { weight: 20, make: memoryAccess },
  { weight: 8, make: stack },
  { weight: 6, make: string },
  { weight: 5, make: ports },
  { weight: 6, make: interrupts },
  { weight: 10, make: control },
  { weight: 12, make: pageTables },
  { weight: 3, make: directories },
  { weight: 8, make: descriptors },
  { weight: 2, make: ldt },
  { weight: 12, make: segmentLoads },
  { weight: 3, make: software },
  { weight: 8, make: excursion },
  { weight: 4, make: debugging },
];

/** What a program in ring 3 tries. */
function program(random: Random, index: number): string {
  const lines = Array.from({ length: 6 + random.below(8) }, () => instructionOfProgram(random));
  return [`program${index}:`, ...lines, 'int 0x30'].join('\n  ');
}

function instructionOfProgram(random: Random): string {
  const kind = random.below(100);
  if (kind < 35) return alu(random, 0);
  if (kind < 70) return memoryAccess(random, 0);
  if (kind < 80) return stack(random, 0);
  if (kind < 88) return segmentLoads(random, 0);
  if (kind < 94) return 'int 0x31';
  return random.pick(['cli', 'hlt', 'in al, 0x21', 'mov eax, cr0', 'rdtsc', 'int3']);
}
