; The first byte of each of the hard disks, through INT 13h and from the second one's registers: how many there are first.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ah, 8
	mov dl, 0x80
	int 0x13
	mov al, '0'
	add al, dl
	call put
	mov dx, 0x80
	call first_byte
	mov dx, 0x81
	call first_byte
	mov dx, 0x1f6               ; device 1, block 0, READ SECTORS
	mov al, 0xf0
	out dx, al
	mov dx, 0x1f2
	mov al, 1
	out dx, al
	inc dx
	mov al, 0
	out dx, al
	inc dx
	out dx, al
	inc dx
	out dx, al
	mov dx, 0x1f7
	mov al, 0x20
	out dx, al
.wait:
	in al, dx
	test al, 8
	jz .wait
	mov dx, 0x1f0
	in ax, dx
	call put
	cli
	hlt
first_byte:
	mov es, [.segment]
	mov ax, 0x0201
	mov bx, 0x9000
	mov cx, 1
	int 0x13
	mov al, '-'
	jc put
	mov al, [0x9000]
put:
	mov dx, 0x3f8
	out dx, al
	ret
first_byte.segment: dw 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
