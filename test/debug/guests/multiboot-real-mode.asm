; A Multiboot kernel that goes back to real mode: the vectors of the BIOS are there, and IRQ0 comes.
bits 32
org 0x8000
    align 4
header:
    dd 0x1badb002, 0x10000, -(0x1badb002+0x10000)
    dd header, header, 0, 0, start
start:
    lgdt [gdtr]
    jmp 0x18:real16
bits 16
real16:
    mov eax, cr0
    and al, 0xfe
    mov cr0, eax
    jmp 0:real
real:
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7000
    lidt [idtr]
    sti
    hlt
    mov dx, 0x3f8
    mov al, 'W'
    out dx, al
    cli
    hlt
idtr: dw 0x3ff
      dd 0
gdtr: dw 31
      dd gdt
align 8
gdt:  dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00009a000000ffff
