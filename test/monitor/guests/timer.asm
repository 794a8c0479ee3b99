; The timer's interrupt: after STI's and MOV SS's shadow, out of HLT, and in the midst of everything, at the same instruction
; everywhere.
%include "kernel.inc"

TIMER equ 0x20

; waits with interrupts off until the timer's request stands in the controller
%macro wait_pending 0
        call wait_for_request
%endmacro

; where, after the label `sequence`, the interrupt came
%macro came 2
        mov eax, [came_at]
        sub eax, %2
        show %1, eax
        say 10
%endmacro

%macro rate 1
        mov al, 0x34
        out 0x43, al
        mov al, (%1) & 0xff
        out 0x40, al
        mov al, (%1) >> 8
        out 0x40, al
%endmacro

guest:
        call start_paging
        gate TIMER, timer_handler, 0x8e
        mov al, 0x11
        out 0x20, al
        mov al, TIMER
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        rate 100

        wait_pending
.sequence1:
        sti
        nop
        nop
        cli
        came "sti, nop", .sequence1
        wait_pending
        mov dword [came_at], .sequence2 + 0x99
.sequence2:
        sti
        cli
        came "sti, cli: none", .sequence2
.sequence3:
        wait_pending
.sequence3a:
        sti
        sti
        nop
        nop
        cli
        came "sti, sti, nop", .sequence3a
        wait_pending
        mov ecx, DATA0
.sequence4:
        sti
        mov ss, ecx
        nop
        nop
        cli
        came "sti, mov ss, nop", .sequence4
        wait_pending
.sequence5:
        sti
        hlt
        cli
        came "sti, hlt, pending already", .sequence5
        ; out of HLT
.sequence6:
        sti
        hlt
        cli
        came "sti, hlt", .sequence6
        wait_pending
        push dword 0x202
        push dword CODE0
        push dword .sequence7
        iretd
.sequence7:
        nop
        cli
        came "iret", .sequence7
        wait_pending
        mov eax, 0x20
.sequence8:
        sti
        in al, 0x21             ; traps under a monitor, in the shadow of STI
        nop
        cli
        came "sti, in", .sequence8
        wait_pending
        mov dword [user_flags], 0x202
        mov dword [came_at], 0
        user "program with a request pending", .program
        came "  at", .program

        ; many interrupts while all kinds of things go on
        mov dword [ticks], 0
        mov dword [sum], 0
        rate 7
        mov edi, 300
.busy:
        sti
        mov eax, cr0
        mov ecx, 50
.count:
        loop .count
        mov esi, FRAMES
        push edi
        mov edi, FRAMES + 0x1000
        mov ecx, 64
        rep movsd
        pop edi
        in al, 0x21
        push ds
        pop ds
        mov ebx, cr3
        mov cr3, ebx
        cli
        dec edi
        jnz .busy
        cli
        show "ticks", [ticks]
        show " sum", [sum]
        say 10
        mov dword [ticks], 0
        mov dword [sum], 0
        mov byte [idt + 0x31 * 8 + 5], 0xee
        gate 0x31, system_call, 0xee
        user "program", .busy_program
        show "  ticks", [ticks]
        show " sum", [sum]
        say 10

        ; repeated string instructions are interrupted between elements
        mov dword [ticks], 0
        mov dword [sum], 0
        mov dword [ecx_sum], 0
        mov esi, FRAMES
        mov edi, FRAMES + 0x8000
        mov ecx, 8000
        sti
        rep movsb
        cli
        show "string ticks", [ticks]
        show " sum", [sum]
        show " left", [ecx_sum]
        say 10
        mov dword [ticks], 0
        mov dword [ecx_sum], 0
        mov edi, FRAMES
        mov ecx, 8000
        mov edx, 0x21
        sti
        rep insb
        cli
        show "port string ticks", [ticks]
        show " left", [ecx_sum]
        say 10
        mov al, 0xff
        out 0x21, al
        finish

.program:
        nop
        int 0x30
.busy_program:
        mov edi, 300
.again:
        mov ecx, 100
.count2:
        loop .count2
        int 0x31
        push edi
        mov esi, FRAMES
        mov edi, FRAMES + 0x1000
        mov ecx, 64
        rep movsd
        pop edi
        dec edi
        jnz .again
        int 0x30

system_call:
        nop
        iretd

wait_for_request:
        push eax
        mov al, 0x0a            ; read the request register
        out 0x20, al
.wait:
        in al, 0x20
        test al, 1
        jz .wait
        pop eax
        ret

; notes the place, and adds places up so that the order counts
timer_handler:
        push eax
        push ds
        mov eax, DATA0
        mov ds, eax
        mov eax, [esp + 8]
        mov [came_at], eax
        sub eax, 0x100000
        rol dword [sum], 1
        xor [sum], eax
        add [ecx_sum], ecx
        inc dword [ticks]
        mov al, 0x20
        out 0x20, al
        pop ds
        pop eax
        iretd

        align 4
came_at: dd 0
ticks:  dd 0
sum:    dd 0
ecx_sum: dd 0

;> sti, nop=2
;> sti, cli: none=99
;> sti, sti, nop=2
;> sti, mov ss, nop=4
;> sti, hlt, pending already=2
;> sti, hlt=2
;> iret=0
;> sti, in=3
;> program with a request pending: done eax=23
;>   at=0
;> ticks=44 sum=99c5b0c5
;> program: done eax=23
;>   ticks=5c sum=df7c9335
;> string ticks=f sum=ed0625f left=fd1d
;> port string ticks=f left=f3b5
;> END
