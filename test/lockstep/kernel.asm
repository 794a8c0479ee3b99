; The kernel under which random programs run. It gives each program the same chance to go on after whatever it did: a
; fault leads to the address that the program left in `resume`, traps and interrupts return. What happened goes into
; counters and a sum, so that two runs that differ anywhere end up with different memory.
;
; `layout.ts` has the addresses and selectors; the tables that lead here are built by `tables.ts`.
bits 32
org 0x3a000

KERNEL_DATA equ 0x10
USER_DATA equ 0x23
STACK_TOP equ 0x3e000
LAZY_FIRST equ 0x24000
LAZY_END equ 0x28000
TABLES_A equ 0x35000
TABLES_B equ 0x38000
DIRECTORY_A equ 0x34000
DIRECTORY_B equ 0x37000
PIC1 equ 0x20
PIC2 equ 0xa0
PIT equ 0x40

; --- set-up: interrupt controllers at 0x20 and 0x28, the timer at a period that the program wants
start:
        mov al, 0x11
        out PIC1, al
        out PIC2, al
        mov al, 0x20
        out PIC1 + 1, al
        mov al, 0x28
        out PIC2 + 1, al
        mov al, 4
        out PIC1 + 1, al
        mov al, 2
        out PIC2 + 1, al
        mov al, 1
        out PIC1 + 1, al
        out PIC2 + 1, al
        mov al, [pic_mask]
        out PIC1 + 1, al
        mov al, 0xff
        out PIC2 + 1, al
        mov al, 0x34
        out PIT + 3, al
        mov al, [timer_period]
        out PIT, al
        mov al, [timer_period + 1]
        out PIT, al
        jmp [program_start]

; --- one entry for each vector: error code (or 0) and vector are on the stack
%macro entry 1
entry_%1:
  %if %1 != 8 && (%1 < 10 || %1 > 14) && %1 != 17
        push dword 0
  %endif
        push dword %1
        jmp common
%endmacro

%assign vector 0
%rep 0x50
        entry vector
  %assign vector vector + 1
%endrep

; frame: es +0, ds +4, edi..eax +8..+36, vector +40, error code +44, eip +48, cs +52, eflags +56
common:
        pushad
        push ds
        push es
        mov eax, KERNEL_DATA
        mov ds, eax
        mov es, eax
        cld
        mov ebx, [esp + 40]
        inc dword [counts + ebx * 4]
        mov edx, [sum]
        rol edx, 5
        xor edx, [esp + 44]
        add edx, [esp + 48]
        xor edx, [esp + 36]
        mov [sum], edx
        jmp [handlers + ebx * 4]

return:
        pop es
        pop ds
        popad
        add esp, 8
        iretd

; --- faults: the program goes on where it said
fault:
        mov eax, cr2
        add [sum], eax
give_up:
        mov eax, KERNEL_DATA
        mov ds, eax
        mov es, eax
        mov ss, eax
        mov esp, STACK_TOP
        jmp [resume]

page_fault:
        mov eax, cr2
        add [sum], eax
        cmp eax, LAZY_FIRST
        jb fault
        cmp eax, LAZY_END
        jae fault
        ; a page that is mapped when it is first touched, in both address spaces
        shr eax, 12
        mov ebx, TABLES_A
        or dword [ebx + eax * 4], 7
        mov ebx, TABLES_B
        or dword [ebx + eax * 4], 7
        jmp return

; --- #DB: single steps until `steps_left` runs out; a code breakpoint is passed with RF
debug:
        mov eax, dr6
        add [sum], eax
        xor eax, eax
        mov dr6, eax
        or dword [esp + 56], 0x10000
        dec dword [steps_left]
        jns return
        and dword [esp + 56], ~0x100
        jmp return

; --- interrupts
timer:
        mov eax, [timer_next]
        test eax, eax
        jz .same
        mov al, 0x34
        out PIT + 3, al
        mov eax, [timer_next]
        rol eax, 3
        mov [timer_next], eax
        out PIT, al
        mov al, ah
        and al, 3
        out PIT, al
.same:
        mov al, 0x20
        out PIC1, al
        jmp return
second_controller:
        mov al, 0x20
        out PIC2, al
first_controller:
        mov al, 0x20
        out PIC1, al
        jmp return

; --- services
; 0x40: go on in ring 0, in flat 32-bit code, after the INT
become_kernel:
        mov eax, [esp + 48]
        mov [resume], eax
        jmp give_up
; 0x41: other flags
change_flags:
        xor dword [esp + 56], 0x8d5
        jmp return
; 0x42: changes a byte of code
change_code:
        mov ebx, [patch_address]
        mov al, [patch_value]
        xor [ebx], al
        jmp return
; 0x43: changes a page table entry, and perhaps says so
change_page:
        mov ebx, [entry_address]
        mov eax, [entry_value]
        xor [ebx], eax
        mov eax, [entry_invalidates]
        test eax, eax
        jz return
        mov ebx, [entry_linear]
        invlpg [ebx]
        jmp return
; 0x44: the same address space again
reload_cr3:
        mov eax, cr3
        mov cr3, eax
        jmp return
; 0x45: the other address space
switch_cr3:
        mov eax, cr3
        xor eax, DIRECTORY_A ^ DIRECTORY_B
        mov cr3, eax
        jmp return
; 0x46: interrupts on and off in the interrupted code
toggle_if:
        xor dword [esp + 56], 0x200
        jmp return
; 0x47: sleeps until an interrupt, if the timer runs
sleep:
        test byte [pic_mask], 1
        jnz return
        sti
        hlt
        cli
        jmp return
; 0x48: code goes on in ring 3 where it was in ring 0
become_user:
        pop es
        pop ds
        popad
        add esp, 8
        push dword USER_DATA
        pop ds
        push dword USER_DATA
        pop es
        mov [saved_eax], eax
        mov eax, [esp]
        mov dword [esp + 4], USER_DATA - 8
        push dword [esp + 8]
        pop dword [saved_flags]
        mov esp, STACK_TOP
        push dword USER_DATA
        push dword [user_stack]
        push dword [saved_flags]
        push dword USER_DATA - 8
        push eax
        mov eax, [saved_eax]
        iretd

        align 4
vectors:
%assign vector 0
%rep 0x50
        dd entry_ %+ vector
  %assign vector vector + 1
%endrep

handlers:
        dd fault, debug, return, return, return, fault, fault, fault
        dd fault, fault, fault, fault, fault, fault, page_fault, fault
        times 16 dd fault
        dd timer
        times 7 dd first_controller
        times 8 dd second_controller
        times 16 dd return
        dd become_kernel, change_flags, change_code, change_page, reload_cr3, switch_cr3, toggle_if, sleep, become_user
        times 7 dd return

        times 0x1000 - ($ - $$) db 0

; --- data: the page at 0x3b000
resume: dd 0
sum: dd 0
steps_left: dd 0
timer_next: dd 0
timer_period: dd 0
pic_mask: dd 0
program_start: dd 0
patch_address: dd patch_target
patch_value: dd 0
entry_address: dd patch_target
entry_value: dd 0
entry_linear: dd 0
entry_invalidates: dd 0
user_stack: dd 0
saved_eax: dd 0
saved_flags: dd 0
patch_target: dd 0
counts: times 0x50 dd 0
