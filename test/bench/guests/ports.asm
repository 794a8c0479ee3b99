; Port I/O in ring 0: OUT to 0x80 and IN from 0x61.
%define SYSTEM_CALL ports
%include "guest.inc"

ACCESSES equ 1000

work:
	xor ebx, ebx
	int 0x80
	mov eax, ebx
	ret

ports:
	in al, 0x61
	and al, 0xfc                        ; loudspeaker and its timer off
	out 0x61, al
	mov ecx, ACCESSES
.again:
	mov al, cl
	out 0x80, al
	in al, 0x61
	and eax, 3
	lea ebx, [ebx + eax + 1]
	dec ecx
	jnz .again
	iret
