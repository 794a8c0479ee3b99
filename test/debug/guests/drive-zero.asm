; A loader that reads its second sector from drive 0, whatever DL says.
bits 16
org 0x7c00
 xor ax,ax
 mov ds,ax
 mov es,ax
 mov ax,0x0201
 mov bx,0x7e00
 mov cx,2
 mov dx,0
 int 0x13
 mov al,'E'
 jc .p
 mov al,[0x7e00]
.p: mov dx,0x3f8
 out dx,al
 mov al,0x10
 out 0xf4,al
 hlt
 times 510-($-$$) db 0
 dw 0xaa55
 db '2'
 times 1024-($-$$) db 0
