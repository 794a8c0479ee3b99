; The BIOS's ROM: what is written there is lost, in all of its 64 KiB, and it is found again at the top of the address space.
bits 16
org 0x7c00
	cli
	jmp 0:main
main:
	xor ax, ax
	mov ds, ax
	mov ss, ax
	mov sp, 0x7c00
	mov si, places
.next:
	lodsw
	mov es, ax
	lodsw
	mov di, ax
	cmp si, places.end
	ja across
	mov al, [es:di]
	not byte [es:di]
	xor al, [es:di]
	mov ah, 0
	call print_word
	jmp .next

	; a doubleword half in RAM, half in ROM
across:
	mov ax, 0xefff
	mov es, ax
	mov ebx, [es:14]
	mov dword [es:14], 0x5a5a5a5a
	mov eax, [es:14]
	call print_word
	shr eax, 16
	shr ebx, 16
	sub ax, bx
	call print_word

	; a string of words, downwards
	mov ax, 0xf000
	mov es, ax
	mov si, 0x7c10
	mov di, 0xfffe
	mov cx, 8
	mov bx, [es:di]
	std
	rep movsw
	cld
	mov ax, [es:0xfffe]
	sub ax, bx
	call print_word

	; with segments of 4 GiB: where RESET begins, in both places
	lgdt [table]
	mov eax, cr0
	or al, 1
	mov cr0, eax
	mov bx, 8
	mov gs, bx
	and al, 0xfe
	mov cr0, eax
	jmp 0:.real
.real:
	mov esi, 0xfffffff0
	mov edi, 0xffff0
	mov cx, 3
	xor bp, bp
.compare:
	mov eax, [gs:esi]
	cmp eax, [gs:edi]
	je .same
	inc bp
.same:
	add esi, 4
	add edi, 4
	loop .compare
	mov ax, bp
	call print_word
	mov esi, 0xfffffff0
	mov al, [gs:esi]	; a far jump
	not byte [gs:esi]
	mov ah, [gs:esi]
	call print_word
	cli
	hlt

places:
	dw 0xf000, 0xffff
	dw 0xf000, 0xfff0
	dw 0xf000, 0xf000
	dw 0xf000, 0x8000
	dw 0xf000, 0x0000
	dw 0xf800, 0x7ff0
.end:
	dw 0, 0
table:
	dw 15
	dd gdt
gdt:
	dq 0
	dq 0x00cf93000000ffff

%include "print.inc"

	times 510 - ($ - $$) db 0
	dw 0xaa55
