; Segment arithmetic: one byte by several names, and a wrap within a segment.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov ax, 0x0900
	mov es, ax
	mov byte [es:0x0010], 0x5a
	mov ax, 0x0901
	mov es, ax
	mov al, [es:0]
	mov ah, 0
	call print_word
	mov al, [0x9010]
	call print_word
	mov ax, 0x1000
	mov es, ax
	mov di, 0xffff
	mov al, 0x77
	stosb
	mov ax, di
	call print_word
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
