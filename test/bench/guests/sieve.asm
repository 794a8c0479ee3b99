; The sieve of Eratosthenes over 4 MiB: a byte for each number. The result is the count of primes.
%include "guest.inc"

SIZE equ 4 << 20

work:
	mov edi, DATA
	mov ecx, SIZE / 4
	mov eax, 0x01010101
	rep stosd
	mov dword [DATA], 0x01010000        ; neither 0 nor 1
	mov esi, 2
.candidate:
	cmp byte [DATA + esi], 0
	je .composite
	mov edi, esi
	imul edi, esi
.multiple:
	mov byte [DATA + edi], 0
	add edi, esi
	cmp edi, SIZE
	jb .multiple
.composite:
	inc esi
	cmp esi, 2048                       ; the root of SIZE
	jb .candidate
	xor eax, eax
	xor esi, esi
.count:
	movzx edx, byte [DATA + esi]
	add eax, edx
	inc esi
	cmp esi, SIZE
	jb .count
	ret
