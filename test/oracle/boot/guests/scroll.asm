; More lines than the screen has.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov ax, 3
	int 0x10
	mov cx, 30
.next:
	mov ax, cx
	call print_word
	mov si, text
	call print
	loop .next
	cli
	hlt
%include "print.inc"
text: db " line", 13, 10, 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
