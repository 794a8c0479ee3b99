; Self-modifying code: the operand of an instruction is changed and the code called, each time.
%include "guest.inc"

CHANGES equ 1000

work:
	mov ecx, CHANGES
	xor ebx, ebx
.change:
	mov [modified + 1], ecx
	call modified
	lea ebx, [ebx + eax + 1]
	rol ebx, 1
	dec ecx
	jnz .change
	mov eax, ebx
	ret

	times 0x1000 db 0x90                ; so that the code that changes lies on a page of its own
modified:
	mov eax, 0
	ret
	times 0x1000 db 0x90
