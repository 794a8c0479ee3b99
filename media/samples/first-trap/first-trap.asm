; First trap: a small kernel, and a program that asks it to write a file.
;
; The program runs in ring 3 and may touch no device. To write a file it makes a system call (int 0x80), which takes
; it into the kernel in ring 0; the kernel programs the disk, and returns with iret. So it is on bare metal (technique
; `none`). Under a monitor that traps and emulates, this same kernel runs in ring 1 without knowing it: each of its
; privileged instructions faults, and the monitor, which now has ring 0, carries it out on a virtual processor.
;
; Press F5, and step into (F11) the `lgdt` at kernel_entry. README.md says what else is worth watching.

        bits 32

%include "layout.inc"
%include "macros.inc"

        org KERNEL_BASE

section .text

; What a Multiboot loader (GRUB, or QEMU's -kernel) looks for, so that this image also boots elsewhere.
MULTIBOOT_MAGIC         equ 0x1BADB002
MULTIBOOT_ADDRESSES     equ 1 << 16             ; the five addresses below are there

multiboot_header:
        dd MULTIBOOT_MAGIC, MULTIBOOT_ADDRESSES, -(MULTIBOOT_MAGIC + MULTIBOOT_ADDRESSES)
        dd multiboot_header, KERNEL_BASE, 0, 0, kernel_entry

; The loader leaves us in 32-bit protected mode, ring 0, with paging and interrupts off.
kernel_entry:
        lgdt [gdt_pointer]                      ; privileged: the first trap
        mov esp, KERNEL_STACK_TOP
        xor ebp, ebp                            ; call stacks end here

        call load_segments
        call load_interrupt_table
        call enable_paging
        call start_serial_port
        kernel_print greeting
        call start_interrupts                   ; from here on the timer ticks
        call mount_disk
        kernel_print starting_program
        jmp enter_program

; Into ring 3. There is no instruction that lowers one's own privilege, but iret returns to wherever the frame on the
; stack says, and we are free to make one up.
enter_program:
        mov ax, USER_DATA_SELECTOR
        mov ds, ax
        mov es, ax
        push USER_DATA_SELECTOR                 ; SS
        push USER_STACK_TOP                     ; ESP
        push INTERRUPTS_ON                      ; EFLAGS
        push USER_CODE_SELECTOR                 ; CS
        push user_main                          ; EIP
        iret

%include "segments.inc"
%include "paging.inc"
%include "interrupts.inc"
%include "serial.inc"
%include "disk.inc"
%include "files.inc"
%include "system-calls.inc"

text greeting, "kernel: paging is on, and I believe that I am in ring 0", NEWLINE
text starting_program, "kernel: entering the program in ring 3", NEWLINE

; Last, at the beginning of a page: the program. It lies here in memory, but is made to run at USER_BASE.
section .gdt
        align PAGE_BYTES
program_image:

section .program align=4096 vstart=USER_BASE
%include "program.inc"
