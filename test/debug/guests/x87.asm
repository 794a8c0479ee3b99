; Floating point on a processor without an x87: #NM at the first instruction that computes, never a wrong result.
bits 32
org 0x100000
start:
    fninit
    fld qword [two]
    fmul qword [onehalf]
    fistp dword [answer]
    mov eax, [answer]
    add al, '0'
    mov dx, 0x3f8
    out dx, al
    mov al, 10
    out dx, al
    hlt
align 8
two:     dq 2.0
onehalf: dq 1.5
answer:  dd 0
