; The serial port’s divisor and line settings, and its line status.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov dx, 0x3fb
	mov al, 0x80
	out dx, al
	mov dx, 0x3f8
	mov al, 12
	out dx, al
	inc dx
	mov al, 0
	out dx, al
	mov dx, 0x3fb
	mov al, 3
	out dx, al
	mov dx, 0x3fd
	in al, dx
	and ax, 0x60
	call print_word
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
