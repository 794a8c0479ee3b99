; A Multiboot kernel: the magic number, the flags of what it is told, and its own stack.
bits 32
org 0x100000
	align 4
header:
	dd 0x1badb002, 0x10003, -(0x1badb002 + 0x10003)
	dd header, header, 0, 0, entry
entry:
	mov esp, stack
	push ebx
	push eax
	call clear
	pop eax
	call send_hex
	pop ebx
	mov eax, [ebx]
	and eax, 1
	call send_hex
	mov eax, [ebx + 4]
	call send_hex
	cli
	hlt
; EAX = a number in hexadecimal, or ESI = text, to COM1 and to the screen from EDI on
send_hex:
	mov ecx, 8
.digit:
	rol eax, 4
	push eax
	and al, 15
	cmp al, 10
	sbb al, 0x69
	das
	call send
	pop eax
	loop .digit
	ret
send_text:
	lodsb
	test al, al
	jz .end
	call send
	jmp send_text
.end:
	ret
send:
	mov dx, 0x3f8
	out dx, al
	mov ah, 7
	stosw
	ret
clear:
	mov edi, 0xb8000
	mov ecx, 2000
	mov ax, 0x0720
	rep stosw
	mov edi, 0xb8000
	ret
	align 16
	times 1024 db 0
stack:
