; A keyboard handler of the program’s own, which reads the controller.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	cli
	mov word [9 * 4], key
	mov [9 * 4 + 2], cs
	mov si, ask
	call print
	sti
.wait:
	hlt
	cmp word [count], 6
	jb .wait
	cli
	mov si, codes
.next:
	lodsw
	call print_word
	cmp si, codes + 6
	jb .next
	cli
	hlt
key:
	pusha
	in al, 0x60
	mov bx, [cs:count]
	cmp bx, 6
	jae .end
	mov [cs:codes + bx], al
	inc word [cs:count]
.end:
	mov al, 0x20
	out 0x20, al
	popa
	iret
	cli
	hlt
%include "print.inc"
ask: db "keys?", 13, 10, 0
count: dw 0
codes: times 8 db 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
