; popf: a clock on the screen, and a few lines that its ticks may not interrupt.
;
; A hundred times a second the timer interrupts this kernel, and the handler moves the clock on. Every three seconds the
; kernel copies the time into the line below. No tick may come in the middle of that, so copy_time does what kernels do
; everywhere: it remembers the flags (pushf), turns interrupts off (cli), and in the end puts the flags back (popf).
;
; On bare metal (technique `none`) that works. Under a monitor that traps and emulates, the kernel runs in ring 1, and
; the clock stops for ever at the first copy. `cli` faults in ring 1, so the monitor is called and notes that the guest
; has turned interrupts off. `popf` would turn them on again, but it does not fault: in ring 1 it leaves the interrupt
; flag alone, and says nothing. Nobody calls the monitor. This is why x86 was long said to be impossible to virtualize.
;
; Set a breakpoint on the `cli`, press F5, and step (F11). README.md says what to look at.

        bits 32

KERNEL_BASE             equ 0x100000
KERNEL_STACK_TOP        equ 0x200000

PIC1                    equ 0x20                ; the two interrupt controllers
PIC2                    equ 0xa0
END_OF_INTERRUPT        equ 0x20
PIT_COUNTER             equ 0x40                ; the timer
PIT_COMMAND             equ 0x43
PIT_DIVISOR             equ 11932               ; of 1.193 MHz: a hundred ticks a second
TICKS_BETWEEN_COPIES    equ 300

FIRST_IRQ_VECTOR        equ 0x20                ; exceptions have the first 32; the timer is IRQ 0

; The screen is memory: for each character two bytes, its code and its colours. The clock is kept there and nowhere else.
SCREEN                  equ 0xb8000
LINE_BYTES              equ 80 * 2
CLOCK                   equ SCREEN + 1 * LINE_BYTES + 12 * 2
COPY                    equ SCREEN + 2 * LINE_BYTES + 12 * 2
CLOCK_BYTES             equ 8 * 2               ; minutes, seconds, hundredths: 00:00.00
WHITE                   equ 0x0f

%macro to_port 2
        mov al, %2
        out %1, al
%endmacro

        org KERNEL_BASE

; What a Multiboot loader (GRUB, or QEMU's -kernel) looks for, so that this image also boots elsewhere.
MULTIBOOT_MAGIC         equ 0x1BADB002
MULTIBOOT_ADDRESSES     equ 1 << 16             ; the five addresses below are there

multiboot_header:
        dd MULTIBOOT_MAGIC, MULTIBOOT_ADDRESSES, -(MULTIBOOT_MAGIC + MULTIBOOT_ADDRESSES)
        dd multiboot_header, KERNEL_BASE, 0, 0, kernel_entry

; The loader leaves us in 32-bit protected mode, ring 0, with interrupts off.
kernel_entry:
        lgdt [gdt_pointer]
        jmp CODE_SELECTOR:.in_our_segment
.in_our_segment:
        mov ax, DATA_SELECTOR
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, KERNEL_STACK_TOP
        xor ebp, ebp                            ; call stacks end here
        lidt [idt_pointer]

        mov esi, clock_line
        mov edi, SCREEN + 1 * LINE_BYTES
        call print
        mov esi, copy_line
        mov edi, SCREEN + 2 * LINE_BYTES
        call print
        call start_timer
        sti                                     ; from here on the clock ticks

run:
        mov ecx, TICKS_BETWEEN_COPIES
.sleep:
        hlt                                     ; until the next tick
        loop .sleep
        call copy_time
        jmp run

; Copies the clock into the line below it. Whoever calls may have interrupts on or off, and finds them so afterwards.
copy_time:
        push ebp
        mov ebp, esp
        pushf                                   ; were interrupts on?
        cli                                     ; no tick from here …
        mov esi, CLOCK
        mov edi, COPY
        mov ecx, CLOCK_BYTES / 4
        rep movsd
        popf                                    ; … to here: they are on again, if they were
        leave
        ret

; The processor comes here with interrupts off, since the gate is an interrupt gate; iret turns them on again.
timer_interrupt:
        push ebp
        mov ebp, esp
        pushad
        call move_clock
        to_port PIC1, END_OF_INTERRUPT
        popad
        leave
        iret

; A hundredth of a second on: a digit that shows its highest goes back to 0, and the one before it has to move too.
move_clock:
        mov esi, digits
.next_digit:
        movzx edi, byte [esi]
        mov al, [esi + 1]
        cmp [CLOCK + edi * 2], al
        jne .move
        mov byte [CLOCK + edi * 2], '0'
        add esi, 2
        cmp esi, digits_end
        jb .next_digit
        ret
.move:
        inc byte [CLOCK + edi * 2]
        ret

; The text at ESI, which ends with a zero, to the place of the screen at EDI.
print:
        mov ah, WHITE
.next:
        lodsb
        test al, al
        jz .done
        stosw
        jmp .next
.done:
        ret

; Each out is a trap too, if a monitor has taken the ports away.
start_timer:
        to_port PIC1, 0x11                      ; both controllers: initialize, edge triggered, cascaded
        to_port PIC2, 0x11
        to_port PIC1 + 1, FIRST_IRQ_VECTOR
        to_port PIC2 + 1, FIRST_IRQ_VECTOR + 8
        to_port PIC1 + 1, 1 << 2                ; the second one hangs on line 2
        to_port PIC2 + 1, 2
        to_port PIC1 + 1, 1                     ; 8086 mode
        to_port PIC2 + 1, 1
        to_port PIC1 + 1, ~(1 << 0) & 0xff      ; let through: the timer
        to_port PIC2 + 1, 0xff                  ; and nothing else
        to_port PIT_COMMAND, 0x34               ; counter 0, low and high byte, mode 2: a pulse every DIVISOR
        to_port PIT_COUNTER, PIT_DIVISOR & 0xff
        to_port PIT_COUNTER, PIT_DIVISOR >> 8
        ret

clock_line:
        db "The clock:  00:00.00", 0
copy_line:
        db "The copy:   00:00.00", 0

; From the last digit to the first: its place in 00:00.00, and the highest that it shows.
digits:
        db 7, '9', 6, '9', 4, '9', 3, '5', 1, '9', 0, '5'
digits_end:

; Flat segments, marked as accessed already, which the processor would otherwise do when they are first loaded.
CODE_SELECTOR           equ 0x08
DATA_SELECTOR           equ 0x10

        align 8
gdt:
        dq 0                                    ; the null descriptor
        dq 0x00cf9b000000ffff                   ; code: base 0, limit 4 GiB, DPL 0
        dq 0x00cf93000000ffff                   ; data
gdt_pointer:
        dw gdt_pointer - gdt - 1
        dd gdt

; Only the timer has a gate: an exception would be one too many, and end in a triple fault.
TIMER_ADDRESS           equ KERNEL_BASE + (timer_interrupt - multiboot_header)
INTERRUPT_GATE          equ 0x8e                ; 32-bit, present, DPL 0

        align 8
idt:
        times FIRST_IRQ_VECTOR dq 0
        dw TIMER_ADDRESS & 0xffff, CODE_SELECTOR
        db 0, INTERRUPT_GATE
        dw TIMER_ADDRESS >> 16
idt_pointer:
        dw idt_pointer - idt - 1
        dd idt
