; Sleeps until a key or a serial byte interrupts it, which goes to the debug port, and ends. MASK is what it masks of its IRQs; no
; timer runs.
bits 32
org 0x100000
start:
	mov esp, 0x90000
	mov edi, idt + 0x21 * 8
	mov eax, keyboard
	call gate
	mov edi, idt + 0x24 * 8
	mov eax, serial
	call gate
	lidt [idtr]
	mov al, 0x11
	out 0x20, al
	mov al, 0x20
	out 0x21, al
	mov al, 4
	out 0x21, al
	mov al, 1
	out 0x21, al
	mov al, MASK
	out 0x21, al
	mov dx, 0x3f9
	mov al, 1
	out dx, al
	mov dx, 0x3fc
	mov al, 8
	out dx, al
	sti
.wait:
	hlt
	jmp .wait
keyboard:
	in al, 0x60
	jmp finish
serial:
	mov dx, 0x3f8
	in al, dx
finish:
	out 0xe9, al
	mov al, 0
	out 0xf4, al
gate:
	mov [edi], ax
	mov [edi + 2], cs
	mov byte [edi + 5], 0x8e
	shr eax, 16
	mov [edi + 6], ax
	ret
idtr:
	dw 0x25 * 8 - 1
	dd idt
	align 8
idt:
	times 0x25 dq 0
