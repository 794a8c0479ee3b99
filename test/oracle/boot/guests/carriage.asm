; Carriage return, line feed, backspace and the bell in teletype output.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov si, text
	call print
	cli
	hlt
%include "print.inc"
text: db "abc", 8, "X", 13, "Z", 10, "next", 7, 13, 10, "end", 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
