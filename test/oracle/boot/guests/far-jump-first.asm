; A far jump that settles CS comes first, over a header as floppies have it.
bits 16
org 0x7c00
	jmp short over
	nop
	db "MSDOS5.0"
	dw 512
	db 1
	dw 1
	db 2
	dw 224, 2880
	db 0xf0
	dw 9, 18, 2
	dd 0, 0
	db 0, 0, 0x29
	dd 0x12345678
	db "NO NAME    "
	db "FAT12   "
over:
	jmp 0:begin
begin:
	xor ax, ax
	mov ds, ax
	mov si, text
	call print
	cli
	hlt
%include "print.inc"
text: db "far jump first", 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
