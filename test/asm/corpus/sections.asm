; Sections of the bin format, org, absolute, alignment.
        org 0x100
        section .data
word1:  dw 0x1234, word2, bss1
        section .text
start:  mov ax, [word1]
        mov bx, word2
        mov [bss1], ax
        mov cx, data_end - word1
        jmp start
        jmp other
        call other
        dw start, other, $, $$
        section .bss
bss1:   resb 10
        alignb 4
bss2:   resw 3
        section .data
        align 16
word2:  dw word1, $-$$, $
        section other_code progbits align=16
other:  jmp start
        jz start
        dw other, $$
        section .data
data_end:
        section .text
        align 8
        dw bss2, bss2-bss1
        align 4, db 0xcc
        nop
        align 32
        absolute 0x400
bios:   resw 4
.keyboard: resb 1
        section .text
        mov ax, [bios.keyboard]
        mov bx, bios
        absolute bios.keyboard + 0x10
more:   resd 2
end_more:
        section .text
        dw more, end_more - more
        section .bss
        resb 1
        align 16
        [section .data]
        db 5
        segment .text
        nop
__SECT__
        nop
