; The first part of a kernel of three: a Multiboot header, a stack, and the call of what C and the library do.
bits 32
global _start, print_character, counter
extern kmain, finish

section .multiboot
align 4
        dd 0x1badb002, 0, -0x1badb002

section .text
_start: mov esp, stack.top
        xor eax, eax
        mov edi, table
        mov ecx, table.end - table
.sum:   add al, [edi]
        inc edi
        loop .sum
        mov [counter], eax
        push dword message
        call kmain
        add esp, 4
        jmp finish

; print_character(c): one byte on the first serial port
print_character:
        mov eax, [esp+4]
        mov edx, 0x3f8
        out dx, al
        inc dword [counter]
        ret

section .rodata
message db "from boot.asm", 10, 0

section .data
counter dd 0
table   db 1, 2, 3, 4
.end:

section .bss
stack   resb 4096
.top:
