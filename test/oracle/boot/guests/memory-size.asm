; INT 12h and the fields of the BIOS data area that programs look at.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	int 0x12
	call print_word
	mov ax, 0x40
	mov es, ax
	mov ax, [es:0x13]
	call print_word
	mov ax, [es:0x63]
	call print_word
	mov ax, [es:0x4a]
	call print_word
	mov ax, [es:0x00]
	call print_word
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
