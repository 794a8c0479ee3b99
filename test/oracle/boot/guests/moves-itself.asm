; Moves itself to 0600h and goes on there, as master boot records do.
bits 16
org 0x600
	cli
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov si, 0x7c00
	mov di, 0x600
	mov cx, 256
	cld
	rep movsw
	jmp 0:moved
moved:
	sti
	mov si, text
	call print
	mov ax, moved - 0x600
	cmp ax, 0x40
	mov ax, 0
	adc ax, 0
	call print_word
	cli
	hlt
%include "print.inc"
text: db "moved", 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
