; Prints the scan codes that the keyboard sends.
bits 16
org 0x7c00

start:
	mov al, 0xff                ; nobody else reads them
	out 0x21, al
	mov si, ready
	call print
	nop                         ; a look
	nop
.next:
	in al, 0x64
	test al, 1
	jz .next
	in al, 0x60
	push ax
	shr al, 4
	call digit
	pop ax
	and al, 0x0f
	call digit
	mov al, ' '
	call character
	jmp .next

digit:
	cmp al, 10
	jb .decimal
	add al, 'a' - '0' - 10
.decimal:
	add al, '0'
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

ready db "ready", 13, 10, 0

times 510 - ($ - $$) db 0
dw 0xaa55
