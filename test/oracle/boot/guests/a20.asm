; A20: off and on by the BIOS, seen at one address by two names.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov ax, 0x2401
	int 0x15
	mov ax, 0xffff
	mov es, ax
	mov word [0x0600], 0x1111
	mov word [es:0x0610], 0x2222
	mov ax, [0x0600]
	call print_word
	mov ax, 0x2402
	int 0x15
	mov ah, 0
	call print_word
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
