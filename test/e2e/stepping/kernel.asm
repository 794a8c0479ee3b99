; A kernel that calls itself deeply, and then calls the same function for ever; `again.asm` is another program of the same parts.
	bits 32
	org 0x100000

start:
	lgdt [table]                ; privileged
	mov esp, 0x80000
	xor ebp, ebp
	mov ecx, DEPTH
	call descend
	nop                         ; back from the depths
.count:
	call note
	jmp .count

table:
	dw gdt_end - gdt - 1
	dd gdt

gdt	dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_end:

%include "calls.inc"
