; INT 15h AH=86h for a second: the processor sleeps, so that time can be skipped.
bits 16
org 0x7c00
    mov ah, 0x86
    mov cx, 0x000f      ; 000F4240h = 1,000,000 microseconds
    mov dx, 0x4240
    int 0x15
    cli
    hlt
times 510-($-$$) db 0
dw 0xaa55
