// Guests of `renewals.test.ts`, which stand on the benchmarks' `guest.inc`.

/** The program calls, reads and writes pages of the window; the kernel does one thing or another, and mends what faults. */
export const randomGuest = (seed: number): string => `
%define SYSTEM_CALL system_call
%define PAGE_FAULT page_fault
%define KERNEL_START start
%include "guest.inc"
PAGES equ 16
OTHER_DIRECTORY equ DATA
FRAMES equ DATA + 0x10000               ; the first page has RET at each byte but the first few
LARGE_FRAME equ 0xc00000
SEED equ DATA + 0x2000

; EAX becomes random.
%macro RANDOM 0
	imul eax, dword [SEED], 1664525
	add eax, 1013904223
	mov [SEED], eax
	rol eax, 16
%endmacro

start:
	mov dword [SEED], ${seed}
	mov eax, 0xc3c3c3c3
	mov edi, FRAMES
	mov ecx, PAGES * 0x400
	rep stosd
	mov edi, LARGE_FRAME
	mov ecx, PAGES * 0x400
	rep stosd
	xor ecx, ecx
.page:
	call mend
	inc ecx
	cmp ecx, PAGES
	jb .page
	mov esi, PAGE_DIRECTORY
	mov edi, OTHER_DIRECTORY
	mov ecx, 0x400
	rep movsd
	mov eax, cr4
	or eax, 0x90                        ; PGE, PSE
	mov cr4, eax
	ret

; Page ECX of the window is as it should be, in both directories. Keeps ECX.
mend:
	mov eax, ecx
	shl eax, 12
	add eax, FRAMES | PAGE_FLAGS
	mov [WINDOW_TABLE + ecx * 4], eax
	mov dword [PAGE_DIRECTORY + (WINDOW >> 22) * 4], WINDOW_TABLE | PAGE_FLAGS
	mov dword [OTHER_DIRECTORY + (WINDOW >> 22) * 4], WINDOW_TABLE | PAGE_FLAGS
	ret

work:
	RANDOM
	mov esi, eax
	and esi, (PAGES - 1) << 12
	test eax, 3
	jz .write
	test eax, 4
	jz .call
	test eax, 0x18
	jz .across
	mov ebx, [WINDOW + esi]
	jmp .next
.across:
	shr esi, 1
	and esi, 0xfffff000
	mov ebx, [WINDOW + 0xffe + esi]
	jmp .next
.write:                                 ; data, or what is called: INC EBX, or NOP
	mov [WINDOW + esi], eax
	test eax, 0x8
	jz .next
	mov cl, 0x90
	test eax, 0x80000000
	jz .code
	mov cl, 0x43
.code:
	mov [WINDOW + 0x800 + esi], cl
	jmp .next
.call:
	lea edi, [WINDOW + 0x800 + esi]
	call edi
.next:
	test eax, 0x300000
	jnz work
	int 0x80
	jmp work

system_call:
	push eax
	push ecx
	push edx
	RANDOM
	mov edx, eax
	shr edx, 8
	mov ecx, eax
	and ecx, PAGES - 1
	test eax, 0x10000000
	jnz .reload
	test eax, 0x20000000
	jnz .entry
	test eax, 0x40000000
	jnz .directory
	bt eax, 21
	jc .protection
	bt eax, 22
	jc .global
	shl ecx, 12
	invlpg [WINDOW + ecx]
	jmp .touch
.reload:                                ; the same directory or the other
	mov eax, cr3
	and edx, OTHER_DIRECTORY ^ PAGE_DIRECTORY
	test edx, 0x800000
	jz .same
	mov edx, OTHER_DIRECTORY ^ PAGE_DIRECTORY
	jmp .switch
.same:
	xor edx, edx
.switch:
	xor eax, edx
	mov cr3, eax
	jmp .touch
.entry:                                 ; a bit that says what the page is, or where
	and edx, 15
	btc [WINDOW_TABLE + ecx * 4], edx
	jmp .touch
.directory:
	and edx, 7
	mov eax, cr3
	cmp edx, 7                          ; PS alone would make a table of what is none
	jb .bit
	mov dword [eax + (WINDOW >> 22) * 4], LARGE_FRAME | PAGE_FLAGS | 0x80
	jmp .touch
.bit:
	btc [eax + (WINDOW >> 22) * 4], edx
	jmp .touch
.protection:
	mov eax, cr0
	xor eax, 0x10000
	mov cr0, eax
	jmp .touch
.global:
	mov eax, cr4
	xor eax, 0x80
	mov cr4, eax
.touch:                                 ; as a supervisor
	RANDOM
	mov ecx, eax
	and ecx, (PAGES - 1) << 12
	test eax, 1
	jz .load
	mov [WINDOW + ecx + 4], eax
	jmp .end
.load:
	mov eax, [WINDOW + ecx + 4]
.end:
	pop edx
	pop ecx
	pop eax
	iret

page_fault:
	push eax
	push ecx
	mov ecx, cr2
	invlpg [ecx]
	shr ecx, 12
	and ecx, PAGES - 1
	call mend
	pop ecx
	pop eax
	add esp, 4
	iret
`;

/** The kernel is global. It goes to a page directory beyond RAM and back. */
const directoryBeyondRam = `
%define KERNEL_START start
%include "guest.inc"
BEYOND equ 0xf0000000
start:
	mov eax, cr4
	or eax, 0x80
	mov cr4, eax
	mov ecx, (MEMORY_MIB << 20) / 0x1000
.global:
	or dword [PAGE_TABLES + ecx * 4 - 4], 0x100
	loop .global
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
];
