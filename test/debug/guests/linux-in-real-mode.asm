; Ends as a Linux program does, from a boot sector.
org 0x7c00
        mov ax, 1
        mov bx, 0
        int 0x80
times 510 - ($ - $$) db 0
        dw 0xaa55
