; A guest that brings a BIOS of its own: none of ours is put in its place.
bits 16
org 0xF0000
 times 0xfff0 db 0xf4
start: mov al,0x10
 out 0xf4,al
 hlt
 times 0x10000-($-$$) db 0
