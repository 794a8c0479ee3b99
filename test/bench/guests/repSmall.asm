; REP MOVSB, MOVSD, STOSB and STOSD of 16 to 64 bytes: what small copies in real programs are.
%include "guest.inc"

REPEATS equ 256
SOURCE  equ DATA
TARGET  equ DATA + 0x1000

work:
	mov edi, SOURCE
	mov ecx, 64
	xor eax, eax
.fill:
	mov [edi], al
	inc edi
	add eax, 37
	loop .fill
	mov ebx, REPEATS
	cld
.again:
	mov eax, ebx
	and eax, 48
	lea edx, [eax + 16]                 ; 16, 32, 48 or 64 bytes
	mov esi, SOURCE
	mov edi, TARGET
	mov ecx, edx
	rep movsb
	mov ecx, edx
	shr ecx, 2
	rep stosd
	mov esi, SOURCE
	mov ecx, edx
	shr ecx, 2
	rep movsd
	mov ecx, edx
	rep stosb
	dec ebx
	jnz .again
	mov ecx, 256
	xor eax, eax
.sum:
	rol eax, 3
	add al, [TARGET + ecx - 1]
	loop .sum
	ret
