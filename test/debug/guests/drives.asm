; Which drive did it start from, and can drive 0 be read?
bits 16
org 0x7c00
    push dx
    mov al, '0'
    test dl, 0x80
    jz .put
    mov al, '8'
.put:
    mov dx, 0x3f8
    out dx, al
    pop dx
    xor ax, ax
    mov es, ax
    mov ax, 0x0201
    mov bx, 0x9000
    mov cx, 1
    xor dx, dx
    int 0x13
    mov al, 'F'
    jnc .done
    mov al, '-'
.done:
    mov dx, 0x3f8
    out dx, al
    cli
    hlt
times 510-($-$$) db 0
dw 0xaa55
