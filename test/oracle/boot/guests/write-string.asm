; INT 10h AH=13h, with and without moving the cursor.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov ax, 3
	int 0x10
	mov ax, 0x1301
	mov bx, 7
	mov cx, 6
	mov dx, 0x0405
	mov bp, text
	int 0x10
	mov ax, 0x1300
	mov bx, 0x0c
	mov cx, 6
	mov dx, 0x0601
	mov bp, text
	int 0x10
	mov al, 0x21
	call put
	cli
	hlt
%include "print.inc"
text: db "string"
	times 510 - ($ - $$) db 0
	dw 0xaa55
