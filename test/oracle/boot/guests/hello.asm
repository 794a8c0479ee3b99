; Text by the BIOS and to the serial port.
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
text: db "Hello, boot sector", 13, 10, 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
