; The timer’s ticks: INT 1Ah goes on while the processor sleeps.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	sti
	mov ah, 0
	int 0x1a
	mov bx, dx
.wait:
	hlt
	push bx
	mov ah, 0
	int 0x1a
	pop bx
	mov ax, dx
	sub ax, bx
	cmp ax, 3
	jb .wait
	call print_word
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
