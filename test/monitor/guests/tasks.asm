; Hardware task switches in the guest: by jump, call, interrupt and return, into ring 3, into another address space.
%include "kernel.inc"

TASK_A equ FREE
TASK_B equ FREE + 8
TASK_GATE equ FREE + 16
LDT_B equ FREE + 24
OTHER_DIRECTORY equ FRAMES + 0x10000
OTHER_TABLE equ FRAMES + 0x11000
PAGE equ 0x400000

; task_descriptor selector, label, access
%macro task_descriptor 3
        mov eax, %2
        mov word [gdt + %1], 103
        mov [gdt + %1 + 2], ax
        shr eax, 16
        mov [gdt + %1 + 4], al
        mov byte [gdt + %1 + 5], %3
        mov word [gdt + %1 + 6], 0
%endmacro

%macro busy 2
        mov al, [gdt + %2 + 5]
        and eax, 2
        show %1, eax
%endmacro

guest:
        mov dword [FRAMES], 0x11111111
        mov dword [FRAMES + 0x1000], 0x22222222
        mov edi, OTHER_DIRECTORY
        xor eax, eax
        mov ecx, 2 * 1024
        rep stosd
        mov dword [OTHER_DIRECTORY], TABLE0 | P | W | U
        mov dword [OTHER_DIRECTORY + 4], OTHER_TABLE | P | W | U
        mov dword [OTHER_TABLE], (FRAMES + 0x1000) | P | W | U
        map PAGE, FRAMES | P | W | U
        call start_paging
        mov eax, DIRECTORY
        mov [tss + 0x1c], eax

        task_descriptor TASK_A, task_a, 0x89
        task_descriptor TASK_B, task_b, 0xe9
        mov dword [gdt + TASK_GATE], TASK_B << 16
        mov dword [gdt + TASK_GATE + 4], 0x0000e500

        ; there by a jump, and back
        jmp TASK_A:0
        say "back from A", 10
        busy "main busy", TSS
        busy " A busy", TASK_A
        mov eax, cr0
        and eax, 8
        show " TS", eax
        say 10
        clts
        jmp TASK_A:0
        say "back from A again", 10

        ; nested, by a call
        mov dword [task_b + 0x20], b_nested
        mov dword [task_b + 0x38], STACK3
        call TASK_B:0
        say "back from B", 10
        busy "main busy", TSS
        busy " B busy", TASK_B
        show " link", [task_b]
        say 10
        mov eax, [task_b + 0x24]
        and eax, 0x4000
        show "B's NT", eax
        say 10

        ; by an interrupt through a task gate, from the kernel and from the program
        mov dword [idt + 0x31 * 8], TASK_B << 16
        mov dword [idt + 0x31 * 8 + 4], 0x0000e500
        mov dword [task_b + 0x20], b_nested
        int 0x31
        say "back from the interrupt", 10
        mov dword [task_b + 0x20], b_nested
        user "program, interrupt to a task", .interrupts
        mov dword [task_b + 0x20], b_nested
        user "program, call of a gate to a task", .calls

        ; a task in ring 3, with an LDT and an address space of its own
        mov eax, .ldt_b
        mov word [gdt + LDT_B], 0xf
        mov [gdt + LDT_B + 2], ax
        shr eax, 16
        mov [gdt + LDT_B + 4], al
        mov byte [gdt + LDT_B + 5], 0x82
        mov dword [task_b + 0x60], LDT_B
        mov dword [task_b + 0x1c], OTHER_DIRECTORY
        mov dword [task_b + 0x20], b_in_ring3
        mov dword [task_b + 0x48], 7
        mov dword [task_b + 0x4c], CODE3
        mov dword [task_b + 0x50], DATA3
        mov dword [task_b + 0x54], DATA3
        mov dword [task_b + 0x58], DATA3
        mov dword [task_b + 0x5c], 0
        mov dword [task_b + 0x38], STACK3
        mov dword [task_b + 0x24], 2
        attempt_at b_in_ring3, .from_ring3
        jmp TASK_B:0
        recovery_point .from_ring3, "task in ring 3"
        mov eax, [PAGE]
        show "address space", eax
        mov eax, OTHER_DIRECTORY
        mov ebx, cr3
        sub ebx, eax
        show " cr3", ebx
        say 10
        ; its TSS is the current one; back into the main task's
        mov dword [tss + 0x20], .main_again
        mov dword [tss + 0x24], 2
        mov dword [tss + 0x38], STACK0 - 0x400
        mov dword [tss + 0x48], DATA0
        mov dword [tss + 0x4c], CODE0
        mov dword [tss + 0x50], DATA0
        mov dword [tss + 0x54], DATA0
        and byte [gdt + TSS + 5], ~2
        jmp TSS:0
.main_again:
        mov eax, [PAGE]
        show "main address space", eax
        say 10

        ; what is not allowed
        clts
        attempt "jump to the busy task", jmp TSS:0
        task_descriptor TASK_B, task_b, 0x69
        attempt "jump to an absent task", jmp TASK_B:0
        task_descriptor TASK_B, task_b, 0xe9
        mov word [gdt + TASK_B], 0x66
        attempt "jump to a task that is too short", jmp TASK_B:0
        task_descriptor TASK_B, task_b, 0x89
        user "program calls a task of the kernel", .calls_directly
        attempt "IRET with NT and no link", call .return_without_link

        ; the debug trap of a task
        task_descriptor TASK_A, task_a, 0x89
        mov word [task_a + 0x64], 1
        attempt_at a_trapped, .trapped
        mov dword [task_a + 0x20], a_trapped
        jmp TASK_A:0
        recovery_point .trapped, "T flag"
        mov eax, dr6
        show "dr6", eax
        say 10
        finish

.interrupts:
        int 0x31
        mov eax, 0x31
        int 0x30
.calls:
        call TASK_GATE:0
        mov eax, 0x32
        int 0x30
.calls_directly:
        call TASK_B:0
.return_without_link:
        mov word [tss], 0
        push dword 0x4002
        push dword CODE0
        push dword .with_nt
        iretd
.with_nt:
        iretd
        align 8
.ldt_b:
        dd ((FRAMES & 0xffff) << 16) | 0xfff, 0x0040f300 | FRAMES >> 16
        dd 0, 0

a_start:
        say "in A", 10
        jmp TSS:0
        say "in A again", 10
        jmp TSS:0
a_trapped:
        say "never", 10
b_nested:
        mov ax, DATA0
        mov ds, eax
        show "in B, link", [task_b]
        say 10
        iretd
        jmp b_nested
b_in_ring3:
        mov eax, [es:0]
        add eax, [PAGE]
        int 0x30

        align 8
task_a:
        dd 0, STACK_FAULT, DATA0, 0, 0, 0, 0, DIRECTORY
        dd a_start, 2, 0, 0, 0, 0, STACK0 - 0x1000, 0, 0, 0
        dd DATA0, CODE0, DATA0, DATA0, DATA0, DATA0, 0
        dw 0, 104
task_b:
        dd 0, STACK_FAULT, DATA0, 0, 0, 0, 0, DIRECTORY
        dd b_nested, 2, 0, 0, 0, 0, STACK0 - 0x2000, 0, 0, 0
        dd DATA0, CODE0, DATA0, DATA0, DATA0, DATA0, 0
        dw 0, 104

;> in A
;> back from A
;> main busy=2 A busy=0 TS=8
;> in A again
;> back from A again
;> in B, link=28
;> back from B
;> main busy=2 B busy=0 link=28
;> B's NT=0
;> in B, link=28
;> back from the interrupt
;> in B, link=28
;> program, interrupt to a task: done eax=31
;> in B, link=28
;> program, call of a gate to a task: done eax=32
;> task in ring 3: done eax=33333333
;> address space=22222222 cr3=0
;> main address space=11111111
;> jump to the busy task: exception d code=28 at=0
;> jump to an absent task: exception b code=38 at=0
;> jump to a task that is too short: exception a code=38 at=0
;> program calls a task of the kernel: exception d code=38 at=0
;> IRET with NT and no link: exception a code=0 at=fa
;> T flag: exception 1 code=0 at=0
;> dr6=ffff8ff0
;> END
