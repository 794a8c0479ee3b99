; Data directives, reservations, repetition, floats.
        db 1, 2, 3,
        db
        dw 1, 0x1234, -1, 'ab', "abc", ?
        dd 1, 0x12345678, -1, label
        dq 1, 0x123456789abcdef0, -1, label
        dt 1.0, -2.5, 0.1, 3.14159265358979323846264338327950288
        dd 1.0, -1.5, 0.1, 1e10, 1.e-3, 1.5e+3, 3.4028235e38, 1e-45, 1e-46, 1e39, 0.0, -0.0, 16777217.0
        dq 1.0, 0.1, 2.2250738585072014e-308, 4.9e-324, 1.7976931348623157e308, 1_000.5, 0x1.8p3, 0x1p-3, 123456789012345678901234567890.0
        dw 1.0, 0.1, 65504.0, 6e-8, -0.5
        dd __?Infinity?__, -__?Infinity?__, __?NaN?__, __QNaN__, __?SNaN?__
        dq __?Infinity?__, __?NaN?__, __?SNaN?__
        dt __?Infinity?__, __?NaN?__
        dt 1e4000, 1e-4940, 1e-4950
        do 1.0, -0.1
        db 4 dup (1), 2 dup (1, 2, 'x'), 3 dup (?), 2 dup (3 dup (7), 8), %(1,2)
        dw 2 dup ('abc', 5)
N       equ 3
        db N dup (N), (N-1) dup 9
        resb 3
        resw 2
        resd 1
        resq 1
        rest 1
        times 5 db 0xaa
        times 3 dw label, 7
        times N*2 db N
        times 4 nop
        times 0 db 1
        times 3 resb 2
label:  times 64-($-label) db 0x90
        times 2 mov ax, $
        times 3 jmp $
        times 3 jmp label
        times 2 inc byte [label]
