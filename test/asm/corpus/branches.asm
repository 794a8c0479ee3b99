; Branch relaxation in all three modes.
%macro block 2
        bits %1
start%1:
        jmp far_%1
        jmp near near_%1
        jmp short near_%1
        jz near_%1
        jnz near near_%1
        call near_%1
        loop start%1
        times 100 nop
near_%1:
        jmp start%1
        jz start%1
        jc start%1
        jmp strict near near_%1
        times %2 nop
p%1:    jmp q%1
        times 126 nop
q%1:    jmp p%1
        jmp p%1
        jg p%1
        jmp r%1
        times 127 nop
r%1:    jle s%1
        jmp s%1
        times 125 nop
        jo t%1
s%1:    times 127 nop
t%1:
far_%1: jmp $
        jmp $$
        call $+5
        jmp $-126
        jmp $-127
        jo $+129
        jo $+130
        jz $-126
        jz $-127
%endmacro
        block 16, 30
        block 32, 200
        block 64, 5
        bits 16
        jecxz $
        jcxz $
        loop $, ecx
        loope $
        loopnz $, cx
        jmp dword $
        call dword $
        jmp word $
        jmp 0x1234:0x5678
        call 8:9
        jmp dword 8:0x12345678
        jmp word 8:start16
        jmp 8:start16
        bits 32
        jmp 8:start16
        jmp word 8:start16
        jmp dword 8:start16
        call far [start16]
        jmp far [eax]
        jmp word far [eax]
        jmp [eax]
        jmp word [eax]
        call eax
        jecxz $
        jcxz $
        loop $, cx
        jmp 0x1000
        call 0x10
        jz 0x20
        bits 64
        jrcxz $
        jecxz $
        jmp [rax]
        call rax
        jmp [rel start16]
        jmp qword far [rax]
