; Keys by INT 16h: scan codes and characters, and none left.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	sti
	mov si, ask
	call print
	mov cx, 3
.next:
	mov ah, 0
	int 0x16
	call print_word
	loop .next
	mov ah, 1
	int 0x16
	mov ax, 0
	setz al
	call print_word
	cli
	hlt
%include "print.inc"
ask: db "keys?", 13, 10, 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
