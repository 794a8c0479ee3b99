; INT 1Ch, which the BIOS’s timer handler calls.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	cli
	mov word [0x1c * 4], tick
	mov [0x1c * 4 + 2], cs
	sti
.wait:
	hlt
	cmp word [count], 2
	jb .wait
	cli
	mov ax, [count]
	call print_word
	cli
	hlt
tick:
	inc word [cs:count]
	iret
	cli
	hlt
%include "print.inc"
count: dw 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
