; INT 16h AH=12h with no key held: 0000.
bits 16
org 0x7c00
    mov ax, 0x1200
    int 0x16
    mov bx, ax
    mov cx, 4
.l: rol bx, 4
    mov al, bl
    and al, 15
    add al, '0'
    mov dx, 0x3f8
    out dx, al
    loop .l
    cli
    hlt
times 510-($-$$) db 0
dw 0xaa55
