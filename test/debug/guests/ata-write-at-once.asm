; WRITE SECTORS with the data at once, without a look at DRQ: the drive takes it and ends, status 50.
bits 16
org 0x7c00
    cli
    xor ax, ax
    mov ds, ax
    mov dx, 0x1f2
    mov al, 1
    out dx, al
    inc dx
    mov al, 5
    out dx, al
    inc dx
    xor al, al
    out dx, al
    inc dx
    out dx, al
    inc dx
    mov al, 0xe0
    out dx, al
    inc dx
    mov al, 0x30
    out dx, al
    mov dx, 0x1f0
    mov si, 0x7c00
    mov cx, 256
    rep outsw
    mov ecx, 200000
.wait:
    mov dx, 0x1f7
    in al, dx
    dec ecx
    jnz .wait
    mov bl, al
    mov cx, 2
.digit:
    rol bl, 4
    mov al, bl
    and al, 15
    add al, '0'
    mov dx, 0x3f8
    out dx, al
    loop .digit
    cli
    hlt
times 510-($-$$) db 0
dw 0xaa55
