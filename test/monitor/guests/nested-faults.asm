; Faults within the delivery of faults: handled one after the other, or double faults, the last through a task gate.
%include "kernel.inc"

DF_TSS equ FREE
HOLE equ 0x2f0000               ; a page that will not be there

guest:
        call start_paging
        set_entry TABLE0 + (HOLE >> 12) * 4, 0
        invlpg [HOLE]

        ; gates that are not present, or not gates
        mov byte [idt + 13 * 8 + 5], 0x0e
        attempt "#GP without gate", call .general_protection
        mov byte [idt + 13 * 8 + 5], 0x8e
        mov byte [idt + 14 * 8 + 5], 0x0e
        attempt "#PF without gate", mov eax, [HOLE]
        mov byte [idt + 14 * 8 + 5], 0x8e
        mov byte [idt + 6 * 8 + 5], 0x0e
        attempt "#UD without gate", ud2
        mov byte [idt + 6 * 8 + 5], 0x8e
        mov byte [idt + 6 * 8 + 5], 0x82
        attempt "#UD through an LDT descriptor", ud2
        mov byte [idt + 6 * 8 + 5], 0x8e
        mov word [idt + 6 * 8 + 2], 0xfff8
        attempt "#UD to a selector beyond the table", ud2
        mov word [idt + 6 * 8 + 2], DATA0
        attempt "#UD to data", ud2
        mov word [idt + 6 * 8 + 2], CODE3
        attempt "#UD to ring 3", ud2
        mov word [idt + 6 * 8 + 2], CODE0
        attempt "INT without gate", int 0x3f
        mov word [.register], 0x3f * 8 - 1
        mov dword [.register + 2], idt
        lidt [.register]
        attempt "INT beyond the table", int 0x3f
        lidt [idt_register]
        mov word [idt + 0 * 8 + 2], 0
        attempt "#DE to a null selector", div dword [.zero]
        mov word [idt + 0 * 8 + 2], CODE0

        ; from ring 3 to a stack that is not there
        user "program, #UD", .undefined
        mov dword [tss + 4], HOLE + 0x1000
        ; a double fault needs a stack of its own: a task
        mov eax, df_tss
        descriptor DF_TSS, 0, 103, 0x0089
        mov [gdt + DF_TSS + 2], ax
        shr eax, 16
        mov [gdt + DF_TSS + 4], al
        mov word [idt + 8 * 8 + 2], DF_TSS
        mov byte [idt + 8 * 8 + 5], 0x85
        user "program, bad stack", .undefined
        mov dword [tss + 4], STACK_FAULT
        mov dword [tss + 8], DATA3
        user "program, stack of ring 3", .undefined
        mov dword [tss + 8], 0
        user "program, null stack", .undefined
        mov dword [tss + 8], 0xfff8
        user "program, stack beyond the table", .undefined
        mov dword [tss + 8], DATA0
        user "program, good again", .undefined
        finish

; The task of the double fault: jumps to the recovery point of the main program's task.
.double_fault:
        pop dword [caught_error]
        mov dword [caught_vector], 8
        and byte [gdt + TSS + 5], ~2            ; no longer busy
        mov eax, [recovery]
        mov [tss + 0x20], eax
        mov dword [tss + 0x24], 2
        mov eax, [recovery_stack]
        mov [tss + 0x38], eax
        mov dword [tss + 0x48], DATA0
        mov dword [tss + 0x4c], CODE0
        mov dword [tss + 0x50], DATA0
        mov dword [tss + 0x54], DATA0
        mov dword [tss + 0x1c], DIRECTORY
        jmp TSS:0
        jmp .double_fault                       ; the next time the task goes on here

.general_protection:
        mov eax, 0xfff8
        mov es, eax
        ret
.undefined:
        ud2
        align 4
.zero:  dd 0
.register:
        dw 0
        dd 0
        align 4
df_tss:
        dd 0, STACK_FAULT, DATA0, 0, 0, 0, 0, DIRECTORY
        dd guest.double_fault, 2, 0, 0, 0, 0, STACK0 - 0x1000, 0, 0, 0
        dd DATA0, CODE0, DATA0, DATA0, 0, 0, 0
        dw 0, 104

;> #GP without gate: exception 8 code=0 at=66f
;> #PF without gate: exception 8 code=0 at=0
;> #UD without gate: exception b code=33 at=0
;> #UD through an LDT descriptor: exception d code=33 at=0
;> #UD to a selector beyond the table: exception d code=fff9 at=0
;> #UD to data: exception d code=11 at=0
;> #UD to ring 3: exception d code=19 at=0
;> INT without gate: exception 3f code=0 at=2
;> INT beyond the table: exception d code=1fa at=0
;> #DE to a null selector: exception 8 code=0 at=0
;> program, #UD: exception 6 code=0 at=0
;> program, bad stack: exception 8 code=0 at=0
;> program, stack of ring 3: exception 8 code=0 at=0
;> program, null stack: exception 8 code=0 at=0
;> program, stack beyond the table: exception 8 code=0 at=0
;> program, good again: exception 6 code=0 at=0
;> END
