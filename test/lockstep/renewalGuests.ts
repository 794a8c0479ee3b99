// Guests of `renewals.test.ts`, which stand on the benchmarks' `guest.inc`.

/** All pages but the window's. */
const makeGlobal = `
	mov eax, cr4
	or eax, 0x80
	mov cr4, eax
	mov ecx, (MEMORY_MIB << 20) / 0x1000
.global:
	or dword [PAGE_TABLES + ecx * 4 - 4], 0x100
	loop .global
`;
/** The kernel is global. It goes to a page directory beyond RAM and back. */
const directoryBeyondRam = `
%define KERNEL_START start
%include "guest.inc"
BEYOND equ 0xf0000000
start:
${makeGlobal}
	mov dword [WINDOW_TABLE], DATA | PAGE_FLAGS
	mov dword [DATA], 1
	mov eax, cr3
	mov cr3, eax
	xor edx, edx
.again:
	add edx, [WINDOW]
	mov ebx, BEYOND
	mov cr3, ebx
	add edx, [WINDOW]                   ; all ones: global too
	invlpg [WINDOW]
	mov cr3, eax
	add edx, [WINDOW]
	mov cr3, eax
	jmp .again
work:
	ret
`;

/** Nothing but the window's page lapses. CR3 has more than an address. */
const endOfPage = `
%define KERNEL_START start
%include "guest.inc"
start:
${makeGlobal}
	mov dword [WINDOW_TABLE], DATA | PAGE_FLAGS
	mov ecx, cr3
	or ecx, 0x18                        ; PCD, PWT
.again:
	mov cr3, ecx
	mov [WINDOW + 0xffc], eax
	jmp .again
work:
	ret
`;

/** Code that runs on into a page beyond the limit of its segment, and raises #GP there. */
const beyondTheLimit = `
%define KERNEL_START start
%include "guest.inc"
LIMIT equ 0x2fffff
SHORT_CODE equ 0x30
start:
	mov esi, gdt
	mov edi, DATA
	mov ecx, (gdt.end - gdt) / 4
	rep movsd
	mov dword [edi], LIMIT >> 12
	mov dword [edi + 4], 0x00c09b00
	lgdt [.register]
	mov eax, beyond
	mov edx, 0x8e00
	mov ecx, 13
	call set_gate
	mov edi, LIMIT - 15
	mov eax, 0x90909090
	stosd
	stosd
	stosd
	stosd
	mov byte [edi], 0xc3
	mov eax, cr3
.again:
	call LIMIT - 15
	mov cr3, eax
	jmp SHORT_CODE:.short
.short:
	call LIMIT - 15
	jmp .again
.register:
	dw gdt.end - gdt + 8 - 1
	dd DATA
beyond:                                 ; back to the caller, in the long segment
	add esp, 4
	mov ecx, [esp + 12]
	mov [esp], ecx
	mov dword [esp + 4], KERNEL_CODE
	iret
work:
	ret
`;

/** The same page by two addresses: what is written by the one, through entries made before it was code, is called by the other. */
const codeWrittenBefore = `
%define KERNEL_START start
%include "guest.inc"
NOP_CODE equ 0x90
INC_EBX equ 0x43
start:
	mov dword [WINDOW_TABLE], DATA | PAGE_FLAGS
	mov dword [DATA], 0xc3c3c3c3
	mov ecx, cr3
	mov eax, NOP_CODE
.again:
	mov [WINDOW], al
	mov cr3, ecx
	call DATA
	xor eax, NOP_CODE ^ INC_EBX
	mov [WINDOW], al
	call DATA
	mov cr3, ecx
	mov cr3, ecx
	jmp .again
work:
	ret
`;

/** The kernel writes to a read-only page, with CR0.WP and without. */
const writeProtection = `
%define KERNEL_START start
%define PAGE_FAULT skip
%include "guest.inc"
start:
	mov ecx, cr3
	mov ebx, cr0
	mov dword [WINDOW_TABLE], DATA | (PAGE_FLAGS & ~2)
.again:
	mov eax, ebx
	and eax, ~0x10000
	mov cr0, eax
	mov [WINDOW], eax
	mov cr3, ecx
	mov [WINDOW], eax
	mov cr0, ebx
	mov [WINDOW], eax
	jmp .again
skip:                                   ; over the five bytes
	add esp, 4
	add dword [esp], 5
	iret
work:
	ret
`;

/** A page that is another one without paging. */
const pagingOff = `
%define KERNEL_START start
%include "guest.inc"
PAGE equ DATA
start:
	mov dword [PAGE_TABLES + (PAGE >> 12) * 4], (PAGE + 0x1000) | PAGE_FLAGS
	mov ecx, cr3
	mov cr3, ecx
	mov ebx, cr0
	mov ebp, ebx
	and ebp, 0x7fffffff
.again:
	inc dword [PAGE]
	mov cr3, ecx
	mov cr0, ebp
	jmp .off
.off:
	add [PAGE], ebx
	mov cr3, ecx
	add [PAGE], ecx
	mov cr3, ecx
	mov cr0, ebx
	jmp .on
.on:
	add edx, [PAGE]
	jmp .again
work:
	ret
`;

/** Data breakpoints of the guest's own come and go. */
const debugRegisters = `
%define KERNEL_START start
%include "guest.inc"
WRITES equ 0xd0001                      ; DR7: breakpoint 0, on writes of four bytes
start:
	mov ecx, 1
	mov eax, debug
	mov edx, 0x8e00
	call set_gate
	mov dword [WINDOW_TABLE], DATA | PAGE_FLAGS
	mov dword [WINDOW_TABLE + 4], (DATA + 0x1000) | PAGE_FLAGS
	mov ecx, cr3
.again:
	call touch
	mov eax, ebx
	and eax, 0x1000
	add eax, WINDOW
	mov dr0, eax
	mov eax, WRITES
	mov dr7, eax
	call touch
	xor eax, eax
	mov dr7, eax
	mov edx, 50
.freely:
	call touch
	dec edx
	jnz .freely
	jmp .again
touch:
	add ebx, [WINDOW]
	add ebx, 12345
	mov [WINDOW], ebx
	mov [WINDOW + 0x1000], ebx
	mov cr3, ecx
	ret
debug:
	inc ebx
	push eax
	xor eax, eax
	mov dr6, eax
	pop eax
	iret
work:
	ret
`;

/** Calls the first page of the window again and again. */
export const callingGuest = `
%define KERNEL_START start
%include "guest.inc"
start:
	mov dword [WINDOW_TABLE], DATA | PAGE_FLAGS
	mov dword [DATA], 0xc3c3c390
	mov ecx, cr3
.again:
	mov cr3, ecx
	call WINDOW
	nop
	jmp .again
work:
	ret
`;

/** [what is out of the ordinary, the guest] */
export const oddGuests: readonly (readonly [string, string])[] = [
  ['code written by another address', codeWrittenBefore],
  ['CR0.WP set and cleared', writeProtection],
  ['paging on and off', pagingOff],
  ['debug registers', debugRegisters],
  ['a page directory beyond RAM', directoryBeyondRam],
  ['code beyond the limit of its segment', beyondTheLimit],
  ['writes at the end of a page', endOfPage],
];
