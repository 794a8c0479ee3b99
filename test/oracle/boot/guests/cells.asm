; Cells with attributes: written, read back, counted.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov ax, 3
	int 0x10
	mov ax, 0x092a
	mov bx, 0x004e
	mov cx, 7
	int 0x10
	mov ah, 8
	mov bh, 0
	int 0x10
	push ax
	mov ah, 2
	mov bh, 0
	mov dx, 0x0200
	int 0x10
	pop ax
	call print_word
	mov ah, 3
	mov bh, 0
	int 0x10
	mov ax, dx
	call print_word
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
