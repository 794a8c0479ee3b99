; The page fault round trip with INVLPG.
%macro FORGET_PREVIOUS 0
	invlpg [edx]
%endmacro
%include "pageFault.inc"
