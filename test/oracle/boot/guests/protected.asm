; Protected mode with a descriptor table of its own, and back to real mode.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7c00
	cli
	lgdt [gdtr]
	mov eax, cr0
	or al, 1
	mov cr0, eax
	jmp 8:flat
bits 32
flat:
	mov ax, 16
	mov ds, ax
	mov ecx, 100
.add:
	add [sum], ecx
	loop .add
	mov byte [0xb8000], 0x50
	mov ax, 32
	mov ds, ax
	jmp 24:back
bits 16
back:
	mov eax, cr0
	and al, 0xfe
	mov cr0, eax
	jmp 0:real
real:
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov byte [0x600], 0
	mov ax, 0xb800
	mov es, ax
	mov al, [es:0]
	mov ah, 0
	mov byte [es:0], 0x20
	call print_word
	mov ax, [sum]
	call print_word
	cli
	hlt
%include "print.inc"
gdt: dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00009a000000ffff, 0x000092000000ffff
gdtr: dw 39
	dd gdt
sum: dd 0
	times 510 - ($ - $$) db 0
	dw 0xaa55
