; SHA-256 (FIPS 180-4 §6.2.2) of 16 KiB of zero bytes, without padding: 256 blocks. The result is the hash's first word.
%include "guest.inc"

BLOCKS   equ 256
SCHEDULE equ DATA                       ; 64 words
WORKING  equ DATA + 0x100               ; a to h
STATE    equ DATA + 0x120
BLOCK    equ DATA + 0x140               ; address of the block in hand
BLOCKS_LEFT equ DATA + 0x144
TEXT     equ DATA + 0x1000

; %1 = %1 rotated right by %3 and %4, and shifted (or rotated) by %6, all exclusive-or; %2 is spoiled.
%macro sigma 6
	mov %2, %1
	ror %2, %3
	push %2
	mov %2, %1
	ror %2, %4
	%5 %1, %6
	xor %1, %2
	pop %2
	xor %1, %2
%endmacro

work:
	mov esi, initial
	mov edi, STATE
	mov ecx, 8
	rep movsd
	mov dword [BLOCKS_LEFT], BLOCKS
	mov dword [BLOCK], TEXT
.block:
	call hash_block
	add dword [BLOCK], 64
	dec dword [BLOCKS_LEFT]
	jnz .block
	mov eax, [STATE]
	ret

hash_block:
	mov esi, [BLOCK]
	mov edi, SCHEDULE
	mov ecx, 16
.load:
	lodsd
	bswap eax
	stosd
	dec ecx
	jnz .load
	mov ecx, 48
.extend:
	mov eax, [edi - 15 * 4]
	sigma eax, edx, 7, 18, shr, 3
	mov ebx, [edi - 2 * 4]
	sigma ebx, edx, 17, 19, shr, 10
	add eax, ebx
	add eax, [edi - 16 * 4]
	add eax, [edi - 7 * 4]
	stosd
	dec ecx
	jnz .extend
	mov esi, STATE
	mov edi, WORKING
	mov ecx, 8
	rep movsd
	xor ebp, ebp
.round:
	mov eax, [WORKING + 16]             ; e
	mov ecx, eax
	mov ebx, [WORKING + 20]             ; f
	and ebx, eax
	not ecx
	and ecx, [WORKING + 24]             ; g
	xor ebx, ecx                        ; Ch
	sigma eax, edx, 6, 11, ror, 25
	add eax, ebx
	add eax, [WORKING + 28]             ; h
	add eax, [constants + ebp * 4]
	add eax, [SCHEDULE + ebp * 4]       ; T1
	mov ebx, [WORKING]                  ; a
	mov ecx, ebx
	mov edi, [WORKING + 4]              ; b
	mov esi, [WORKING + 8]              ; c
	and ecx, edi
	and edi, esi
	xor ecx, edi
	and esi, ebx
	xor ecx, esi                        ; Maj
	sigma ebx, edx, 2, 13, ror, 22
	add ebx, ecx                        ; T2
	mov ecx, [WORKING + 24]
	mov [WORKING + 28], ecx
	mov ecx, [WORKING + 20]
	mov [WORKING + 24], ecx
	mov ecx, [WORKING + 16]
	mov [WORKING + 20], ecx
	mov ecx, [WORKING + 12]
	add ecx, eax
	mov [WORKING + 16], ecx
	mov ecx, [WORKING + 8]
	mov [WORKING + 12], ecx
	mov ecx, [WORKING + 4]
	mov [WORKING + 8], ecx
	mov ecx, [WORKING]
	mov [WORKING + 4], ecx
	add eax, ebx
	mov [WORKING], eax
	inc ebp
	cmp ebp, 64
	jb .round
	xor ecx, ecx
.add:
	mov eax, [WORKING + ecx * 4]
	add [STATE + ecx * 4], eax
	inc ecx
	cmp ecx, 8
	jb .add
	ret

; The first 32 bits of the fractional parts of the square roots of the first eight primes, and of the cube roots of the
; first 64.
initial:
	dd 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
constants:
	dd 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5
	dd 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174
	dd 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da
	dd 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967
	dd 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85
	dd 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070
	dd 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3
	dd 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
