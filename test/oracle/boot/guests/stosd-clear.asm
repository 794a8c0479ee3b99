; 386 instructions in real mode: 32-bit registers, scaled addresses, MOVZX, SHLD.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov esi, 2
	mov eax, [table + esi * 4]
	shr eax, 16
	call print_word
	mov eax, 0x12345678
	mov ebx, 0x9abcdef0
	shld eax, ebx, 8
	call print_word
	movzx eax, byte [table + 4]
	call print_word
	bsr ax, ax
	call print_word
	cli
	hlt
%include "print.inc"
table: dd 0x11111111, 0x22222222, 0x33333333
	times 510 - ($ - $$) db 0
	dw 0xaa55
