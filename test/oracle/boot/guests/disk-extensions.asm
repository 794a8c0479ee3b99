; INT 13h extensions are there for the hard disk; a sector by packet.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov [packet + 14], dl
	mov byte [packet + 14], 0
	push dx
	mov ah, 0x41
	mov bx, 0x55aa
	int 0x13
	mov ax, bx
	call print_word
	pop dx
	mov si, packet
	mov ah, 0x42
	int 0x13
	mov ax, 0
	adc ax, 0
	call print_word
	mov ax, [0x9000 + 510]
	call print_word
	cli
	hlt
%include "print.inc"
packet: dw 16, 1, 0x9000, 0
	dq 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
