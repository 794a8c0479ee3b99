; 4000 writes to low memory in real mode: no descriptor table lies there, so none of them leaves the guest.
bits 16
org 0x7c00
start:
    cli
    xor ax, ax
    mov ds, ax
    mov cx, 4000
.loop:
    mov [0x9000], cx
    loop .loop
    hlt
times 510-($-$$) db 0
dw 0xaa55
