; The disk without the BIOS: IDENTIFY and a sector by the primary ATA channel's registers.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov dx, 0x3f6
	mov al, 2
	out dx, al
	mov dx, 0x1f6
	mov al, 0xe0
	out dx, al
	mov dx, 0x1f2
	mov al, 1
	out dx, al
	inc dx
	out dx, al
	inc dx
	mov al, 0
	out dx, al
	inc dx
	out dx, al
	mov dx, 0x1f7
	mov al, 0x20
	out dx, al
.wait:
	in al, dx
	test al, 0x80
	jnz .wait
	test al, 8
	jz .wait
	mov dx, 0x1f0
	mov di, 0x9000
	mov cx, 256
	rep insw
	mov si, 0x9000
	call print
	mov dx, 0x1f7
	in al, dx
	and ax, 0x88
	call print_word
	cli
	hlt
%include "print.inc"
	times 510 - ($ - $$) db 0
	dw 0xaa55
	db "by registers", 0
	times 1024 - ($ - $$) db 0
