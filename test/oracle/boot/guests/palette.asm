; A colour of the palette, set by the BIOS and read from the ports.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov ax, 0x1010
	mov bx, 40
	mov dh, 1
	mov ch, 2
	mov cl, 3
	int 0x10
	mov dx, 0x3c7
	mov al, 40
	out dx, al
	mov dx, 0x3c9
	in al, dx
	mov ah, al
	in al, dx
	call print_word
	mov dx, 0x3c9
	in al, dx
	mov ah, 0
	call print_word
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
