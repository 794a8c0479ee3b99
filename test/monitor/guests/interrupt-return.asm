; IRET in its forms, from the kernel: to itself, to the program, of 16 bits, with every flag, to what is not allowed.
%include "kernel.inc"

ABSENT equ FREE
SMALL equ FREE + 8

; the flags that an interrupt of the program (the kernel) pushes, as the kernel sees them
%macro flags_after 2
        mov dword [user_flags], %2
        user %1, .nothing
        show "  flags", [caught_flags]
        say 10
%endmacro

%macro kernel_flags_after 2
        attempt_at .nothing, %%after
        push dword %2
        push dword CODE0
        push dword .nothing
        iretd
        recovery_point %%after, %1
        show "  flags", [caught_flags]
        say 10
%endmacro

guest:
        call start_paging
        descriptor ABSENT, 0, 0xfffff, 0xc01b
        descriptor SMALL, 0, 0xff, 0x409b

        kernel_flags_after "kernel, no flags", 2
        kernel_flags_after "kernel, interrupts on", 0x202
        kernel_flags_after "kernel, IOPL 3", 0x3002
        kernel_flags_after "kernel, arithmetic", 0xcd7
        kernel_flags_after "kernel, ID and AC", 0x240002
        kernel_flags_after "kernel, RF", 0x10002
        kernel_flags_after "kernel, NT", 0x4002
        flags_after "program, interrupts off", 2
        flags_after "program, interrupts on", 0x202
        flags_after "program, IOPL 3", 0x3202
        flags_after "program, all", 0x244ed7
        mov dword [user_flags], 2

        attempt "null CS", call .null_code
        attempt "CS beyond the table", call .no_code
        attempt "data in CS", call .data_code
        attempt "CS not present", call .absent_code
        attempt "EIP beyond the limit", call .beyond
        attempt "null SS", call .null_stack
        attempt "kernel's SS for the program", call .kernel_stack
        attempt "code in SS", call .code_stack

        ; segments that the program may not have are taken from it
        attempt_at .sees_segments, .seen
        mov eax, DATA0
        mov ds, eax
        mov es, eax
        mov fs, eax
        mov eax, DATA3
        mov gs, eax
        push dword DATA3
        push dword STACK3
        push dword 2
        push dword CODE3
        push dword .sees_segments
        iretd
        recovery_point .seen, "segments in ring 3"

        ; 16 bits: the high halves of EIP and EFLAGS
        mov word [0x1234], 0x30cd       ; int 0x30
        attempt_at 0x1234, .came16
        push word 2
        push word CODE0
        push word 0x1234
        iretw
        recovery_point .came16, "16 bits"
        show "  eip", [caught_eip]
        show " flags", [caught_flags]
        say 10

        ; from the program, in its own ring: IF and IOPL stay
        user "program returns to itself", .own_return
        show "  flags", [caught_flags]
        say 10
        user "program returns to the kernel", .inward_return
        finish

.nothing:
        int 0x30
.frame:
        pop edx
        push dword 2
        push eax
        push dword .nothing
        iretd
.null_code:
        xor eax, eax
        jmp .frame
.no_code:
        mov eax, 0xfff8
        jmp .frame
.data_code:
        mov eax, DATA0
        jmp .frame
.absent_code:
        mov eax, ABSENT
        jmp .frame
.beyond:
        mov eax, SMALL
        jmp .frame
.outer_frame:
        push eax
        push dword STACK3
        push dword 2
        push dword CODE3
        push dword .nothing
        iretd
.null_stack:
        xor eax, eax
        jmp .outer_frame
.kernel_stack:
        mov eax, DATA0
        jmp .outer_frame
.code_stack:
        mov eax, CODE3
        jmp .outer_frame
.sees_segments:
        mov eax, ds
        mov ecx, es
        shl eax, 8
        or eax, ecx
        mov ecx, fs
        shl eax, 8
        or eax, ecx
        mov ecx, gs
        shl eax, 8
        or eax, ecx
        int 0x30
.own_return:
        push dword 0x3ed7
        push dword CODE3
        push dword .nothing
        iretd
.inward_return:
        push dword 2
        push dword CODE0
        push dword .nothing
        iretd

;> kernel, no flags: done eax=80010011
;>   flags=2
;> kernel, interrupts on: done eax=0
;>   flags=202
;> kernel, IOPL 3: done eax=0
;>   flags=3002
;> kernel, arithmetic: done eax=0
;>   flags=cd7
;> kernel, ID and AC: done eax=0
;>   flags=240002
;> kernel, RF: done eax=0
;>   flags=2
;> kernel, NT: done eax=0
;>   flags=4002
;> program, interrupts off: done eax=23
;>   flags=2
;> program, interrupts on: done eax=23
;>   flags=202
;> program, IOPL 3: done eax=23
;>   flags=3202
;> program, all: done eax=23
;>   flags=244ed7
;> null CS: exception d code=0 at=3eb
;> CS beyond the table: exception d code=fff8 at=3ae
;> data in CS: exception d code=10 at=365
;> CS not present: exception b code=30 at=325
;> EIP beyond the limit: exception d code=0 at=2e1
;> null SS: exception d code=0 at=2c7
;> kernel's SS for the program: exception d code=10 at=28a
;> code in SS: exception d code=18 at=239
;> segments in ring 3: done eax=23
;> 16 bits: done eax=0
;>   eip=1236 flags=2
;> program returns to itself: done eax=23
;>   flags=cd7
;> program returns to the kernel: exception d code=8 at=9
;> END
