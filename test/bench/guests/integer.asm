; Integer arithmetic and branches: a random walk whose steps depend on the bits of a xorshift generator.
%include "guest.inc"

STEPS equ 50000

work:
	mov eax, 0x2545f491                 ; generator
	xor ebx, ebx                        ; sum
	mov ecx, STEPS
	xor edi, edi
	mov ebp, 1
.step:
	mov edx, eax
	shl edx, 13
	xor eax, edx
	mov edx, eax
	shr edx, 17
	xor eax, edx
	mov edx, eax
	shl edx, 5
	xor eax, edx
	test eax, 0x10
	jz .even
	lea ebx, [ebx + eax * 2 + 7]
	sub edi, ebx
	jmp .joined
.even:
	add ebx, eax
	adc edi, 0
	rol edi, 3
.joined:
	cmp ebx, edi
	jbe .keep
	xor ebp, ebx
	neg ebp
.keep:
	imul esi, ebp, 0x01000193
	add ebx, esi
	dec ecx
	jnz .step
	mov eax, ebx
	xor eax, edi
	add eax, ebp
	ret
