; The smallest guest worth stepping: it masks interrupts, writes a letter to the serial port, and stops the processor.
	bits 32
	org 0x100000

%include "serial.inc"

start:
	cli
	mov ecx, 3
.again:
	put 'R'
	loop .again
	mov eax, cr0
	hlt
