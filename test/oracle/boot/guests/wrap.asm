; A line that is longer than the screen is wide.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov cx, 100
	mov al, 0x41
.next:
	call put
	inc al
	cmp al, 0x5b
	jne .same
	mov al, 0x41
.same:
	loop .next
	cli
	hlt
%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
