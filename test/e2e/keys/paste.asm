; Reads 10000 characters by the BIOS, and prints a number that depends on all of them and on their order.
bits 16
org 0x7c00

start:
	mov si, ready
	call print
	xor bp, bp
	mov di, 10000
.next:
	mov ah, 0
	int 0x16
	rol bp, 1
	xor ah, ah
	xor bp, ax
	dec di
	jnz .next
	mov cx, 4
.digit:
	rol bp, 4
	mov al, 15
	and ax, bp
	and al, 15
	add al, 'a'
	call character
	loop .digit
	mov dx, 0xf4
	mov al, 0
	out dx, al

character:
	mov ah, 0x0e
	int 0x10
	ret

print:
	lodsb
	test al, al
	jz .return
	call character
	jmp print
.return:
	ret

ready db "ready ", 0

times 510 - ($ - $$) db 0
dw 0xaa55
