; Changes a text, with a stop for a look before and after; then ends.
bits 16
org 0x7c00

start:
	mov sp, 0x7c00
	nop                         ; the first look
	mov byte [message], 'J'
	mov byte [message + 1], 'a'
	push word 0x1234
	nop                         ; the second look
	mov dx, 0xf4                ; the end
	mov al, 0
	out dx, al

align 16
message db "Hello from memory"

times 510 - ($ - $$) db 0
dw 0xaa55
