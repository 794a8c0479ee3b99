; A boot sector without `org`, DS = 07C0h, as old tutorials have it: a BIOS loads it at 0000:7C00 all the same.
bits 16
 mov ax,0x07c0
 mov ds,ax
 mov al,[msg]
 test al,al
 jnz .ok
 mov al,'?'
.ok: mov dx,0x3f8
 out dx,al
 mov al,0x10
 out 0xf4,al
 hlt
msg db 'K'
 times 510-($-$$) db 0
 dw 0xaa55
