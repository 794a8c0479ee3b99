; A loader that walks tracks by the geometry of INT 13h AH=08h.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov [drive], dl
	mov ah, 8
	int 0x13
	mov ax, cx
	call print_word
	mov al, dh
	mov ah, 0
	call print_word
	mov ax, 0x0201              ; cylinder 0, head 1, sector 1 is block 18
	mov cx, 1
	mov dh, 1
	mov dl, [drive]
	push word 0
	pop es
	mov bx, 0x9000
	int 0x13
	mov al, [0x9000]
	call put
	cli
	hlt
%include "print.inc"
drive: db 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
	times 18 * 512 - ($ - $$) db 0
	db "H"
	times 19 * 512 - ($ - $$) db 0
