// Guests of `knownTransfers.test.ts` whose transfers lead where it is out of the ordinary. All stand on the benchmark's `guest.inc`.

const calls = 400;
/** Makes system calls and sums up what the handler leaves in EAX. */
const work = `
work:
	mov ecx, ${calls}
	xor ebx, ebx
.call:
	int 0x80
	add ebx, eax
	dec ecx
	jnz .call
	mov eax, ebx
	ret
`;
/** To DATA. */
const copyGdt = `mov esi, gdt
	mov edi, DATA
	mov ecx, (gdt.end - gdt) / 4
	rep movsd`;
/** What `start` does in ring 0, before the program starts. */
export const withStart = (definitions: string, start: string): string =>
  `%define KERNEL_START start\n${definitions}\n%include "guest.inc"\nstart:\n${start}\nret\n`;
const hideData = 'mov dword [PAGE_TABLES + (DATA >> 12) * 4], DATA | 3';
/** Gate `vector` leads to `handler` in ring 3. */
const gateToProgram = (vector: string, attributes: string): string =>
  `mov ecx, ${vector}\nmov eax, handler\nmov edx, ${attributes}\ncall set_gate\nmov word [IDT + ${vector} * 8 + 2], PROGRAM_CODE`;
/** Does something on a stack that is the program's own, but the last time on one that is the supervisor's. */
const workOnStacks = (action: string): string => `
times 0x1000 - ($ - header) nop
work:
	mov ecx, ${calls}
.next:
	mov ebp, esp
	cmp ecx, 1
	jne .own
	mov esp, DATA + 0x800
.own:
	${action}
work.back:
	mov esp, ebp
	dec ecx
	jnz work.next
	mov eax, ecx
	ret
`;
/** `more`: may make a descriptor at DATA + 0x40. */
const callInRing1 = (more = ''): string =>
  withStart(
    '%define SYSTEM_CALL system_call',
    `${copyGdt}
	${more}
	mov dword [DATA + 0x30], 0x0000ffff
	mov dword [DATA + 0x34], 0x00cfbb00
	mov dword [DATA + 0x38], 0x0000ffff
	mov dword [DATA + 0x3c], 0x00cfb300
	lgdt [.register]
	mov word [IDT + 0x80 * 8 + 2], 0x31
	mov dword [TASK_STATE + 12], DATA + 0x2000
	mov dword [TASK_STATE + 16], 0x39
	ret
.register:
	dw 0x47
	dd DATA`,
  );
/** The descriptor of ring 0's stack lies at linear address 0. */
const gdtAroundTheEnd = withStart(
  '%define SYSTEM_CALL system_call',
  `mov dword [PAGE_TABLES], (DATA + 0x1000) | 7
	mov dword [DATA + 0x2000 + 0xffc], DATA | 7
	mov dword [DATA + 0x2000], 0
	mov dword [PAGE_DIRECTORY + 0xffc], (DATA + 0x2000) | 7
	mov eax, cr3
	mov cr3, eax
	mov esi, gdt
	mov edi, 0xfffffff0
	mov ecx, (gdt.end - gdt) / 4
	rep movsd
	lgdt [.register]
	ret
.register:
	dw gdt.end - gdt - 1
	dd 0xfffffff0`,
);
/** From task to task and back; what the other one pushes of its EFLAGS is summed up. */
const otherTask = `${withStart(
  'OTHER equ DATA + 0x1000\nSUM equ DATA + 0x2000',
  `${copyGdt}
	mov dword [DATA + 0x30], ((OTHER & 0xffff) << 16) | (TASK_BYTES - 1)
	mov dword [DATA + 0x34], 0x8900 | (OTHER >> 16)
	lgdt [.register]
	xor eax, eax
	mov edi, OTHER
	mov ecx, TASK_BYTES / 4
	rep stosd
	mov eax, cr3
	mov [OTHER + 28], eax
	mov [TASK_STATE + 28], eax
	mov dword [OTHER + 32], other
	mov dword [OTHER + 56], KERNEL_STACK - 0x400
	mov dword [OTHER + 72], KERNEL_DATA
	mov dword [OTHER + 76], KERNEL_CODE
	mov dword [OTHER + 80], KERNEL_DATA
	mov dword [OTHER + 84], KERNEL_DATA
	mov ecx, 0x90
	mov eax, handler
	mov edx, 0x8e00
	call set_gate
	mov ecx, ${calls}
.next:
	mov dword [OTHER + 36], 0x10002
	jmp 0x30:0
	dec ecx
	jnz .next
	ret
.register:
	dw 0x37
	dd DATA`,
)}
work:
	mov eax, [SUM]
	ret
other:
	int 0x90
	jmp TASK:0
	jmp other
handler:
	mov eax, [esp + 8]
	add [SUM], eax
	iret
`;
/** Code that runs off the end of its segment into a page that may be there. */
const shortSegment = (nextPage: string): string =>
  withStart(
    '%define PAGE_FAULT unexpected',
    `${copyGdt}
	mov dword [DATA + 0x30], (DATA >> 12) + 2
	mov dword [DATA + 0x34], 0x00c09b00
	lgdt [.register]
	mov dword [DATA + 0x2ff8], 0xfd754990
	mov dword [DATA + 0x2ffc], 0x90909090
	mov dword [PAGE_TABLES + ((DATA + 0x3000) >> 12) * 4], ${nextPage}
	invlpg [DATA + 0x3000]
	mov ecx, ${calls}
	jmp 0x30:DATA + 0x2ff8
.register:
	dw 0x37
	dd DATA
work:`,
  );
/** The handler skips the access, and RF comes back at an instruction that faults again, or not. */
export const resumedWithRf = `
%define PAGE_FAULT page_fault
%include "guest.inc"
work:
	mov ecx, ${calls}
.again:
	mov eax, [WINDOW]
	mov eax, [WINDOW + 0x1000]
	dec ecx
	jnz .again
	mov eax, ecx
	ret
page_fault:
	add esp, 4
	test ecx, 1
	jz .skip
	nop
.skip:
	add dword [esp], 5
	or dword [esp + 8], 0x10000
	iret
`;
/** Calls into a page that is never there; the handler returns for it. */
export const absentCode = `
%define PAGE_FAULT page_fault
%include "guest.inc"
work:
	mov ecx, ${calls}
.again:
	mov eax, WINDOW + 0x10
	call eax
	dec ecx
	jnz .again
	mov eax, ecx
	ret
page_fault:
	add esp, 4
	mov eax, [esp + 12]
	mov eax, [eax]
	mov [esp], eax
	add dword [esp + 12], 4
	iret
`;

const beyondSegment = 'failed: unexpected exception, stack 00000000 00803000 00000030 00010046';

/** [what, the guest, what it says in the end] */
export const guests: readonly (readonly [string, string, string])[] = [
  ['into ring 1 and back', `${callInRing1()}${work}\nsystem_call:\nmov eax, esp\niret\n`, 'result c831e0c0'],
  [
    'into ring 1 and back, which keeps IOPL',
    `${callInRing1('mov ecx, 0x82\nmov eax, raise\nmov edx, 0xee00\ncall set_gate')}
work:
	int 0x82
	mov ecx, ${calls}
	xor ebx, ebx
.call:
	int 0x80
	pushf
	pop eax
	and eax, 0x3000
	add ebx, eax
	dec ecx
	jnz .call
	mov eax, ebx
	ret
system_call:
	iret
raise:
	or dword [esp + 8], 0x3000
	iret
`,
    'result 004b0000',
  ],
  [
    'by INT to ring 3, whose stack is a supervisor’s at last',
    withStart('%define PAGE_FAULT unexpected', `${gateToProgram('0x80', '0xee00')}\n${hideData}`) +
      workOnStacks('int 0x80') +
      'handler:\nadd esp, 12\njmp [esp - 12]\n',
    'failed: unexpected exception, stack 00000007 00101011 0000001b 00010046',
  ],
  [
    'by page faults with their error codes',
    `%define PAGE_FAULT page_fault
%include "guest.inc"
work:
	mov ecx, ${calls}
	xor ebx, ebx
.next:
	mov eax, [WINDOW]
	mov [WINDOW], eax
	dec ecx
	jnz .next
	mov eax, ebx
	ret
page_fault:
	pop eax
	add ebx, eax
	add dword [esp], 5
	iret
`,
    'result 00000fa0',
  ],
  [
    'by page faults to ring 3, whose stack is a supervisor’s at last',
    withStart('', `${gateToProgram('14', '0x8e00')}\n${hideData}`) +
      `${workOnStacks('mov eax, [WINDOW]')}\nhandler:\njmp work.back\n`,
    'failed: unexpected exception, stack 00000000 00101011 0000001b 00000046',
  ],
  [
    'with a descriptor at address 0',
    `${gdtAroundTheEnd}${work}\nsystem_call:\nmov eax, esp\niret\n`,
    'result 496fe0c0',
  ],
  ['from a task whose EFLAGS come with RF', otherTask, 'result 00000320'],
  ['beyond the code segment, to a page that is there', shortSegment('(DATA + 0x3000) | 7'), beyondSegment],
  ['beyond the code segment, to a page that is not there', shortSegment('0'), beyondSegment],
];

export const rounds = 200;
/** System calls whose handler faults on a page; the last fault is not returned from. */
export const nestedFault = `
%define SYSTEM_CALL system_call
%define PAGE_FAULT page_fault
%include "guest.inc"
work:
	mov ecx, ${rounds}
.call:
	int 0x80
	dec ecx
	jnz .call
	xor eax, eax
	ret
system_call:
	mov eax, [WINDOW]
	mov dword [WINDOW_TABLE], 0
	invlpg [WINDOW]
	iret
page_fault:
	cmp ecx, 1
	je $
	mov dword [WINDOW_TABLE], DATA + PAGE_FLAGS
	add esp, 4
	iret
`;

/** Calls by the vector of page faults; the last one is not returned from. */
export const nestedInterrupt = `
%define PAGE_FAULT handler
%define KERNEL_START start
%include "guest.inc"
start:
	mov byte [IDT + 14 * 8 + 5], 0xee
	ret
work:
	mov ecx, ${rounds}
.call:
	int 14
	dec ecx
	jnz .call
	xor eax, eax
	ret
handler:
	cmp ecx, 1
	je $
	iret
`;

/** System calls from within system calls, more than the journal holds. */
export const deepCalls = `
%define SYSTEM_CALL system_call
%include "guest.inc"
work:
	mov ecx, ${calls}
	xor eax, eax
.call:
	mov edx, 100
	int 0x80
	dec ecx
	jnz .call
	ret
system_call:
	inc eax
	dec edx
	jz .end
	int 0x80
.end:
	iret
`;

/** Calls, the last time from elsewhere. */
const callsAtLast = `
work:
	mov ecx, ${rounds}
.call:
	int 0x80
	dec ecx
	cmp ecx, 1
	jne .call
	int 0x80
`;
/** System calls whose handler uses IRET for other things too; the last one is not returned from. [what for, the guest] */
export const otherReturns: readonly (readonly [string, string])[] = [
  [
    'from another frame',
    `
%define SYSTEM_CALL system_call
%include "guest.inc"
${callsAtLast}
system_call:
	pushf
	push cs
	push .on
	iret
.on:
	cmp ecx, 1
	je $
	iret
`,
  ],
  [
    'from the frame by another ring, which puts it back',
    `${callInRing1(`mov dword [DATA + 0x40], (KERNEL_CODE << 16) | ((raised - $$ + 0x100000) & 0xffff)
	mov dword [DATA + 0x44], 0x0010ec00`)}
${callsAtLast}
system_call:
	mov ebp, esp
	call 0x40:0
	cmp ecx, 1
	je $
	iret
raised:
	mov esi, esp
	mov eax, [ebp]
	mov edx, [ebp + 4]
	mov esp, ebp
	mov dword [ebp], .on
	mov dword [ebp + 4], KERNEL_CODE
	iret
.on:
	mov [ebp], eax
	mov [ebp + 4], edx
	mov esp, esi
	retf
`,
  ],
];

/** A handler that does nothing but fault, on a stack that never ends: all memory but the window's is the same 4 MiB. */
export const endlessFaults = `
%define PAGE_FAULT page_fault
%define KERNEL_START start
%include "guest.inc"
start:
	mov eax, cr4
	or eax, 0x10
	mov cr4, eax
	mov ecx, 16
.next:
	cmp ecx, WINDOW >> 22
	je .skip
	mov dword [PAGE_DIRECTORY + ecx * 4], DATA | 0x87
.skip:
	inc ecx
	cmp ecx, 1024
	jb .next
	mov eax, cr3
	mov cr3, eax
	mov esp, 0xfffff000
	mov ecx, [WINDOW]
work:
	ret
page_fault:
	mov eax, [WINDOW]
`;
