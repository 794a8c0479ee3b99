; Clearing the screen by mode 3, and by scrolling the window.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov si, text
	call print
	mov ax, 3
	int 0x10
	mov si, text
	call print
	mov ax, 0x0600
	mov bh, 0x1e
	xor cx, cx
	mov dx, 0x184f
	int 0x10
	mov ah, 2
	mov bh, 0
	mov dx, 0x0310
	int 0x10
	mov si, stays
	call print
	cli
	hlt
%include "print.inc"
text: db "gone", 13, 10, 0
stays: db "stays", 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
