; Debug exceptions in the guest: single steps through ordinary and through privileged instructions, breakpoints on code
; and data in both rings, INT3, INT1, INTO, BOUND, and a protected debug register.
%include "kernel.inc"

DR7_GLOBAL0 equ 2
DR7_GLOBAL1 equ 8
DR7_WRITE1 equ 0x00d00000       ; DR1: writes of 4 bytes
DR7_ACCESS1 equ 0x00f00000

; into ring 0 at label with TF set; the handler of #DB counts, and stops at the INT 0x30
%macro steps 2
        mov dword [count], 0
        mov dword [places], 0
        gate 1, step_handler, 0x8e
        attempt_at %2, %%after
        push dword 0x102
        push dword CODE0
        push dword %2
        iretd
        recovery_point %%after, %1
        show "  steps", [count]
        show " places", [places]
        say 10
%endmacro

%macro dr 2
        mov eax, %2
        mov %1, eax
%endmacro

; what DR6 says; and clears it
%macro causes 0
        mov eax, dr6
        and eax, 0xe00f
        show "  dr6", eax
        say 10
        xor eax, eax
        mov dr6, eax
%endmacro

guest:
        call start_paging
        xor eax, eax
        mov dr6, eax
        steps "ordinary", ordinary
        steps "privileged", privileged
        steps "stack segment", stack_segment
        steps "string", string
        steps "port", port
        steps "interrupts on and off", interrupts
        mov byte [idt + 0x31 * 8 + 5], 0xee
        gate 0x31, plain_handler, 0xee
        steps "software interrupt", software
        causes
        ; the program, stepped
        mov dword [count], 0
        mov dword [places], 0
        mov dword [user_flags], 0x102
        user "program", ordinary
        show "  steps", [count]
        show " places", [places]
        say 10
        mov dword [count], 0
        user "program, system call", software
        show "  steps", [count]
        say 10
        mov dword [user_flags], 2
        mov dword [idt + 1 * 8], 0
        mov eax, stubs + 16
        mov [idt + 1 * 8], ax
        mov word [idt + 1 * 8 + 2], CODE0
        shr eax, 16
        mov [idt + 1 * 8 + 6], ax
        causes

        ; code breakpoints
        dr dr0, ordinary.second
        dr dr7, DR7_GLOBAL0
        attempt "kernel at a code breakpoint", jmp ordinary
        causes
        user "program at a code breakpoint", ordinary
        causes
        ; with RF the instruction runs
        attempt_at ordinary.second, .ran
        push dword 0x10002
        push dword CODE0
        push dword ordinary.second
        iretd
        recovery_point .ran, "RF"
        causes
        dr dr0, privileged.second
        attempt "at a privileged instruction", jmp privileged
        causes
        ; data
        dr dr0, 0
        dr dr1, watched
        dr dr7, DR7_GLOBAL1 | DR7_WRITE1
        attempt "write", mov dword [watched], 1
        causes
        attempt "write of a part", mov byte [watched + 3], 1
        causes
        attempt "write beside it", mov byte [watched + 4], 1
        causes
        attempt "read", mov eax, [watched]
        causes
        user "program writes", writes
        causes
        dr dr7, DR7_GLOBAL1 | DR7_ACCESS1
        attempt "read, watched", mov eax, [watched]
        causes
        attempt "push", call .pushes
        causes
        ; in a page whose writes a monitor has to carry out
        dr dr7, 0
        dr dr1, gdt + FREE
        dr dr7, DR7_GLOBAL1 | DR7_WRITE1
        attempt "write to a watched table", mov dword [gdt + FREE], 0
        causes
        dr dr7, 0
        ; the general detect flag
        dr dr7, 0x2000
        attempt "debug register in use", mov eax, dr0
        causes
        mov eax, dr7
        show "dr7", eax
        say 10
        dr dr7, 0

        ; the others
        attempt "INT3", int3
        attempt "INT1", int1
        causes
        attempt "INTO without overflow", call .no_overflow
        attempt "INTO", call .overflow
        attempt "BOUND", call .bound
        user "program, INT3", program_int3
        mov byte [idt + 3 * 8 + 5], 0xee
        user "program, INT3 with an open gate", program_int3
        user "program, INT1", program_int1
        causes
        user "program, INTO", program_into
        user "program, debug register", program_dr
        finish

.pushes:
        mov eax, esp
        mov esp, watched + 4
        push dword 5
        mov esp, eax
        ret
.no_overflow:
        xor eax, eax
        into
        ret
.overflow:
        mov eax, 0x7fffffff
        inc eax
        into
        ret
.bound:
        mov eax, 5
        bound eax, [.bounds]
        ret
        align 4
.bounds: dd 1, 4

ordinary:
        mov eax, 1
.second:
        inc eax
        jmp .third
.third:
        int 0x30
privileged:
        mov eax, cr0
.second:
        mov cr0, eax
        cli
        mov ecx, cr3
        mov cr3, ecx
        invlpg [0x400000]
        nop
        int 0x30
stack_segment:
        mov eax, DATA0
        mov ss, eax
        nop
        nop
        int 0x30
string:
        mov esi, FRAMES
        mov edi, FRAMES + 0x100
        mov ecx, 3
        rep movsb
        int 0x30
port:
        in al, 0x21
        out 0x21, al
        int 0x30
interrupts:
        sti
        nop
        cli
        int 0x30
software:
        nop
        int 0x31
        nop
        int 0x30
writes:
        mov dword [watched], 2
        nop
        int 0x30
program_int3:
        int3
program_int1:
        int1
program_into:
        mov eax, 0x7fffffff
        inc eax
        into
program_dr:
        mov eax, dr0

; counts, and adds the address up; goes on with the next instruction
step_handler:
        push eax
        push ds
        mov eax, DATA0
        mov ds, eax
        inc dword [count]
        mov eax, [esp + 8]
        sub eax, ordinary
        add [places], eax
        pop ds
        pop eax
        iretd
plain_handler:
        nop
        iretd

        align 4
watched: dd 0, 0
count:  dd 0
places: dd 0

;> ordinary: done eax=2
;>   steps=3 places=13
;> privileged: done eax=80010011
;>   steps=7 places=96
;> stack segment: done eax=10
;>   steps=3 places=79
;> string: done eax=10
;>   steps=6 places=155
;> port: done eax=ff
;>   steps=2 places=84
;> interrupts on and off: done eax=10
;>   steps=3 places=d5
;> software interrupt: done eax=10
;>   steps=2 places=99
;>   dr6=4000
;> program: done eax=2
;>   steps=3 places=13
;> program, system call: done eax=23
;>   steps=2
;>   dr6=4000
;> kernel at a code breakpoint: exception 1 code=0 at=9a4
;>   dr6=1
;> program at a code breakpoint: exception 1 code=0 at=5
;>   dr6=1
;> RF: done eax=1
;>   dr6=0
;> at a privileged instruction: exception 1 code=0 at=836
;>   dr6=1
;> write: exception 1 code=0 at=a
;>   dr6=2
;> write of a part: exception 1 code=0 at=7
;>   dr6=2
;> write beside it: ok
;>   dr6=0
;> read: ok
;>   dr6=0
;> program writes: exception 1 code=0 at=a
;>   dr6=2
;> read, watched: exception 1 code=0 at=5
;>   dr6=2
;> push: exception 1 code=0 at=4e3
;>   dr6=2
;> write to a watched table: exception 1 code=0 at=a
;>   dr6=2
;> debug register in use: exception 1 code=0 at=0
;>   dr6=2000
;> dr7=400
;> INT3: exception 3 code=0 at=1
;> INT1: exception 1 code=0 at=1
;>   dr6=0
;> INTO without overflow: ok
;> INTO: exception 4 code=0 at=282
;> BOUND: exception 5 code=0 at=24e
;> program, INT3: exception d code=1a at=0
;> program, INT3 with an open gate: exception 3 code=0 at=1
;> program, INT1: exception 1 code=0 at=1
;>   dr6=0
;> program, INTO: exception d code=22 at=6
;> program, debug register: exception d code=0 at=0
;> END
