; Paints stripes in mode 13h, then unchains its four planes, as no picture is shown of, and comes back to text at the end.
bits 16
org 0x7c00

WIDTH equ 320
HEIGHT equ 200

start:
	mov ax, 0x0013
	int 0x10
	mov dx, 0x3c8               ; colour 1 is (255, 130, 0)
	mov al, 1
	out dx, al
	inc dx
	mov al, 63
	out dx, al
	mov al, 32
	out dx, al
	mov al, 0
	out dx, al
	mov ax, 0xa000
	mov es, ax
	xor di, di
	mov cx, WIDTH * HEIGHT / 2  ; above, the colour of the guest's own; below, the BIOS' white
	mov al, 1
	rep stosb
	mov cx, WIDTH * HEIGHT / 2
	mov al, 15
	rep stosb
	mov byte [es:0], 4          ; and a corner in its red
	nop                         ; the first look
	mov dx, 0x3c4               ; not chained any more
	mov ax, 0x0604
	out dx, ax
	nop                         ; the second look
	mov ax, 0x0003
	int 0x10
	mov ax, 0x0e21              ; !
	int 0x10
	nop                         ; the third look
	mov dx, 0xf4                ; the end
	mov al, 0
	out dx, al

times 510 - ($ - $$) db 0
dw 0xaa55
