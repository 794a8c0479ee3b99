; REP MOVSD and REP STOSD of 64 KiB each.
%include "guest.inc"

BYTES   equ 0x10000
REPEATS equ 64
SOURCE  equ DATA
TARGET  equ DATA + 0x100000

work:
	cmp dword [SOURCE], 0
	jne .ready
	mov edi, SOURCE
	mov ecx, BYTES / 4
	mov eax, 0x01234567
.fill:
	stosd
	imul eax, eax, 0x01000193
	loop .fill
.ready:
	mov ebx, REPEATS
	cld
.copy:
	mov esi, SOURCE
	mov edi, TARGET
	mov ecx, BYTES / 4
	rep movsd
	mov eax, ebx
	mov ecx, BYTES / 4
	rep stosd
	dec ebx
	jnz .copy
	mov eax, [TARGET + BYTES - 4]
	add eax, [TARGET + 2 * BYTES - 4]
	ret
