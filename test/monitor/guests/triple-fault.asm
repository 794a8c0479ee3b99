; A triple fault: no gate for the fault, none for the double fault.
%include "kernel.inc"

guest:
        call start_paging
        say "before", 10
        lidt [.none]
        ud2
        say "after", 10
        finish
.none:
        dw 0
        dd 0

;> before
