; Writes a sector and reads it again, by CHS.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov [drive], dl
	mov di, 0x9000
	mov ax, 0x5a5a
	mov cx, 256
	rep stosw
	mov ax, 0x0301
	mov cx, 3
	mov dh, 0
	mov bx, 0x9000
	int 0x13
	mov ax, 0x0201
	mov cx, 3
	mov dh, 0
	mov dl, [drive]
	mov bx, 0x9200
	int 0x13
	mov ax, [0x9200 + 510]
	call print_word
	cli
	hlt
%include "print.inc"
drive: db 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
	times 2048 - ($ - $$) db 0x11
