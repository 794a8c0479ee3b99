; 64-bit code: RIP-relative addresses, REX registers, wide immediates.
        bits 64
        default rel
        org 0x100000
start:  mov rax, [value]
        mov rax, [rel value]
        mov rax, [abs value]
        mov eax, [fs:value]
        mov eax, [es:value]
        mov rax, [gs:0]
        lea rsi, [value]
        lea rdi, [rel start]
        lea rcx, [rax+value]
        mov [value], al
        mov byte [value], 5
        mov dword [value], 0x12345678
        mov qword [value], -1
        add qword [rel value], 300
        cmp byte [value], 'a'
        test dword [value], 1
        imul eax, [value], 1000
        shl dword [value], 3
        default abs
        mov rax, [value]
        mov rax, [rel value]
        mov eax, [qword value]
        mov [qword 0x1122334455667788], rax
        mov rax, value
        mov eax, value
        mov rax, 5
        mov rax, -5
        mov rax, 0x80000000
        mov rax, 0xffffffffffffffff
        mov rax, 0x1122334455667788
        mov rax, strict dword 5
        mov rax, strict qword 5
        mov rax, later
        push value
        push 5
        push 500
        push qword 5
        push rax
        push r9
        pop r15
        push qword [rbx]
        push fs
        mov r8b, r9b
        mov spl, al
        mov ah, bl
        mov r10w, 5
        mov r11d, [r12]
        mov r11d, [r13]
        mov rax, [rsp]
        mov rax, [rbp]
        mov rax, [r12+r13*8+5]
        mov rax, [rax*2]
        mov rax, [eax]
        mov rax, [eax+ecx*2+4]
        add rsp, 8
        sub rsp, 0x1000
        and rsp, -16
        xchg rax, r8
        xchg eax, eax
        movsxd rax, ecx
        movzx eax, r9b
        syscall
        sysret
        o64 sysret
        iretq
        swapgs
        jmp [value]
        call [rel value]
        call start
        jmp qword [rax]
        jmp far [rax]
        mov cr8, rax
        mov rax, cr3
        cmpxchg16b [rax]
        rep stosq
        lodsq
        a32 stosb
        in al, dx
        lgdt [value]
        movq xmm0, rax
        movq rax, xmm9
        movaps xmm8, [value]
        cvtsi2sd xmm0, rax
        vmread rax, rbx
        vmread [rax], rbx
        vmptrld [value]
        wrmsr
        enter 8, 0
        retf
        o64 retf
later   equ 7
value:  dq value, start
        section .data
other:  dq other, value
        section .text
        mov rax, [rel other]
        mov rbx, [other]
        jmp other
