; Operators, precedence, number and character forms.
        db 1+2*3, (1+2)*3, 10-4-3, 100/7/2, 100 % 7, 7 // 2
        dd -7/2, -7//2, -7 % 3, -7 %% 3, 7 %% -3
        db 1<<3|1, 0xf0>>4&3, 6^3, 6|1^7&2, ~0&0xff, !0, !5, -(-3), +4
        dq 1<<40, 0x8000000000000000>>63, 0x8000000000000000>>>63, -1>>1, 1<<<4, 1<<64
        db 1=1, 1==2, 1!=2, 1<>1, 1<2, 2<=2, 3>2, 2>=3, 3<=>2, 2<=>2
        db 1&&0, 1||0, 1^^1, 0^^1, 2&&3, 0||0, 1 ? 5 : 6, 0 ? 5 : 2>1 ? 7 : 8
        db 1+1=2, 1|2==2, 5&4=4
        db 255, 0xff, 0FFh, $0ff, 0hff, 377o, 0o377, 377q, 0q377, 11111111b, 0b1111_1111, 1111_1111y, 0y11, 255d, 0d255, 0t255, 255t
        dd 0x1234_5678, 1_000_000, 0XFF, 0B11, 0O17, 10H, 1Fh
        dw 'a', 'ab', "b", `c`, 'a'+1, 'z'-'a', ('ab'), 'a'|'b'<<8
        dd 'abcd', 'abc', 'ab'*2
        dq 'abcdefgh', 'abcdefg'
        db 'it', "'s", `\x41\101\n\t\\\`\'\"\0\e\a\u00e9\U0001F600`, "caf\n", 'ünï'
        dw 'abc', 'x', "odd", ''
        dd 'hello'
there:  dw $, $$, $-$$, there, there+2, there-2, 2+there, $-there, (there), -(-there)
        dw end-there, (end-there)/2, end-$
        dw there - end + 5, (end - there) * 3 % 7
        db $ - there > 4, there = there, there == end
SIZE    equ end - there
        db SIZE, SIZE*2
LATER   equ LATEST+1
        db LATER
LATEST  equ 41
        dd __?ilog2e?__(1024), __ilog2w__(1024), __?ilog2f?__(1000), __?ilog2c?__(1000)
        db __?BITS?__, __BITS__, __?LINE?__
        dd __?NASM_MAJOR?__, __NASM_MINOR__
        dw __?PASS?__*0
end:
