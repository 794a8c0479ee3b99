; Traps once, and then runs until it is stopped.
bits 32
org 0x100000

start:
	mov esp, 0x80000
	cli                         ; privileged
	nop                         ; behind it
forever:
	jmp forever
