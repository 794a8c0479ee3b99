; A virtual-8086 task in the guest: what it may do itself, what its kernel has to do for it, and how it comes back.
%include "kernel.inc"

CODE86 equ 0x1000               ; segment of its code: a copy at 0x10000
DATA86 equ 0x3000
STACK86 equ 0x2000
VM equ 0x20000
IO_MAP equ 0x8000                ; from the TSS on: beyond this image
%define OFFSET86(label) (label - code86)

; v86 "name", label, flags: runs it until it faults
%macro v86 3
        attempt_at (CODE86 << 4), %%after
        mov dword [attempted], OFFSET86(%2)
        push dword 0x5000               ; GS, FS, DS, ES
        push dword 0x4000
        push dword DATA86
        push dword DATA86
        push dword STACK86
        push dword 0x1000
        push dword VM | (%3)
        push dword CODE86
        push dword OFFSET86(%2)
        iretd
        recovery_point %%after, %1
%endmacro

; the flags and segments that were pushed when it was left: they lie on the kernel's stack
%macro frame86 0
        mov eax, [caught_flags]
        show "  flags", eax
        mov eax, [STACK_FAULT - 36 + 4]
        show " cs", eax
        mov eax, [STACK_FAULT - 36 + 16]
        show " ss", eax
        mov eax, [STACK_FAULT - 36 + 12]
        show " sp", eax
        mov eax, [STACK_FAULT - 36 + 20]
        show " es", eax
        mov eax, [STACK_FAULT - 36 + 24]
        show " ds", eax
        mov eax, [STACK_FAULT - 36 + 28]
        show " fs", eax
        mov eax, [STACK_FAULT - 36 + 32]
        show " gs", eax
        say 10
%endmacro

guest:
        mov esi, code86
        mov edi, CODE86 << 4
        mov ecx, code86_end - code86
        rep movsb
        call start_paging
        mov byte [idt + 0x30 * 8 + 5], 0xee
        ; the timer, to interrupt it
        gate 0x20, timer_handler, 0x8e

        v86 "ends by INT with IOPL 0", ends, 2
        frame86
        v86 "ends by INT with IOPL 3", ends, 0x3002
        frame86
        v86 "moves data", moves, 0x3002
        show "  byte", [DATA86 << 4]
        say 10
        v86 "CLI with IOPL 0", clears, 0x202
        v86 "CLI with IOPL 3", clears, 0x3202
        show "  flags", [caught_flags]
        say 10
        v86 "STI with IOPL 3", sets, 0x3002
        show "  flags", [caught_flags]
        say 10
        v86 "PUSHF with IOPL 0", pushes, 2
        v86 "PUSHF with IOPL 3", pushes, 0x3202
        v86 "POPF with IOPL 0", pops, 2
        v86 "POPF with IOPL 3", pops, 0x3002
        show "  flags", [caught_flags]
        say 10
        v86 "IRET with IOPL 0", returns, 2
        v86 "IRET with IOPL 3", returns, 0x3002
        v86 "HLT", halts, 0x3002
        v86 "MOV CR", moves_cr, 0x3002
        v86 "IN of a closed port", inputs, 0x3002
        ; the I/O map opens port 0x21
        mov word [tss + 102], IO_MAP
        mov word [gdt + TSS], IO_MAP + 32
        mov byte [gdt + TSS + 5], 0x89
        mov ax, TSS
        ltr ax
        mov dword [tss + IO_MAP + (0x20 / 8)], 0xfffffffd
        v86 "IN of an open port", inputs, 2
        v86 "far jump and call", jumps, 0x3002
        v86 "beyond 64 KiB", beyond, 0x3002
        v86 "stack beyond 64 KiB", stack_beyond, 0x3002
        v86 "offset with prefix", prefixed, 0x3002
        v86 "LGDT", loads_gdt, 0x3002
        v86 "SLDT", stores_ldt, 0x3002
        v86 "ARPL", adjusts, 0x3002
        v86 "undefined", undefined86, 0x3002
        v86 "page fault", ends, 2
        set_entry TABLE0 + (DATA86 >> 8) * 4, 0
        invlpg [DATA86 << 4]
        v86 "a page that is not there", moves, 0x3002
        set_entry TABLE0 + (DATA86 >> 8) * 4, (DATA86 << 4) | P | W
        invlpg [DATA86 << 4]
        v86 "a page of the kernel", moves, 0x3002
        set_entry TABLE0 + (DATA86 >> 8) * 4, (DATA86 << 4) | P | W | U
        invlpg [DATA86 << 4]
        ; single step
        v86 "single step", ends, 0x3102
        xor eax, eax
        mov dr6, eax

        ; interrupted by the timer, many times
        mov al, 0x11
        out 0x20, al
        mov al, 0x20
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        mov al, 0x34
        out 0x43, al
        mov al, 20
        out 0x40, al
        mov al, 0
        out 0x40, al
        v86 "counts under the timer", counts, 0x202
        v86 "switches interrupts under the timer", switches, 0x3202
        mov al, 0xff
        out 0x21, al
        finish

; from the task: notes that it was in virtual-8086 mode, and returns to it
timer_handler:
        push eax
        push ds
        mov eax, DATA0
        mov ds, eax
        mov al, 0x20
        out 0x20, al
        pop ds
        pop eax
        iretd

bits 16
code86:
ends:
        mov ax, cs
        int 0x30
moves:
        mov al, 0x5a
        mov [0], al
        mov bx, 0
        mov al, [bx]
        push ax
        pop cx
        mov al, cl
        mov ah, 0
        int 0x30
clears:
        cli
        int 0x30
sets:
        sti
        nop
        int 0x30
pushes:
        pushf
        pop ax
        int 0x30
pops:
        mov ax, 0x7ed7
        push ax
        popf
        cld
        int 0x30
returns:
        pushf
        push cs
        mov ax, OFFSET86(.there)
        push ax
        iret
.there:
        mov ax, 0x1e7
        int 0x30
halts:
        hlt
moves_cr:
        mov eax, cr0
inputs:
        mov ax, 0
        in al, 0x21
        int 0x30
jumps:
        jmp CODE86:OFFSET86(.there)
.there:
        call CODE86:OFFSET86(.procedure)
        mov ax, cs
        mov dx, ds
        add ax, dx
        int 0x30
.procedure:
        retf
beyond:
        mov bx, 0xffff
        mov ax, [bx]
stack_beyond:
        mov sp, 1
        push ax
prefixed:
        mov ebx, 0x10000
        mov al, [ebx]
loads_gdt:
        o32 lgdt [0]
stores_ldt:
        sldt ax
adjusts:
        arpl ax, ax
undefined86:
        ud2
counts:
        mov ecx, 30000
.again:
        inc ax
        a32 loop .again
        int 0x30
switches:
        mov ecx, 2000
        mov ax, 0
.again:
        cli
        inc ax
        sti
        inc ax
        a32 loop .again
        int 0x30
code86_end:
bits 32

;> ends by INT with IOPL 0: exception d code=0 at=2
;>   flags=30002 cs=1000 ss=2000 sp=1000 es=3000 ds=3000 fs=4000 gs=5000
;> ends by INT with IOPL 3: done eax=1000
;>   flags=23002 cs=1000 ss=2000 sp=1000 es=3000 ds=3000 fs=4000 gs=5000
;> moves data: done eax=5a
;>   byte=5a
;> CLI with IOPL 0: exception d code=0 at=0
;> CLI with IOPL 3: done eax=0
;>   flags=23002
;> STI with IOPL 3: done eax=0
;>   flags=23202
;> PUSHF with IOPL 0: exception d code=0 at=0
;> PUSHF with IOPL 3: done eax=3202
;> POPF with IOPL 0: exception d code=0 at=4
;> POPF with IOPL 3: done eax=7ed7
;>   flags=27ad7
;> IRET with IOPL 0: exception d code=0 at=0
;> IRET with IOPL 3: done eax=1e7
;> HLT: exception d code=0 at=0
;> MOV CR: exception d code=0 at=0
;> IN of a closed port: exception d code=0 at=3
;> IN of an open port: exception d code=0 at=5
;> far jump and call: done eax=4000
;> beyond 64 KiB: exception d code=0 at=3
;> stack beyond 64 KiB: exception c code=0 at=3
;> offset with prefix: exception d code=0 at=6
;> LGDT: exception d code=0 at=0
;> SLDT: exception 6 code=0 at=0
;> ARPL: exception 6 code=0 at=0
;> undefined: exception 6 code=0 at=0
;> page fault: exception d code=0 at=2
;> a page that is not there: exception e code=6 cr2=30000 at=2
;> a page of the kernel: exception e code=7 cr2=30000 at=2
;> single step: exception 1 code=0 at=2
;> counts under the timer: exception d code=0 at=a
;> switches interrupts under the timer: done eax=fa0
;> END
