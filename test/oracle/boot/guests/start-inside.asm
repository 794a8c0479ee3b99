; `start` and `_start` are loops of routines, not the beginning.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov si, text
	call say
	mov al, 3
	call beep
	cli
	hlt
say:
start:
	lodsb
	test al, al
	jz .end
	call put
	jmp start
.end:
	ret
beep:
_start:
	push ax
	mov al, 0x2e
	call put
	pop ax
	dec al
	jnz _start
	ret
%include "print.inc"
text: db "from the first byte", 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
