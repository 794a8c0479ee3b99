; start, vstart, follows, valign, nobits.
        org 0x7c00
        section .text
        jmp second
        dw high, low, bss
        times 64-($-$$) db 0
        section .low start=0x7e00 vstart=0x600
low:    dw low, high, $
        jmp low
        call high
        section .high follows=.low vstart=0xc000 align=32
high:   dd high
        db 1
        section .after align=8
after:  dw after
        section .virtual vfollows=.high valign=64
virt:   dw virt
        section .bss
bss:    resb 4
        section .bss2 nobits align=64
bss2:   resb 4
        section .text
second: mov ax, bss2
        mov bx, virt
        mov cx, after
