; A Multiboot kernel with a program in ring 3, which makes system calls and is refused a privileged instruction.
bits 32
org 0x100000
	align 4
header:
	dd 0x1badb002, 0x10003, -(0x1badb002 + 0x10003)
	dd header, header, 0, 0, entry
entry:
	mov esp, stack
	call clear
	mov [place], edi
	mov eax, tss
	mov [gdt + 0x28 + 2], ax
	shr eax, 16
	mov [gdt + 0x28 + 4], al
	mov dword [tss + 4], stack
	mov dword [tss + 8], 0x10
	mov esi, gates
	mov edi, idt + 13 * 8
	mov eax, protection
	call gate
	mov edi, idt + 0x30 * 8
	mov eax, service
	call gate
	mov byte [idt + 0x30 * 8 + 5], 0xee
	lgdt [gdtr]
	lidt [idtr]
	jmp 8:.reloaded
.reloaded:
	mov ax, 0x28
	ltr ax
	mov ax, 0x23
	mov ds, ax
	mov es, ax
	push dword 0x23
	push dword user_stack
	push dword 2
	push dword 0x1b
	push dword program
	iretd
gate:
	mov [edi], ax
	mov word [edi + 2], 8
	mov word [edi + 4], 0x8e00
	shr eax, 16
	mov [edi + 6], ax
	ret
service:
	mov edi, [place]
	call send
	mov [place], edi
	iretd
protection:
	mov edi, [place]
	pop eax
	call send_hex
	cli
	hlt
program:
	mov al, "u"
	int 0x30
	mov ax, cs
	and al, 3
	add al, "0"
	int 0x30
	cli
	mov al, "?"
	int 0x30
	jmp $
gates:
place: dd 0
	align 8
gdt: dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00cffa000000ffff, 0x00cff2000000ffff, 0x0000890000000067
gdtr: dw 47
	dd gdt
idt: times 0x31 dq 0
idtr: dw 0x31 * 8 - 1
	dd idt
tss: times 26 dd 0
	times 256 db 0
user_stack:
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
