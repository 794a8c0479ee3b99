; A Multiboot kernel with its own descriptor table, an interrupt gate, a timer and IRQ0.
bits 32
org 0x100000
	align 4
header:
	dd 0x1badb002, 0x10003, -(0x1badb002 + 0x10003)
	dd header, header, 0, 0, entry
entry:
	mov esp, stack
	lgdt [gdtr]
	jmp 0x10:reloaded
reloaded:
	mov ax, 0x18
	mov ds, ax
	mov es, ax
	mov ss, ax
	call clear
	mov eax, tick
	mov [idt + 0x20 * 8], ax
	shr eax, 16
	mov [idt + 0x20 * 8 + 6], ax
	lidt [idtr]
	mov esi, controllers
.next:
	movzx dx, byte [esi]
	mov al, [esi + 1]
	out dx, al
	add esi, 2
	cmp esi, controllers.end
	jb .next
	sti
.wait:
	hlt
	cmp dword [count], 20
	jb .wait
	cli
	mov eax, [count]
	call send_hex
	hlt
tick:
	inc dword [count]
	push eax
	mov al, 0x20
	out 0x20, al
	pop eax
	iretd
controllers: db 0x20, 0x11, 0xa0, 0x11, 0x21, 0x20, 0xa1, 0x28, 0x21, 4, 0xa1, 2, 0x21, 1, 0xa1, 1, 0x21, 0xfe, 0xa1, 0xff
	db 0x43, 0x34, 0x40, 0x9c, 0x40, 0x2e
.end:
count: dd 0
	align 8
gdt: dq 0, 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr: dw 31
	dd gdt
idt: times 0x20 dq 0
	dw 0, 0x10, 0x8e00, 0
idtr: dw 0x21 * 8 - 1
	dd idt
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
