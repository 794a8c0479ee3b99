; A window that scrolls down and up.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov ax, 3
	int 0x10
	mov cx, 8
	mov al, 0x31
.line:
	call put
	push ax
	mov al, 13
	call put
	mov al, 10
	call put
	pop ax
	inc al
	loop .line
	mov ax, 0x0702
	mov bh, 7
	mov cx, 0x0100
	mov dx, 0x054f
	int 0x10
	mov ax, 0x0601
	mov bh, 7
	mov cx, 0x0500
	mov dx, 0x094f
	int 0x10
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
