; The general registers and segments that a BIOS hands over with are not relied on: only DL counts.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov [drive], dl
	mov al, [drive]
	mov ah, 0
	call print_word
	cli
	hlt
%include "print.inc"
drive: db 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
