; Cold, wide code: 2048 functions of 42 instructions, each called once in a round, in an order that jumps about. So most
; of the work of a machine that translates is translation. Every function is different.
%include "guest.inc"

FUNCTIONS equ 2048
STRIDE    equ 1237                      ; odd, so that all are visited

work:
	mov eax, 1
	xor ebx, ebx
	mov ecx, FUNCTIONS
	xor esi, esi
.call:
	call [functions + esi * 4]
	add esi, STRIDE
	and esi, FUNCTIONS - 1
	dec ecx
	jnz .call
	ret

; 41 instructions and RET; %1 is the function's number.
%macro function 1
	mov edi, %1 * 16 % 4096
	add eax, %1
	mov edx, eax
	xor ebx, %1 * 2654435761 % 0x7fffffff
	rol eax, %1 % 31 + 1
	mov ebp, [DATA + edi]
	add ebp, ebx
	mov [DATA + edi + 4], eax
	cmp eax, ebp
	jb %%below
	sub eax, %1 * 3
	jmp %%joined
%%below:
	add eax, %1 * 5
	nop
%%joined:
%assign part 0
%rep 4
	lea edx, [edx + eax * 2 + %1 + part]
	xor ebx, edx
	shr edx, (%1 + part) % 7 + 1
	add eax, edx
	imul ebp, ebx, %1 * 8 + part + 3
	sub eax, ebp
	mov [DATA + edi + 8], ebx
%assign part part + 1
%endrep
	mov edx, [DATA + edi + 4]
	ret
%endmacro

%assign number 0
%rep FUNCTIONS
function_ %+ number:
	function number
%assign number number + 1
%endrep

align 4
functions:
%assign number 0
%rep FUNCTIONS
	dd function_ %+ number
%assign number number + 1
%endrep
