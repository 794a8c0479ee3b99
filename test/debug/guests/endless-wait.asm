; HLT with interrupts on and no device that would raise one.
bits 32
org 0x100000
	sti
	hlt
