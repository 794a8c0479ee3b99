; Choice of immediate sizes, explicit sizes, strict.
        bits 32
%macro group 1
        %1 eax, 5
        %1 eax, -5
        %1 eax, 127
        %1 eax, 128
        %1 eax, -128
        %1 eax, -129
        %1 eax, 0xffffff80
        %1 eax, 0xffffff7f
        %1 eax, 0x12345678
        %1 ebx, 5
        %1 ebx, 0x1234
        %1 ax, 5
        %1 ax, 0xff80
        %1 ax, 0x1234
        %1 bx, -1
        %1 al, 5
        %1 bl, 0xff
        %1 al, -1
        %1 eax, byte 5
        %1 eax, dword 5
        %1 eax, strict dword 5
        %1 ebx, strict byte 5
        %1 ebx, strict dword 5
        %1 dword [esi], 5
        %1 dword [esi], 500
        %1 word [esi], 5
        %1 word [esi], 500
        %1 byte [esi], 5
        %1 dword [esi], byte 5
        %1 dword [esi], strict dword 5
        %1 eax, label
        %1 eax, label-start
        %1 ebx, end-start
        %1 ebx, label
        %1 dword [esi], label
        %1 eax, forward
        %1 ebx, forward
        %1 ebx, forward_big
%endmacro
start:
        group add
label:  group cmp
        group and
        bits 16
        group sub
        bits 32
        push 5
        push -5
        push 127
        push 128
        push 0x1234
        push byte 5
        push word 5
        push dword 5
        push word 0x1234
        push strict dword 5
        push label
        push forward
        push end-start
        imul eax, 5
        imul eax, ebx, 5
        imul eax, ebx, 500
        imul eax, [ebx], 5
        imul ax, bx, -1
        imul eax, label
        mov eax, 5
        mov al, 5
        mov ax, -1
        mov byte [eax], 5
        mov word [eax], -1
        mov dword [eax], label
        mov [eax], byte 5
        mov al, label-start
        test eax, 5
        test al, 5
        test ebx, 5
        test byte [eax], 5
        test [eax], ebx
        test ebx, [eax]
        shl eax, 1
        shl eax, 2
        shl eax, cl
        shl eax, one
        shl eax, forward
        rol byte [eax], 1
        sar word [eax], 3
        shld eax, ebx, 5
        shrd eax, ebx, cl
        bt eax, 5
        bts dword [eax], 31
        bt [eax], ebx
        int 0x80
        in al, 0x60
        out 0x60, eax
        ret 8
        enter 0x100, 2
        aam
        aam 16
        aad 7
        xchg eax, ebx
        xchg ebx, eax
        xchg ebx, ecx
        xchg al, bl
        xchg ax, bx
        xchg eax, eax
        nop
one     equ 1
forward equ 5
forward_big equ 0x1234
end:
