; Timer interrupts: the PIT interrupts at 1 kHz, and the kernel waits for each with HLT, so that what counts is the cost
; of an interrupt and not of the time between two. The result says only that all came: machines whose clock is the host's
; may lose ticks while they wait for others.
%define KERNEL_START start_timer
%define SYSTEM_CALL wait_for_ticks
%define TIMER timer
%include "guest.inc"

TICKS   equ 10                          ; for each call of `work`
DIVISOR equ 1193                        ; of 1.193182 MHz
COUNT   equ DATA

work:
	int 0x80
	mov eax, TICKS
	ret

wait_for_ticks:
	mov dword [COUNT], 0
.wait:
	sti
	hlt
	cli
	cmp dword [COUNT], TICKS
	jb .wait
	iret

timer:
	inc dword [COUNT]
	push eax
	mov al, 0x20                        ; end of interrupt
	out 0x20, al
	pop eax
	iret

start_timer:
	mov al, 0x11                        ; both interrupt controllers: vectors 0x20 to 0x2f
	out 0x20, al
	out 0xa0, al
	mov al, 0x20
	out 0x21, al
	mov al, 0x28
	out 0xa1, al
	mov al, 4
	out 0x21, al
	mov al, 2
	out 0xa1, al
	mov al, 1
	out 0x21, al
	out 0xa1, al
	mov al, 0xfe                        ; only IRQ 0
	out 0x21, al
	mov al, 0xff
	out 0xa1, al
	mov al, 0x34                        ; channel 0, rate generator
	out 0x43, al
	mov al, DIVISOR & 0xff
	out 0x40, al
	mov al, DIVISOR >> 8
	out 0x40, al
	ret
