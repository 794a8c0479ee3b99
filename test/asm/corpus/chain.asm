; Branches that depend on each other: each becomes near only because another does.
        bits 32
%assign i 0
%rep 40
l%[i]:  jmp m%[i]
        jz m%[39-i]
        times 3 + i % 5 nop
%assign i i+1
%endrep
%assign i 0
%rep 40
m%[i]:  jnz l%[i]
        times i % 7 db 0x90
        jmp l%[39-i]
%assign i i+1
%endrep
        align 16
x:      jmp x
        mov eax, [ebx + later]
        add ecx, later
        push later
        imul ecx, edx, later
        mov eax, [ebx + far_later]
        add ecx, far_later
        push far_later
        add ecx, end-x
        mov al, [ebx+(end-x)]
        add esi, end - y2
y2:     sub eax, y2 - end
later   equ 5
far_later equ 500
end:
