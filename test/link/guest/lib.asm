; The third part: a library, and how the guest ends.
bits 32
global twice:function, finish, replaced
common shared_space 16:4
extern counter

section .text
twice:  mov eax, [esp+4]
        add eax, eax
        ret

replaced:
        mov eax, [.answer]
        ret
section .data
.answer dd 42

section .text
; ends with what kmain has returned, in AL
finish: mov ebx, [shared_space+8]
        cmp ebx, 299
        jne .wrong
        shr eax, 1
        out 0xf4, al
.wrong: cli
        hlt
        jmp .wrong
