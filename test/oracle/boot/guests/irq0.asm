; A timer handler of the program’s own, at the BIOS’s vector.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	cli
	mov word [8 * 4], tick
	mov [8 * 4 + 2], cs
	sti
.wait:
	hlt
	cmp word [count], 5
	jb .wait
	cli
	mov ax, [count]
	call print_word
	cli
	hlt
tick:
	push ax
	inc word [cs:count]
	mov al, 0x20
	out 0x20, al
	pop ax
	iret
	cli
	hlt
%include "print.inc"
count: dw 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
