; Reads two sectors by packet, and a kernel in protected mode from them.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov ss, ax
	mov sp, 0x7c00
	mov si, packet
	mov ah, 0x42
	int 0x13
	jc stop
	cli
	lgdt [gdtr]
	mov eax, cr0
	or eax, 1
	mov cr0, eax
	jmp dword 8:0x10000
stop:
	cli
	hlt
	align 4
packet: dw 16, 2, 0, 0x1000
	dq 1
gdt: dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr: dw 23
	dd gdt
	times 510 - ($ - $$) db 0
	dw 0xaa55
bits 32
kernel:
	mov ax, 16
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov esp, 0x90000
	mov edi, 0xb8000
	mov ecx, 1000
	mov eax, 0x07200720
	rep stosd
	mov esi, 0x10000 + text - kernel
	mov edi, 0xb8000 + 160 * 2
.next:
	lodsb
	test al, al
	jz .end
	mov ah, 0x0a
	stosw
	mov dx, 0x3f8
	out dx, al
	jmp .next
.end:
	hlt
text: db "kernel of two sectors", 0
	times 1536 - ($ - $$) db 0
