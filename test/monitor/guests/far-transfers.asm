; Far jumps, calls and returns, call gates with parameters, conforming code, and returns to the program.
%include "kernel.inc"

CONFORMING equ FREE
ABSENT equ FREE + 8
GATE0 equ FREE + 16             ; to ring 0, with two parameters, for everyone
GATE3 equ FREE + 24             ; to ring 3's own ring
GATE_CLOSED equ FREE + 32       ; to ring 0, for ring 0 only
GATE_ABSENT equ FREE + 40
GATE_JUMP equ FREE + 48

; call_gate selector, target selector, offset, access, parameters
%macro call_gate 5
        mov eax, %3
        mov [gdt + %1], ax
        mov word [gdt + %1 + 2], %2
        mov word [gdt + %1 + 4], (%4) << 8 | %5
        shr eax, 16
        mov [gdt + %1 + 6], ax
%endmacro

guest:
        call start_paging
        descriptor CONFORMING, 0, 0xfffff, 0xc09f
        descriptor ABSENT, 0, 0xfffff, 0xc01b
        call_gate GATE0, CODE0, .gate0, 0xec, 2
        call_gate GATE3, CODE3, .gate3, 0xec, 0
        call_gate GATE_CLOSED, CODE0, .gate0, 0x8c, 0
        call_gate GATE_ABSENT, CODE0, .gate0, 0x6c, 0
        call_gate GATE_JUMP, CODE0, .through_gate, 0x8c, 0

        ; ring 0 to ring 0
        jmp CODE0:.jumped
.jumped:
        say "far jump", 10
        call CODE0:.far_procedure
        say "far call and return", 10
        jmp [.pointer]
.jumped_by_pointer:
        say "far jump through memory", 10
        call CONFORMING:.far_procedure
        say "far call of conforming code", 10
        jmp CODE0:.here
.here:
        attempt "far jump to data", jmp DATA0:0
        attempt "far jump to nowhere", jmp 0xfff8:0
        attempt "far jump to null", jmp 0:0
        attempt "far jump to ring 3", jmp CODE3:0
        attempt "far jump, not present", jmp ABSENT:0
        attempt "far call to ring 3", call CODE3:0
        push dword 2
        push dword 1
        call GATE_CLOSED:0
        say "call through the kernel's own gate", 10
        jmp GATE_JUMP:0
.through_gate:
        say "jump through a gate", 10
        attempt "far jump through an absent gate", jmp GATE_ABSENT:0
        attempt "far call beyond the limit", call .beyond

        ; the program
        user "program, gate to ring 0", .program_gate
        user "program, closed gate", .program_closed
        user "program, absent gate", .program_absent
        user "program, gate to its own ring", .program_own_gate
        user "program, far call in its ring", .program_far_call
        user "program, conforming code", .program_conforming
        user "program, kernel's code", .program_kernel
        user "program, far jump to the gate's target", .program_jump_gate
        user "program, return to ring 0", .program_return_inwards

        ; kernel returns to the program by RETF, and the program comes back
        attempt_at .returns, .returned
        jmp .returns
.returns:
        push dword DATA3
        push dword STACK3
        push dword CODE3
        push dword .program_returned
        mov eax, DATA0
        mov ds, eax
        mov es, eax
        retf
        recovery_point .returned, "return to ring 3"
        attempt_at .returns2, .returned2
.returns2:
        push dword DATA3
        push dword STACK3
        push dword 0x11111111           ; parameters
        push dword CODE3
        push dword .program_returned
        retf 4
        recovery_point .returned2, "return to ring 3 with parameters"
        attempt "return to nowhere", call .bad_return
        attempt "return to ring 3 with a bad stack", call .bad_return_stack
        finish

.far_procedure:
        retf
.beyond:
        descriptor ABSENT, 0, 0xff, 0x409b
        call ABSENT:0x100
        ret
.gate0:
        push ebp
        mov ebp, esp
        mov ecx, [ebp + 12]
        mov edx, [ebp + 16]
        shl edx, 8
        add ecx, edx
        mov [.parameters], ecx
        mov ecx, [ebp + 8]
        mov [.caller], ecx
        pop ebp
        retf 8
.gate3:
        mov eax, 0x33
        retf
.program_gate:
        push dword 0x22
        push dword 0x11
        call GATE0:0
        mov eax, esp
        sub eax, STACK3
        shl eax, 16
        or eax, [.parameters]
        mov ecx, [.caller]
        shl ecx, 24
        add eax, ecx
        int 0x30
.program_closed:
        call GATE_CLOSED:0
.program_absent:
        call GATE_ABSENT:0
.program_own_gate:
        call GATE3:0
        int 0x30
.program_far_call:
        call CODE3:.far_procedure
        mov eax, 1
        int 0x30
.program_conforming:
        call CONFORMING:.far_procedure
        jmp CONFORMING:.in_conforming
.in_conforming:
        mov eax, 2
        int 0x30
.program_kernel:
        call CODE0:.far_procedure
.program_jump_gate:
        jmp GATE0:0
.program_return_inwards:
        push dword CODE0
        push dword .far_procedure
        retf
.program_returned:
        mov ecx, ds
        mov eax, esp
        sub eax, STACK3
        shl eax, 16
        mov ax, cx
        int 0x30
.bad_return:
        push dword 0xfff8
        push dword 0
        retf
.bad_return_stack:
        push dword DATA0
        push dword STACK3
        push dword CODE3
        push dword .program_returned
        retf
        align 4
.pointer:
        dd .jumped_by_pointer
        dw CODE0
        align 4
.parameters: dd 0
.caller: dd 0

;> far jump
;> far call and return
;> far jump through memory
;> far call of conforming code
;> far jump to data: exception d code=10 at=0
;> far jump to nowhere: exception d code=fff8 at=0
;> far jump to null: exception d code=0 at=0
;> far jump to ring 3: exception d code=18 at=0
;> far jump, not present: exception b code=38 at=0
;> far call to ring 3: exception d code=18 at=0
;> call through the kernel's own gate
;> jump through a gate
;> far jump through an absent gate: exception b code=58 at=0
;> far call beyond the limit: exception d code=0 at=552
;> program, gate to ring 0: done eax=1b002211
;> program, closed gate: exception d code=50 at=0
;> program, absent gate: exception b code=58 at=0
;> program, gate to its own ring: done eax=33
;> program, far call in its ring: done eax=1
;> program, conforming code: done eax=2
;> program, kernel's code: exception d code=8 at=0
;> program, far jump to the gate's target: exception d code=8 at=0
;> program, return to ring 0: exception d code=8 at=7
;> return to ring 3: done eax=0
;> return to ring 3 with parameters: done eax=40000
;> return to nowhere: exception d code=fff8 at=153
;> return to ring 3 with a bad stack: exception d code=10 at=11b
;> END
