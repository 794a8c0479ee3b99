; A program in the manner of DOS: it stands at 100h of its segment, begins at its first byte, and ends by RET.
bits 16
org 0x100
	jmp short main
start:
	hlt
main:
	mov si, text
.next:
	lodsb
	test al, al
	jz .end
	mov dx, 0x3f8
	out dx, al
	jmp .next
.end:
	ret
text: db "com", 0
