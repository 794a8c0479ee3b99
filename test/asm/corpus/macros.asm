; The preprocessor: single-line and multi-line macros.
%define one 1
%define add2(a, b) ((a)+(b))
%define twice(x) add2(x, x)
%idefine CASELESS 7
%define empty
%define chain1 chain2
%define chain2 chain3
%define chain3 9
%define over(a) a
%define over(a,b) (a*b)
%define self self
%define text "string"
        db one, add2(1,2), twice(4), caseless, CaseLess, chain1, over(3), over(3,4)
        db empty 5, text
self:   dw self
%xdefine now one
%define one 100
        db one, now
%undef one
%define a(x) 1+a(x)
%define join(a,b) a%+b
join(la,bel): dw join(la,bel)
%define prefix pre
prefix%+fix: dw prefix%+fix
%assign counter 0
%assign counter counter+1
%assign counter counter*3 + 1
        db counter
%macro plain 0
        db 0xaa
%endmacro
%macro three 3
        db %1, %2, %3
%endmacro
%macro defaults 1-3 20, 30
        db %0, %1, %2, %3
%endmacro
%macro optional 0-3
        db %0
  %if %0 > 1
        db %2
  %endif
%endmacro
%macro greedy 1-2+
        db %1
        db %2
%endmacro
%macro all 1+
        db %1
%endmacro
%macro all 0
        db 0xee
%endmacro
        plain
        three 1, 2, 3
        three {1, 2}, 3, add2(4, 5)
        defaults 1
        defaults 1, 2
        defaults 1, 2, 3
        optional
        optional 5
        optional 5, 6
        greedy 1, 2, 3, 4
        all 1, 2, "x"
        all
%macro retz 1
        j%-1 %%skip
        ret
  %%skip:
        j%+1 %%skip
%endmacro
        retz z
        retz nc
%macro each 1-*
  %rep %0
        push %1
    %rotate 1
  %endrep
%endmacro
        each ax, bx, cx
%macro backwards 1-*
  %rep %0
    %rotate -1
        pop %1
  %endrep
%endmacro
        backwards ax, bx, cx
%macro range 3-*
        db %{2:3}, %{-1:1}
%endmacro
        range 1, 2, 3
        range 1, 2, 3, 4
%macro named 1
fn_%1:  dw fn_%1
%1_end: dw %1_end, %1_end.inner
.inner: nop
%endmacro
        named x
        named y
%macro outer 1
        db %1
        inner %1 + 1
  %%here: dw %%here
%endmacro
%macro inner 1
  %%here: dw %%here
        db %1
%endmacro
        outer 5
        outer 6
%macro push 2+
        push %1
        push %2
%endmacro
        push ax
        push ax, bx
%macro withlabel 0
        nop
%00:    dw %00
%endmacro
lab1:   withlabel
lab2    withlabel
lab3:   plain
lab4    plain
        dw lab1, lab2, lab3, lab4
%macro quit 1
        db 1
  %if %1
    %exitmacro
  %endif
        db 2
%endmacro
        quit 0
        quit 1
%macro define_me 2
  %define %1 %2
  %assign %1_n %2+1
%endmacro
        define_me foo, 3
        db foo, foo_n
%macro maker 1
  %macro made_%1 0
        db %1
  %endmacro
%endmacro
        maker 7
        made_7
%unmacro plain 0
plain:  db 1
%macro long 2
        mov ax, %1
        ; a comment with 'an apostrophe
        add ax, \
            %2
%endmacro
        long 5, 6
%macro quoted 1
        db %1, "%1"
%endmacro
        quoted 3
%define str_of(x) db x
        str_of("a,b")
%define paren(x) x
%assign n 3
left_%[n]_right: dw left_%[n]_right
        dw %[n]0
%define tail_3 here_it_is
here_it_is: dw tail_%[n]
%define cc dd_joined
ab%+cc: dw ab%+cc
