; A Multiboot kernel that goes back to real mode: INT 10h, INT 12h and the timer's interrupt of the BIOS are there.
bits 32
org 0x8000
	align 4
header:
	dd 0x1badb002, 0x10003, -(0x1badb002 + 0x10003)
	dd header, header, 0, 0, entry
entry:
	lgdt [gdtr]
	jmp 0x18:half
bits 16
half:
	mov ax, 0x20
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov eax, cr0
	and al, 0xfe
	mov cr0, eax
	jmp 0:real
real:
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7000
	lidt [idtr]
	sti
	hlt
	mov ax, 3
	int 0x10
	mov si, text
	call print
	int 0x12
	cmp ax, 500
	mov ax, 0
	adc ax, 0
	call print_word
	cli
	hlt
%include "print.inc"
text: db "real mode again ", 0
	align 8
idtr: dw 0x3ff
	dd 0
gdtr: dw 39
	dd gdt
gdt: dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00009a000000ffff, 0x000092000000ffff
