; External interrupts: where they are taken, what holds them back, HLT, and the interrupt controller's priorities (SDM Vol. 3A
; §6.3.1, §6.8; 8259A data sheet). Each snippet starts with IRQ0 raised and waiting; IRQ0 is vector 0x20. A snippet that ends
; with INT 0x30 has not been interrupted.

%include "harness.inc"

	begin "IRQ0 waits, IF is clear"
	call between
	run_list boundaries, 0, 0
	heading "in ring 3, with IOPL 3"
	mov dword [snippet_flags], 0x3002
	run_list in_ring3, 3, 3
	mov dword [snippet_flags], 0x202
	run_list at_once, 0, 0
	run_list at_once, 3, 3
	mov dword [snippet_flags], 2
	heading "the controller"
	run_list controller, 0, 0
	finish

; All requests forgotten, then IRQ0 raised: the timer's counter 0 counts to its end, and its output rises.
between:
	pushad
	mov al, 0x30                ; counter 0, mode 0: output low, and for long
	out 0x43, al
	mov al, 0xff
	out 0x40, al
	out 0x40, al
	mov al, 0x11                ; the controllers begin anew
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
	mov al, 0xfe
	out 0x21, al
	mov al, 0x10                ; the end is near
	out 0x40, al
	mov al, 0
	out 0x40, al
	mov al, 0x0a                ; read IRR
	out 0x20, al
.wait:
	in al, 0x20
	test al, 1
	jz .wait
	popad
	ret

	list boundaries
	snippet "cli"
	cli
	nop
	done
	snippet "sti, nop, nop"
	sti
	nop
	nop
	cli
	done
	snippet "sti, cli"
	sti
	cli
	nop
	done
	snippet "sti, sti, nop"
	sti
	sti
	nop
	cli
	done
	snippet "popfd sets IF, nop, nop"
	push dword 0x202
	popfd
	nop
	nop
	cli
	done
	snippet "iret sets IF"
	push dword 0x202
	push dword CODE0
	push dword .there
	iretd
.there:
	nop
	nop
	cli
	done
	snippet "sti, hlt"
	sti
	hlt
	nop
	cli
	done
	snippet "sti, ud2"
	sti
	ud2
	snippet "sti, int n"
	sti
	int DONE
	snippet "sti, jmp"
	sti
	jmp short .there
	nop
.there:
	nop
	nop
	cli
	done
	snippet "sti, call"
	sti
	call .there
.there:
	nop
	cli
	done
	snippet "masked in the controller"
	mov al, 0xff
	out 0x21, al
	xor eax, eax
	sti
	nop
	nop
	cli
	done
	end_list

	list in_ring3
	snippet "sti, nop, nop"
	sti
	nop
	nop
	cli
	done
	snippet "popfd sets IF, nop"
	push dword 0x3202
	popfd
	nop
	cli
	done
	end_list

	list at_once
	snippet "IF set from the start"
	nop
	nop
	done
	end_list

	list controller
	snippet "IRR and ISR before"
	mov al, 0x0b
	out 0x20, al
	in al, 0x20
	mov ah, al
	mov al, 0x0a
	out 0x20, al
	in al, 0x20
	done
	snippet "IRR and ISR in service"
	mov word [idt + 0x20 * 8], .handler - $$ + (IMAGE & 0xffff)
	sti
	nop
	nop
.handler:
	mov word [idt + 0x20 * 8], (ADDRESS(stubs) + 0x20 * 16) & 0xffff
	mov al, 0x0b
	out 0x20, al
	in al, 0x20
	mov ah, al
	mov al, 0x0a
	out 0x20, al
	in al, 0x20
	done
	snippet "again without EOI: held back"
	mov word [idt + 0x20 * 8], .handler - $$ + (IMAGE & 0xffff)
	sti
	nop
	nop
.handler:
	mov word [idt + 0x20 * 8], (ADDRESS(stubs) + 0x20 * 16) & 0xffff
	call raise_timer
	sti
	nop
	nop
	cli
	mov eax, 0x1111
	done
	snippet "after EOI: taken"
	mov word [idt + 0x20 * 8], .handler - $$ + (IMAGE & 0xffff)
	sti
	nop
	nop
.handler:
	mov word [idt + 0x20 * 8], (ADDRESS(stubs) + 0x20 * 16) & 0xffff
	call raise_timer
	mov al, 0x20
	out 0x20, al
	xor eax, eax
	sti
	nop
	nop
	cli
	done
	snippet "poll"
	mov al, 0x0c
	out 0x20, al
	in al, 0x20
	mov ah, al
	mov al, 0x0b
	out 0x20, al
	in al, 0x20
	done
	snippet "mask as read"
	in al, 0x21
	in al, 0xa1
	mov ah, al
	in al, 0x21
	done
	snippet "specific EOI"
	mov al, 0x0c
	out 0x20, al
	in al, 0x20
	mov al, 0x60
	out 0x20, al
	mov al, 0x0b
	out 0x20, al
	in al, 0x20
	and eax, 0xff
	done
	snippet "automatic EOI"
	mov al, 0x11
	out 0x20, al
	mov al, 0x20
	out 0x21, al
	mov al, 4
	out 0x21, al
	mov al, 3
	out 0x21, al
	mov al, 0xfe
	out 0x21, al
	call raise_timer
	mov word [idt + 0x20 * 8], .handler - $$ + (IMAGE & 0xffff)
	sti
	nop
	nop
.handler:
	mov word [idt + 0x20 * 8], (ADDRESS(stubs) + 0x20 * 16) & 0xffff
	mov al, 0x0b
	out 0x20, al
	in al, 0x20
	movzx eax, al
	add eax, 0x100
	done
	snippet "the output of mode 0 stays high: no second edge"
	mov al, 0x0c
	out 0x20, al
	in al, 0x20
	mov al, 0x20
	out 0x20, al
	mov al, 0x0a
	out 0x20, al
	in al, 0x20
	and eax, 1
	done
	snippet "a mask set while it waits: IRR keeps it"
	mov al, 0xff
	out 0x21, al
	mov al, 0x0a
	out 0x20, al
	in al, 0x20
	and eax, 1
	done
	end_list

raise_timer:
	push eax
	mov al, 0x30
	out 0x43, al
	mov al, 0x10
	out 0x40, al
	mov al, 0
	out 0x40, al
	mov al, 0x0a
	out 0x20, al
.wait:
	in al, 0x20
	test al, 1
	jz .wait
	pop eax
	ret
