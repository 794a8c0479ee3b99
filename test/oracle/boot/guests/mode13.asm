; Mode 13h: pixels by the BIOS and in memory, then text again.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov ax, 0x13
	int 0x10
	mov ah, 0x0f
	int 0x10
	mov ah, 0
	push ax
	mov ax, 0x0c37
	mov bh, 0
	mov cx, 11
	mov dx, 7
	int 0x10
	mov ax, 0xa000
	mov es, ax
	mov al, [es:7 * 320 + 11]
	mov ah, 0
	push ax
	mov byte [es:64000 - 1], 0x99
	mov ah, 0x0d
	mov bh, 0
	mov cx, 319
	mov dx, 199
	int 0x10
	mov ah, 0
	push ax
	mov ax, 3
	int 0x10
	pop ax
	call print_word
	pop ax
	call print_word
	pop ax
	call print_word
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
