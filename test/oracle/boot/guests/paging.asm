; Protected mode with paging: a page that is mapped twice, and a page fault that maps another.
bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov ss, ax
	mov sp, 0x7c00
	cli
	lgdt [gdtr]
	mov eax, cr0
	or eax, 1
	mov cr0, eax
	jmp 8:flat
bits 32
flat:
	mov ax, 16
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov esp, 0x7c00
	mov edi, 0x20000            ; directory, then the first table
	mov ecx, 2048
	xor eax, eax
	rep stosd
	mov dword [0x20000], 0x21003
	mov edi, 0x21000
	mov eax, 3
.map:
	stosd
	add eax, 0x1000
	cmp eax, 0x100003
	jb .map
	mov dword [0x21000 + 0x200 * 4], 0x30003
	mov word [idt + 14 * 8], fault
	lidt [idtr]
	mov eax, 0x20000
	mov cr3, eax
	mov eax, cr0
	or eax, 0x80000000
	mov cr0, eax
	mov dword [0x30000], "same"
	mov eax, [0x200000]
	call send
	mov dword [0x201000], "new "
	mov eax, [0x31000]
	call send
	cli
	hlt
fault:
	push eax
	mov eax, cr2
	shr eax, 12
	mov dword [0x21000 + eax * 4], 0x31003
	pop eax
	add esp, 4
	iretd
send:
	mov dx, 0x3f8
	mov ecx, 4
.next:
	out dx, al
	ror eax, 8
	loop .next
	ret
	align 8
gdt: dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr: dw 23
	dd gdt
idt: times 14 dq 0
	dw 0, 8, 0x8e00, 0
idtr: dw 15 * 8 - 1
	dd idt
	times 510 - ($ - $$) db 0
	dw 0xaa55
