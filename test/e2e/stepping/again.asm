; Another program that includes the same functions.
	bits 32
	org 0x100000

start:
	call note
	hlt

%include "calls.inc"
