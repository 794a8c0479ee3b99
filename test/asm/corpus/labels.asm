; Global, local and special labels, forced symbols, names that look like something else.
        bits 32
first:  nop
.loop:  jmp .loop
        jmp second.loop
second: nop
.loop:  jz .loop
.x:     jnz first.loop
..@outer:
        jmp .x
        jmp ..@outer
third   nop
fourth
        dd fourth, third, first.loop
.local  dd .local
$eax:   mov eax, $eax
$mov:   jmp $mov
        mov eax, [$eax]
_under: dd _under
a.b.c:  dd a.b.c
x@y#z$1~?: dd x@y#z$1~?
?start: dd ?start
cmp:    dd cmp
db:     dd db
five    equ 5
.five   equ 6
        db five, db.five
        nop
global first, second
        dd fifth.a
fifth:
.a:     nop
