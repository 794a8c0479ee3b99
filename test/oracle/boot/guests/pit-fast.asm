; The timer at 1 kHz, and the interrupt controllers at vectors of the program’s choice.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	cli
	mov al, 0x11
	out 0x20, al
	out 0xa0, al
	mov al, 0x20
	out 0x21, al
	mov al, 0x28
	out 0xa1, al
	mov al, 4
	out 0x21, al
	mov al, 2
	out 0xa1, al
	mov al, 1
	out 0x21, al
	out 0xa1, al
	mov al, 0xfe
	out 0x21, al
	mov al, 0xff
	out 0xa1, al
	mov al, 0x36
	out 0x43, al
	mov ax, 1193
	out 0x40, al
	mov al, ah
	out 0x40, al
	mov word [0x20 * 4], tick
	mov [0x20 * 4 + 2], cs
	sti
.wait:
	hlt
	cmp word [count], 50
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
