; A Multiboot kernel, below which there is a BIOS, that has mapped itself where the BIOS lies,
; and ends there: the BIOS has nothing to do with it.
bits 32
org 0x100000
directory equ 0x200000
table   equ 0x201000
header: dd 0x1badb002, 0x10000, -(0x1badb002 + 0x10000)
        dd header, header, 0, 0, start
start:  mov dword [directory], table + 3
        xor ecx, ecx
.fill:  mov eax, ecx
        shl eax, 12
        or eax, 3
        mov [table + ecx * 4], eax
        inc ecx
        cmp ecx, 1024
        jb .fill
        mov dword [table + 0xf0 * 4], 0x100003
        mov eax, directory
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        mov eax, 0xf0000 + end - header
        jmp eax
end:    cli
        hlt
