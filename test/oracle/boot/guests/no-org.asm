; No `org`: DS = 07C0h, as in the first tutorials.
bits 16
	jmp 0x07c0:begin
begin:
	mov ax, cs
	mov ds, ax
	mov ax, 0x9000
	mov ss, ax
	mov sp, 0xff00
	mov si, text
	call print
	mov ax, cs
	call print_word
	cli
	hlt
%include "print.inc"
text: db "no org", 13, 10, 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
