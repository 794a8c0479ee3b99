; A program for Linux: write and exit by INT 80h.
bits 32
global _start
section .text
_start:
	mov eax, 4
	mov ebx, 1
	mov ecx, text
	mov edx, 3
	int 0x80
	mov eax, 1
	int 0x80
section .data
text: db "hi", 10
