// Guests of `knownTransfers.test.ts` that change one thing on which a transfer depends, once routines make the transfer. The
// program calls the system over and over; in the last call but one, or in the last one, the system makes the change. What the guest
// says in the end it can only say if the change was heeded.

export interface ChangingGuest {
  readonly what: string;
  /** what the handler does, every time; EAX is the result unless the program sets it */
  readonly handler?: string;
  /** what it does then, once */
  readonly change?: string;
  /** what the program does before a call, and after it */
  readonly before?: string;
  readonly after?: string;
  /** in ring 0, before the first call */
  readonly start?: string;
  /** other routines */
  readonly more?: string;
  readonly says: string;
}

const calls = 400;
/** Where the program's work begins, and the change. */
const workAddress = 0x101000;
export const changeAddress = 0x102000;
const fillUpTo = (address: number): string => `times ${address} - 0x100000 - ($ - header) nop`;

/** A table of descriptors that can be changed, the guest's own with some more. */
const prelude = `
GDT equ DATA + 0x1000
OTHER_GDT equ DATA + 0x2000
GDT_BYTES equ 0xa0
OTHER_KERNEL_DATA equ 0x30
OTHER_KERNEL_CODE equ 0x38
OTHER_PROGRAM_DATA equ 0x40 | 3
BASED_DATA equ 0x48 | 3                 ; begins at 0x1000
RING1_CODE equ 0x50 | 1
RING1_DATA equ 0x58 | 1
OTHER_PROGRAM_CODE equ 0x98 | 3         ; its number ends as PROGRAM_CODE's does
OTHER_IDT equ DATA + 0x3000
OTHER_TASK equ DATA + 0x4000
GATE equ IDT + 0x80 * 8
`;
const makeTables = `
	mov esi, gdt
	mov edi, GDT
	mov ecx, (gdt.end - gdt) / 4
	rep movsd
	mov esi, .more
	mov ecx, (.end - .more) / 4
	rep movsd
	mov dword [GDT + 0x98], 0x0000ffff
	mov dword [GDT + 0x9c], 0x00cffb00
	lgdt [.register]
	jmp .made
align 4
.more:
	dd 0x0000ffff, 0x00cf9300
	dd 0x0000ffff, 0x00cf9b00
	dd 0x0000ffff, 0x00cff300
	dd 0x1000ffff, 0x00cff300
	dd 0x0000ffff, 0x00cfbb00
	dd 0x0000ffff, 0x00cfb300
.end:
.register:
	dw GDT_BYTES - 1
	dd GDT
.made:
`;

/** `callsLeft`: when the change is made. */
const sourceOf = ({ change, handler, before, after, start, more }: ChangingGuest, callsLeft: number): string => `
%define KERNEL_START start
%define SYSTEM_CALL system_call
%include "guest.inc"
${prelude}
start:
${makeTables}
${start ?? ''}
	ret
${more ?? ''}
${fillUpTo(workAddress)}
work:
	mov ecx, ${calls}
.call:
${before ?? ''}
	int 0x80
${after ?? ''}
	dec ecx
	jnz .call
	ret
system_call:
${handler ?? 'mov eax, 5'}
	cmp ecx, ${callsLeft}
	je change
	iret
${fillUpTo(changeAddress)}
change:
${change ?? ''}
	iret
`;

const otherCall = '\nother_call:\n\tmov eax, 7\n\tiret\n';
const copy = (from: string, to: string, bytes: string): string =>
  `mov esi, ${from}\nmov edi, ${to}\nmov ecx, ${bytes} / 4\nrep movsd\n`;
const reloadTask = 'and byte [GDT + TASK + 5], 0xfd\nmov eax, TASK\nltr ax';
/** what `unexpected` says: an error code or not, EIP, CS, EFLAGS */
const failed = (stack: string): string => `failed: unexpected exception, stack ${stack}`;
/** The handler of a fault cannot be reached. */
const shutDown = '';
const kernelSegment = (name: string): string => `mov eax, KERNEL_DATA\nmov ${name}, eax`;
/** The program does, after the last call. */
const reloadDs = 'cmp ecx, 1\njne .next\nmov ebx, PROGRAM_DATA\nmov ds, ebx\n.next:';
/** The processor lets go of it. */
const inherited = (name: string): ChangingGuest => ({
  what: `${name.toUpperCase()}, which the program may not have`,
  change: kernelSegment(name),
  after: `mov eax, ${name}\n${reloadDs}`,
  says: 'result 00000000',
});
const seesSegment = 'mov eax, cs\nmov byte [GDT + KERNEL_CODE + 5], 0x9b\nmov byte [OTHER_GDT + KERNEL_CODE + 5], 0x9b';

const ofDelivery: readonly ChangingGuest[] = [
  { what: 'nothing', handler: 'mov eax, esp', says: 'result 002effec' },
  {
    what: 'nothing, through a trap gate',
    start: 'mov byte [GATE + 5], 0xef',
    handler: 'mov eax, esp',
    says: 'result 002effec',
  },
  {
    what: 'the stack pointer in the TSS',
    change: 'mov dword [TASK_STATE + 4], KERNEL_STACK - 0x100',
    handler: 'mov eax, esp',
    says: 'result 002efeec',
  },
  {
    what: 'the stack segment in the TSS',
    change: 'mov dword [TASK_STATE + 8], OTHER_KERNEL_DATA',
    handler: 'mov eax, ss',
    says: 'result 00000030',
  },
  {
    what: 'the offset in the gate',
    change: 'mov eax, other_call\nmov [GATE], ax',
    more: otherCall,
    says: 'result 00000007',
  },
  {
    what: 'the segment in the gate',
    change: 'mov word [GATE + 2], OTHER_KERNEL_CODE',
    handler: 'mov eax, cs',
    says: 'result 00000038',
  },
  {
    what: 'the presence of the gate',
    change: 'and byte [GATE + 5], 0x7f',
    says: failed('00000402 00101005 0000001b 00010002'),
  },
  {
    what: 'the base of the handler’s segment',
    change: 'mov byte [GDT + KERNEL_CODE + 2], 0x18',
    handler:
      'jmp .on\ntimes 0x18 - ($ - system_call) nop\nmov eax, 9\nmov byte [GDT + KERNEL_CODE + 2], 0\niret\n.on:\nmov eax, 1',
    says: 'result 00000009',
  },
  {
    what: 'the type of the handler’s segment',
    change: 'mov byte [GDT + KERNEL_CODE + 5], 0x9f',
    handler: seesSegment,
    says: 'result 0000000b',
  },
  {
    what: 'the accessed flag of the handler’s segment',
    change: 'and byte [GDT + KERNEL_CODE + 5], 0xfe',
    handler: 'movzx eax, byte [GDT + KERNEL_CODE + 5]',
    says: 'result 0000009b',
  },
  {
    what: 'the base of the handler’s stack',
    change: 'mov byte [GDT + KERNEL_DATA + 3], 0x10',
    handler: 'mov eax, [KERNEL_STACK + 0x1000 - 8]\nmov byte [GDT + KERNEL_DATA + 3], 0',
    says: 'result 002ffffc',
  },
  { what: 'the type of the handler’s stack', change: 'mov byte [GDT + KERNEL_DATA + 5], 0x91', says: shutDown },
  {
    what: 'the accessed flag of the handler’s stack',
    change: 'and byte [GDT + KERNEL_DATA + 5], 0xfe',
    handler: 'movzx eax, byte [GDT + KERNEL_DATA + 5]',
    says: 'result 00000093',
  },
  {
    what: 'where the GDT is',
    start: `${copy('GDT', 'OTHER_GDT', 'GDT_BYTES')}mov byte [OTHER_GDT + KERNEL_CODE + 5], 0x9f`,
    change: 'mov byte [OTHER_GDT + KERNEL_CODE + 5], 0x9f\nlgdt [other_register]',
    handler: seesSegment,
    more: '\nother_register:\ndw GDT_BYTES - 1\ndd OTHER_GDT\n',
    says: 'result 0000000b',
  },
  {
    what: 'the limit of the GDT',
    change: 'lgdt [short_register]',
    more: '\nshort_register:\ndw KERNEL_DATA + 7\ndd GDT\n',
    says: failed('00000018 00102007 00000008 00010046'),
  },
  {
    what: 'where the IDT is',
    start: `${copy('IDT', 'OTHER_IDT', '256 * 8')}mov eax, other_call\nmov [OTHER_IDT + 0x80 * 8], ax`,
    change: 'lidt [other_register]',
    more: `${otherCall}other_register:\ndw 256 * 8 - 1\ndd OTHER_IDT\n`,
    says: 'result 00000007',
  },
  {
    what: 'the limit of the IDT',
    change: 'lidt [short_register]',
    more: '\nshort_register:\ndw 0x80 * 8 - 1\ndd IDT\n',
    says: failed('00000402 00101005 0000001b 00010002'),
  },
  { what: 'the limit of the TSS', change: `mov word [GDT + TASK], 8\n${reloadTask}`, says: shutDown },
  {
    what: 'where the TSS is',
    start: `${copy('TASK_STATE', 'OTHER_TASK', '(TASK_BYTES)')}mov dword [OTHER_TASK + 4], KERNEL_STACK - 0x200`,
    change: `mov word [GDT + TASK + 2], OTHER_TASK & 0xffff\nmov byte [GDT + TASK + 4], OTHER_TASK >> 16\n${reloadTask}`,
    handler: 'mov eax, esp',
    says: 'result 002efdec',
  },
  {
    what: 'the width of the TSS',
    start: 'mov dword [TASK_STATE + 4], KERNEL_STACK + OTHER_KERNEL_DATA\nmov word [TASK_STATE + 2], 0x8000',
    change: 'mov byte [GDT + TASK + 5], 0x81\nmov eax, TASK\nltr ax',
    handler: 'mov eax, esp',
    says: 'result 00007fec',
  },
  {
    what: 'a data segment of the program',
    start: 'mov dword [DATA + 0x5000], 11\nmov dword [DATA + 0x6000], 22',
    before: 'cmp ecx, 1\njne .flat\nmov eax, BASED_DATA\nmov ds, eax\n.flat:',
    handler: 'mov eax, [DATA + 0x5000]',
    after: reloadDs,
    says: 'result 00000016',
  },
  {
    what: 'debug registers',
    change: 'mov eax, KERNEL_STACK - 4\nmov dr0, eax\nmov eax, 0xd0002\nmov dr7, eax',
    says: failed('0010100b 00000008 00000002 00101007'),
  },
];

const changesFlags = (flags: string): string => `or dword [esp + 8], ${flags}`;

const ofReturns: readonly ChangingGuest[] = [
  {
    what: 'arithmetic flags and DF',
    change: 'xor dword [esp + 8], 0xcd5',
    after: 'pushf\npop eax\ncld',
    says: 'result 00000cd7',
  },
  { what: 'RF', change: changesFlags('0x10000'), after: 'pushf\npop eax', says: 'result 00000002' },
  {
    what: 'debug registers, before an instruction that is resumed with RF',
    handler: changesFlags('0x10000'),
    change: 'mov eax, work.back\nmov dr0, eax\nmov eax, 2\nmov dr7, eax',
    after: '.back:\nmov eax, 7',
    says: 'result 00000007',
  },
  {
    what: 'NT',
    change: 'pushf\nor dword [esp], 0x4000\npopf',
    says: failed('00000000 00102009 00000008 00014046'),
  },
  { what: 'TF', change: changesFlags('0x100'), says: failed('00101008 0000001b 00000146 002ffffc') },
  { what: 'VM', change: changesFlags('0x20000'), says: failed('00000000 00102008 00000008 00010002') },
  {
    what: 'AC',
    start: 'mov eax, cr0\nor eax, 0x40000\nmov cr0, eax',
    change: changesFlags('0x40000'),
    after: 'mov ebx, [DATA + 1]',
    says: failed('00000000 00101007 0000001b 00050002'),
  },
  {
    what: 'IOPL',
    start: `mov dword [TASK_STATE + 12], DATA + 0x7000
      mov dword [TASK_STATE + 16], RING1_DATA
      mov word [GATE + 2], RING1_CODE
      mov ecx, 0x82
      mov eax, raise
      mov edx, 0xee00
      call set_gate`,
    change: 'int 0x82',
    handler: changesFlags('0x200'),
    after: 'pushf\npop eax',
    more: '\nraise:\nor dword [esp + 8], 0x3000\niret\n',
    says: 'result 00003202',
  },
  {
    what: 'the return address',
    change: 'add dword [esp], 5',
    handler: 'mov eax, 4',
    after: 'mov eax, 6',
    says: 'result 00000004',
  },
  {
    what: 'the return address, to one beyond the segment',
    start: 'mov dword [GDT + KERNEL_CODE + 4], 0x00c09b00\nmov dword [GDT + PROGRAM_CODE - 3 + 4], 0x00c0fb00',
    change: 'mov dword [esp], 0x10000000',
    says: failed('00000000 00102007 00000008 00010046'),
  },
  {
    what: 'the segment returned to',
    change: 'mov dword [esp + 4], OTHER_PROGRAM_CODE',
    after: 'mov eax, cs',
    says: 'result 0000009b',
  },
  {
    what: 'the stack segment returned to',
    change: 'mov dword [esp + 16], OTHER_PROGRAM_DATA',
    after: 'mov eax, ss',
    says: 'result 00000043',
  },
  {
    what: 'the stack pointer returned to',
    change: 'sub dword [esp + 12], 4',
    after: 'mov eax, esp\nmov esp, PROGRAM_STACK - 4',
    says: 'result 002ffff8',
  },
  {
    what: 'the accessed flag of the segment returned to',
    change: 'and byte [GDT + PROGRAM_CODE - 3 + 5], 0xfe',
    after: 'movzx eax, byte [GDT + PROGRAM_CODE - 3 + 5]',
    says: 'result 000000fb',
  },
  {
    what: 'the accessed flag of the stack returned to',
    change: 'and byte [GDT + PROGRAM_DATA - 3 + 5], 0xfe',
    after: 'movzx eax, byte [GDT + PROGRAM_DATA - 3 + 5]',
    says: 'result 000000f3',
  },
  ...['es', 'fs', 'gs', 'ds'].map(inherited),
  {
    what: 'FS, to a segment of real mode with a null selector',
    change: `mov eax, cr0
      mov edx, eax
      and eax, 0x7ffffffe
      mov cr0, eax
      xor ebx, ebx
      mov fs, ebx
      mov cr0, edx
      mov eax, [esp]`,
    after: 'cmp ecx, 1\njne .next\nmov eax, [fs:DATA]\n.next:',
    says: failed('00000000 0010100c 0000001b 00010046'),
  },
  {
    what: 'GS, to null with a privilege level',
    change: 'mov eax, 3\nmov gs, eax',
    after: 'mov eax, gs',
    says: 'result 00000000',
  },
];

const withSource = (
  guests: readonly ChangingGuest[],
  callsLeft: number,
): readonly (ChangingGuest & { source: string })[] =>
  guests.map(guest => ({ ...guest, source: sourceOf(guest, callsLeft) }));

export const changingGuests = [...withSource(ofDelivery, 2), ...withSource(ofReturns, 1)];
