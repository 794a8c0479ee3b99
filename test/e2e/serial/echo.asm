; Says something on COM1 and sends back what comes, until a full stop.
bits 32
org 0x100000

start:
	mov esi, hello
.next:
	lodsb
	test al, al
	jz .echo
	call send
	jmp .next
.echo:
	mov dx, 0x3fd
	in al, dx
	test al, 1
	jz .echo
	mov dx, 0x3f8
	in al, dx
	call send
	cmp al, '.'
	jne .echo
	mov al, 0
	out 0xf4, al

send:
	mov dx, 0x3f8
	out dx, al
	ret

hello db "Serial says hello", 10, "> ", 0
