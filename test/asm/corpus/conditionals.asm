; Conditional assembly, repetition, string directives, contexts.
%define yes
%define value 5
%define name foo
%macro known 2
%endmacro
%ifdef yes
        db 1
%else
        db 2
%endif
%ifndef yes
        db 3
%elifdef value
        db 4
%else
        db 5
%endif
%if value > 3 && value < 10
        db 6
%elif value > 100
        db 7
%endif
%if 0
  "unterminated
  %if 1
        bogus!
  %else
  %endif
%elif 1
        db 8
%else
        db 9
%endif
%ifidn name, foo
        db 10
%endif
%ifidni FOO, foo
        db 11
%endif
%ifnidn a, b
        db 12
%endif
%ifnum 5
        db 13
%endif
%ifnum -5
        db 14
%endif
%ifid value_
        db 15
%endif
%ifstr "x"
        db 16
%endif
%iftoken 5
        db 17
%endif
%iftoken 5 6
        db 18
%endif
%ifempty
        db 19
%endif
%ifmacro known
        db 20
%endif
%ifmacro known 2
        db 21
%endif
%ifmacro known 3
        db 22
%endif
%ifmacro known 1-*
        db 23
%endif
%ifn 0
        db 24
%endif
%ifnmacro unknown
        db 25
%endif
%ifdef __?NASM_MAJOR?__
        db 26
%endif
here:   nop
%if $-$$ > 10
        db 27
%endif
%if here-$$ == 5
        db 28
%else
        db 29
%endif
%assign position $-$$
        db position
%rep 3
        db 0x30
%endrep
%assign i 0
%rep 10
  %if i == 4
    %exitrep
  %endif
        db i
  %assign i i+1
%endrep
%rep 2
  %rep 2
        db 0x31
  %endrep
        db 0x32
%endrep
%rep 0
        db 0xff
%endrep
%strlen len "hello"
%strcat cat "ab", 'cd', `\n`
%substr sub1 "abcdef" 2
%substr sub2 "abcdef" 2,3
%substr sub3 "abcdef" 3,-2
%defstr ds a b+c
%deftok dt 'mov'
        db len, cat, sub1, sub2, sub3, ds
        dt al, 5
%push loop
%define %$x 5
        db %$x
%$top:  jmp %$top
  %push inner
%$top:  jmp %$top
        jmp %$$top
    %ifctx inner
        db 40
    %endif
  %pop
  %ifctx loop
        db 41
  %endif
%pop loop
%macro if 2
  %push if
        cmp %1, %2
        jne %$end
%endmacro
%macro endif 0
  %$end:
  %pop
%endmacro
        if ax, 5
          inc bx
          if cx, 6
            inc dx
          endif
        endif
%assign fib1 1
%assign fib2 1
%rep 10
        dw fib1
  %assign tmp fib1 + fib2
  %assign fib1 fib2
  %assign fib2 tmp
%endrep
%warning this is only a warning
%include "included.inc"
        db INCLUDED
        included_macro 5
%include "included.inc"
