// A guest that changes its page tables at random. It stands on the benchmarks' `guest.inc`.

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
