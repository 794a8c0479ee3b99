; A loader that reads from drive 80h.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov dl, 0x80
	mov ax, 0x0203
	mov cx, 2
	mov dh, 0
	mov bx, 0x7e00
	int 0x13
	jc failed
	jmp 0x7e00
failed:
	mov si, text
	call print
	cli
	hlt
%include "print.inc"
text: db "cannot read", 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
	mov si, second
	call print
	mov si, third
	call print
	mov al, [fourth]
	call put
	cli
	hlt
second: db "second sector, ", 0
	times 1024 - ($ - $$) db 0
third: db "third sector", 0
	times 1536 - ($ - $$) db 0
fourth: db "4"
	times 2048 - ($ - $$) db 0
