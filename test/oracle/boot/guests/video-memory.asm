; Text written to B800:0000 itself.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	mov ah, 2
	mov bh, 0
	mov dx, 0x0a00
	int 0x10
	mov ax, 0xb800
	mov es, ax
	xor di, di
	mov cx, 2000
	mov ax, 0x1f20
	rep stosw
	mov di, (5 * 80 + 10) * 2
	mov si, text
.next:
	lodsb
	test al, al
	jz .end
	stosb
	inc di
	jmp .next
.end:
	mov ax, [es:(5 * 80 + 10) * 2]
	call print_word
	cli
	hlt
%include "print.inc"
text: db "straight to memory", 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
