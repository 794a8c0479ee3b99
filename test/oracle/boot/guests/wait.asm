; INT 15h AH=86h: a tenth of a second is at least one tick of the timer.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov ah, 0x86
	mov cx, 0x0001
	mov dx, 0x86a0
	int 0x15
	mov ax, 0
	adc ax, 0
	call print_word
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
