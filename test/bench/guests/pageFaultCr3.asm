; The page fault round trip with a reload of CR3.
%macro FORGET_PREVIOUS 0
	mov eax, cr3
	mov cr3, eax
%endmacro
%include "pageFault.inc"
