; A software interrupt of the program’s own, and INT3 and INTO through the table.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov word [0x60 * 4], own
	mov [0x60 * 4 + 2], cs
	mov word [3 * 4], own
	mov [3 * 4 + 2], cs
	mov word [4 * 4], own
	mov [4 * 4 + 2], cs
	xor ax, ax
	int 0x60
	int3
	into
	mov bl, 0x7f
	add bl, 1
	into
	call print_word
	cli
	hlt
own:
	add ax, 0x0101
	iret
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
