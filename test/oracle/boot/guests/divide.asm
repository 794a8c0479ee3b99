; #DE in real mode: the handler steps over the instruction.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov word [0], handler
	mov [2], cs
	mov ax, 0x1234
	mov bl, 0
	div bl
	call print_word
	cli
	hlt
handler:
	push bp
	mov bp, sp
	add word [bp + 2], 2
	pop bp
	mov ax, 0xde
	iret
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
