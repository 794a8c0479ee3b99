; A boot sector: real mode, where there is no ring to be virtualized.
	bits 16
	org 0x7c00

start:
	mov dx, 0x3f8
	mov al, 'B'
	out dx, al
	cli
	hlt

	times 510-($-$$) db 0
	dw 0xaa55
