; Prints two lines, with a stop for a look after each, then what is typed, and another line.
bits 16
org 0x7c00

start:
	mov ax, 0x0003
	int 0x10
	mov si, hello
	call print
	nop                         ; the first look
	mov si, again
	call print
	nop                         ; the second look
.type:
	mov ah, 0                   ; what is typed, until Esc
	int 0x16
	cmp al, 27
	je .last
	mov ah, 0x0e
	int 0x10
	jmp .type
.last:
	mov si, last
	call print
	mov dx, 0xf4                ; the end
	mov al, 0
	out dx, al

print:
	mov ah, 0x0e
.next:
	lodsb
	test al, al
	jz .return
	int 0x10
	jmp .next
.return:
	ret

hello db "Hello from the guest", 13, 10, 0
again db "and once more", 13, 10, 0
last db "and the last", 0

times 510 - ($ - $$) db 0
dw 0xaa55
