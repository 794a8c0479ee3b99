; A boot sector with a label `start` in the middle of a routine: execution begins at its first byte.
bits 16
org 0x7c00
 xor ax,ax
 mov ds,ax
 mov si,msg
 call print
 mov al,0x10
 out 0xf4,al
 hlt
print:
start:
 lodsb
 test al,al
 jz done
 mov dx,0x3f8
 out dx,al
 jmp start
done: ret
msg db 'OK',0
 times 510-($-$$) db 0
 dw 0xaa55
