; ARPL that has nothing to change writes nothing, so a read-only segment is no fault: "N"; #GP would print "G".
bits 32
org 0x100000
start:
    lgdt [gdtr]
    lidt [idtr]
    mov ax, 0x18
    mov es, ax
    mov bx, 2
    arpl [es:word3], bx
    mov al, 'N'
    jmp out
gp: mov al, 'G'
out:
    mov dx, 0x3f8
    out dx, al
    mov al, 10
    out dx, al
    hlt
word3: dw 3
align 8
gdt: dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00cf90000000ffff
gdtr: dw 31
      dd gdt
idt: times 13 dq 0
     dw (gp - $$) & 0xffff, 8, 0x8e00, 0x10
idtr: dw 14*8-1
      dd idt
