// Guests of `knownTransfers.test.ts` with transfers that routines must not take over as the machinery has made them: what the
// transfer depended on lies where routines do not look, or is not any more what it was when the transfer was made.

import { withStart } from './transferGuests';

const calls = 400;
/** From then on the program does not restore what its calls change. */
const restored = 200;

const definitions = `
GDT equ DATA
LDT equ DATA + 0x1000
FREE equ DATA + 0x2000
GATE equ IDT + 0x90 * 8
OTHER_KERNEL_DATA equ 0x30
OTHER_KERNEL_CODE equ 0x38
LOCAL_TABLE equ 0x40
`;
/** The guest's own GDT at this address, with another code segment of ring 0, and an LDT. */
const moveGdt = (address: string): string => `
	mov esi, gdt
	mov edi, ${address}
	mov ecx, (gdt.end - gdt) / 4
	rep movsd
	mov dword [${address} + 0x38], 0x0000ffff
	mov dword [${address} + 0x3c], 0x00cf9b00
	mov dword [${address} + 0x40], ((LDT & 0xffff) << 16) | 0x2f
	mov dword [${address} + 0x44], 0x8200 | (LDT >> 16)
	push ${address}
	push 0x47 << 16
	lgdt [esp + 2]
	add esp, 8`;
/** The same descriptors, but for the null one's place, in the LDT. */
const copyToLdt = `
	mov esi, GDT
	mov edi, LDT
	mov ecx, 0x28 / 4
	rep movsd
	mov eax, LOCAL_TABLE
	lldt ax`;
/** Gate 0x90, which the program may call, leads to `handler`. */
const gate = 'mov ecx, 0x90\nmov eax, handler\nmov edx, 0xee00\ncall set_gate';

/** Calls, and sums up what the handler leaves in EAX. */
const sum = (before = '', after = ''): string => `
work:
	mov ecx, ${calls}
	xor ebx, ebx
.call:
${before}
	int 0x90
${after}
	add ebx, eax
	dec ecx
	jnz .call
	mov eax, ebx
	ret
`;
const summing = (start: string, handler: string, before = '', after = ''): string =>
  withStart(definitions, start) + `${sum(before, after)}\nhandler:\n${handler}\niret\n`;

/**
 * The handler's frame goes over two doublewords at `target`, which EFLAGS and ESP of the program come to be. `low`, `high`: what
 * the program restores there, for some time; `high` again, in the frame.
 */
const framed = (
  target: string,
  start: string,
  handler: string,
  words: readonly [string, string, esp: string],
  before = '',
): string =>
  summing(
    `${start}\nmov dword [TASK_STATE + 4], ${target} + 12`,
    handler,
    `${before}
	cmp ecx, ${restored}
	jb .left
	mov dword [${target}], ${words[0]}
	mov dword [${target} + 4], ${words[1]}
.left:
	mov ebp, esp
	mov esp, ${words[2]}
	cmp esp, esp`,
    'mov esp, ebp',
  );
/** ZF and PF, which `cmp esp, esp` sets, and bit 1. */
const flags = 0x46;
const vif = 1 << 19;
const vifVipId = 0x380000;
const setFlags = (bits: number): string => `or dword [esp + 8], ${bits}`;
/** A routine of so many bytes at most, there too. */
const copyCode = (from: string, to: string): string => `mov esi, ${from}\nmov edi, ${to}\nmov ecx, 16\nrep movsd`;
const inFrame = 0x00810000;
/** Both rings' code segments end where the frame makes one end. */
const shortCode = `${moveGdt('GDT')}
	mov word [GDT + OTHER_KERNEL_CODE], ${flags}
	mov word [GDT + PROGRAM_CODE - 3], ${flags}`;
/** No descriptor in use stands beside it. */
const handlerCode = 'GDT + OTHER_KERNEL_CODE';
/** Runs end in it. */
const longHandler = 'mov eax, 5\ntimes 12 nop';
const gateToOtherCode = `${gate}\nmov word [GATE + 2], OTHER_KERNEL_CODE`;
/** Ring 0 calls itself on a stack with this descriptor; the handler sees whether the stack holds where it came from. */
const onStack = (low: string, high: string): string =>
  withStart(
    definitions,
    `${moveGdt('GDT')}
	${gate}
	mov dword [GDT + 0x38], ${low}
	mov dword [GDT + 0x3c], ${high}
	mov eax, 0x38
	mov ss, eax
	mov ecx, ${calls}
	xor ebx, ebx
.call:
	int 0x90
.back:
	add ebx, eax
	dec ecx
	jnz .call
	mov eax, KERNEL_DATA
	mov ss, eax
	mov [FREE], ebx`,
  ) +
  `
work:
	mov eax, [FREE]
	ret
handler:
	pop eax
	push eax
	sub eax, start.back - 5
	iret
`;
/** One of the program's segments is the LDT's; there it is marked as not accessed at last, and the return must mark it again. */
const fromLdt = (local: 'PROGRAM_CODE' | 'PROGRAM_DATA'): string => {
  const selector = (name: string): string => (name === local ? `${name} | 4` : name);
  const access = `byte [LDT + ${local} - 3 + 5]`;
  return (
    withStart(
      definitions,
      `${moveGdt('GDT')}
	${copyToLdt}
	${gate}
	push ${selector('PROGRAM_DATA')}
	push PROGRAM_STACK
	push 2
	push ${selector('PROGRAM_CODE')}
	push program
	mov eax, PROGRAM_DATA
	mov ds, eax
	mov es, eax
	iret`,
    ) + `${sum('', `movzx eax, ${access}`)}\nhandler:\ncmp ecx, 10\nja .end\nand ${access}, 0xfe\n.end:\niret\n`
  );
};
/** In real mode with segments that protected mode has left behind: of 32 bits, without an end. What is called lies below 64 KiB. */
const inRealMode = withStart(
  definitions,
  `${moveGdt('GDT')}
	mov dword [GDT], 0x0000ffff
	mov dword [GDT + 4], 0x00cf9300
	mov esi, real
	mov edi, 0x7000
	mov ecx, 64
	rep movsb
	mov dword [FREE + 0x90 * 4], 0x7000 + real.handler - real
	mov dword [FREE + 0x90 * 8], 0x7000 + real.handler - real
	mov dword [FREE + 0x90 * 8 + 4], 0xee00
	lidt [.register]
	mov eax, cr0
	mov ebp, eax
	and eax, 0x7ffffffe
	mov cr0, eax
	mov ecx, ${calls}
	xor ebx, ebx
	jmp 0:0x7000
.register:
	dw 0x7ff
	dd FREE
.back:
	lidt [idt_register]
	mov [FREE], ebx`,
).concat(`
real:
	mov eax, [GDT]
	int 0x90
	add ebx, eax
	dec ecx
	jnz real
	mov cr0, ebp
	jmp KERNEL_CODE:start.back
.handler:
	mov eax, KERNEL_STACK
	sub eax, esp
	o16 iret
work:
	mov eax, [FREE]
	ret
`);

/** [what, the guest, what it says in the end] */
export const refusedGuests: readonly (readonly [string, string, string])[] = [
  [
    'by a gate that lies in two pages',
    summing(
      `${gate}
	mov esi, IDT
	mov edi, FREE + 0xffc - 0x90 * 8
	mov ecx, 256 * 2
	rep movsd
	lidt [.register]
	ret
.register:
	dw 0x7ff
	dd FREE + 0xffc - 0x90 * 8`,
      'mov eax, 5',
    ),
    'result 000007d0',
  ],
  [
    'by page faults, through a gate that lies in two pages',
    withStart(
      `${definitions}\n%define PAGE_FAULT handler`,
      `mov esi, IDT
	mov edi, FREE + 0xffc - 14 * 8
	mov ecx, 256 * 2
	rep movsd
	lidt [.register]
	ret
.register:
	dw 0x7ff
	dd FREE + 0xffc - 14 * 8`,
    ) +
      `
work:
	mov ecx, ${calls}
	xor ebx, ebx
.next:
	mov eax, [WINDOW]
	inc ebx
	dec ecx
	jnz .next
	mov eax, ebx
	ret
handler:
	add esp, 4
	add dword [esp], 5
	iret
`,
    'result 00000190',
  ],
  ['on a stack of 16 bits', onStack('0x0000ffff', '0x008f9300'), 'result 000007d0'],
  ['on a stack that does not begin at 0', onStack('0x1000ffff', '0x00cf9300'), 'result 000007d0'],
  ['in real mode', inRealMode, `result ${(calls * 10).toString(16).padStart(8, '0')}`],
  [
    'by a 16-bit gate',
    withStart(
      definitions,
      `${gate}
	mov byte [GATE + 5], 0xe6
	mov word [GATE], 0x7000
	mov word [GATE + 6], 0
	${copyCode('handler', '0x7000')}`,
    ) +
      `${sum('', '.back:')}
handler:
	mov eax, esp
	mov esp, KERNEL_STACK
	push PROGRAM_DATA
	push PROGRAM_STACK - 4
	push 2
	push PROGRAM_CODE
	push work.back
	iret
`,
    'result 496ff060',
  ],
  [
    'by a gate whose offset the frame has changed',
    framed(
      'GATE',
      `${gate}\n${copyCode('other', String(inFrame + flags))}`,
      `mov eax, 1\n${setFlags(vif)}\niret\nother:\nmov eax, 2`,
      ['(KERNEL_CODE << 16) | ((handler - $$ + 0x100000) & 0xffff)', '0x0010ee00', String(inFrame | 0xee00)],
    ),
    'result 00000257',
  ],
  [
    'by a gate whose segment the frame has changed',
    framed(
      'GATE',
      `${moveGdt('GDT')}\n${gate}\n${copyCode('handler', String(inFrame + flags))}`,
      `mov eax, cs\n${setFlags(vifVipId)}`,
      [`(KERNEL_CODE << 16) | ${flags}`, String(inFrame | 0xee00), String(inFrame | 0xee00)],
    ),
    `result ${(201 * 8 + 199 * 0x38).toString(16).padStart(8, '0')}`,
  ],
  [
    'to a segment whose limit the frame has changed',
    framed(handlerCode, `${moveGdt('GDT')}\n${gateToOtherCode}`, longHandler, [
      '0x0000ffff',
      '0x00cf9b00',
      '0x00cf9b00',
    ]),
    'result 000007d0',
  ],
  [
    'to a segment whose AVL the frame has changed',
    framed(handlerCode, `${shortCode}\n${gateToOtherCode}`, longHandler, [String(flags), '0x00cf9b00', '0x00df9b00']),
    'result 000007d0',
  ],
  [
    'to a segment whose base the frame has changed',
    framed(
      handlerCode,
      `${shortCode}\n${gateToOtherCode}`,
      'jmp .on\ntimes 0x20 - ($ - handler) nop\nmov eax, 9\niret\n.on:\nmov eax, 1',
      [String(flags), '0x00cf9b00', '0x00cf9b00'],
      'pushf\nor dword [esp], 0x200000\npopf',
    ),
    `result ${(201 + 199 * 9).toString(16).padStart(8, '0')}`,
  ],
  [
    'to a segment whose descriptor lies in two pages',
    summing(`${moveGdt('FREE + 0xff4')}\n${gate}`, 'mov eax, 5'),
    'result 000007d0',
  ],
  [
    'to a segment of the LDT, whose descriptor changes at last',
    summing(
      `${moveGdt('GDT')}\n${copyToLdt}\n${gate}\nmov word [GATE + 2], KERNEL_CODE | 4`,
      `movzx eax, byte [LDT + KERNEL_CODE + 5]
	cmp ecx, 10
	ja .end
	and byte [LDT + KERNEL_CODE + 5], 0xfe
.end:`,
    ),
    `result ${(calls * 0x9b).toString(16).padStart(8, '0')}`,
  ],
  [
    'from the LDT’s code segment to ring 0 and back, whose descriptor changes at last',
    fromLdt('PROGRAM_CODE'),
    `result ${(calls * 0xfb).toString(16).padStart(8, '0')}`,
  ],
  [
    'from the LDT’s stack to ring 0 and back, whose descriptor changes at last',
    fromLdt('PROGRAM_DATA'),
    `result ${(calls * 0xf3).toString(16).padStart(8, '0')}`,
  ],
  [
    'onto a stack of the LDT, whose descriptor changes at last',
    summing(
      `${moveGdt('GDT')}\n${copyToLdt}\n${gate}\nmov dword [TASK_STATE + 8], KERNEL_DATA | 4`,
      `movzx eax, byte [LDT + KERNEL_DATA + 5]
	cmp ecx, 10
	ja .end
	and byte [LDT + KERNEL_DATA + 5], 0xfe
.end:`,
    ),
    `result ${(calls * 0x93).toString(16).padStart(8, '0')}`,
  ],
  [
    'onto the stack of a 16-bit TSS',
    summing(
      `${moveGdt('GDT')}
	${gate}
	mov dword [GDT + OTHER_KERNEL_DATA], 0x0000ffff
	mov dword [GDT + OTHER_KERNEL_DATA + 4], 0x00cf9300
	mov word [TASK_STATE + 2], 0x8000
	mov dword [TASK_STATE + 4], OTHER_KERNEL_DATA | 0x300000
	mov dword [TASK_STATE + 8], OTHER_KERNEL_DATA
	mov dword [0], 0x7000
	mov dword [4], OTHER_KERNEL_DATA
	mov byte [GDT + TASK + 5], 0x81
	mov eax, TASK
	ltr ax`,
      'mov eax, esp',
    ),
    `result ${(calls * 0x7fec).toString(16).padStart(8, '0')}`,
  ],
  [
    'onto the stack of a TSS that lies in two pages',
    summing(
      `${moveGdt('GDT')}
	${gate}
	mov dword [FREE + 0xffc], KERNEL_STACK
	mov dword [FREE + 0x1000], KERNEL_DATA
	mov dword [GDT + TASK], (((FREE + 0xff8) & 0xffff) << 16) | (TASK_BYTES - 1)
	mov dword [GDT + TASK + 4], 0x8900 | ((FREE + 0xff8) >> 16)
	mov eax, TASK
	ltr ax`,
      'mov eax, 5',
    ),
    'result 000007d0',
  ],
  [
    'by a gate that clears IF and NT',
    summing(gate, 'pushf\npop eax\nand eax, 0x4200\nor dword [esp + 8], 0x4200'),
    'result 00000000',
  ],
  [
    'by IRET in ring 3, from a stack that is a supervisor’s at last',
    withStart(
      '%define PAGE_FAULT unexpected',
      `mov eax, DATA + 0x800
	call .frame
	mov eax, DATA + 0x1800
	call .frame
	mov dword [PAGE_TABLES + (DATA >> 12) * 4], DATA | 3
	mov dword [PAGE_TABLES + ((DATA + 0x1000) >> 12) * 4], (DATA + 0x1000) | 7
	mov eax, cr3
	mov cr3, eax
	mov eax, [DATA + 0x800]             ; known to a supervisor
	mov eax, [DATA + 0x1800]
	ret
.frame:
	mov dword [eax], work.back
	mov dword [eax + 4], PROGRAM_CODE
	mov dword [eax + 8], 2
	mov dword [eax + 12], PROGRAM_STACK - 4
	mov dword [eax + 16], PROGRAM_DATA`,
    ) +
      `
times 0x1000 - ($ - header) nop
work:
	mov ecx, ${calls}
.next:
	mov ebp, esp
	mov esp, DATA + 0x1800
	cmp ecx, 1
	jne .own
	mov esp, DATA + 0x800
.own:
	iret
.back:
	mov esp, ebp
	dec ecx
	jnz .next
	mov eax, ecx
	ret
`,
    'failed: unexpected exception, stack 00000005 00101016 0000001b 00010046',
  ],
];
