; Hardware task switches: by JMP, CALL, interrupt and IRET, what is saved and loaded, busy flags, NT and the link, CR0.TS, and
; the checks of the new task (SDM Vol. 3A ch. 7, table 7-1; §6.15 #TS).

%include "harness.inc"

%define SLOT(number) (FREE + (number) * 8)

OTHER equ SLOT(0)               ; TSS of the other task
OTHER16 equ SLOT(1)
SMALL equ SLOT(2)               ; TSS with a limit of 0x66
NOT_PRESENT equ SLOT(3)
GATE equ SLOT(4)                ; task gate to OTHER, DPL 3
GATE0 equ SLOT(5)               ; the same, DPL 0
GATE_NOT_PRESENT equ SLOT(6)
GATE_TO_CODE equ SLOT(7)
LDT equ SLOT(8)
LDT_NOT_PRESENT equ SLOT(9)
CODE_NOT_PRESENT equ SLOT(10)
DATA_NOT_PRESENT equ SLOT(11)
READ_ONLY equ SLOT(12)
EXECUTE_ONLY equ SLOT(13)
BUSY equ SLOT(14)
STACK16 equ SLOT(15)
%define CATCHER(vector) SLOT(16 + (vector) - 10)
BEYOND equ GDT_ENTRIES * 8

OTHER_STACK equ 0x1a0000

struc task
.link:	resd 1
.esp0:	resd 1
.ss0:	resd 1
.stacks:	resd 4
.cr3:	resd 1
.eip:	resd 1
.eflags:	resd 1
.eax:	resd 1
.ecx:	resd 1
.edx:	resd 1
.ebx:	resd 1
.esp:	resd 1
.ebp:	resd 1
.esi:	resd 1
.edi:	resd 1
.es:	resd 1
.cs:	resd 1
.ss:	resd 1
.ds:	resd 1
.fs:	resd 1
.gs:	resd 1
.ldt:	resd 1
.trap:	resw 1
.map:	resw 1
endstruc

	begin "to the other task and back"
	set_gdt OTHER16, ADDRESS(other16), 0x2b, 0x0081
	set_gdt SMALL, ADDRESS(other), 0x66, 0x0089
	set_gdt NOT_PRESENT, ADDRESS(other), 0x67, 0x0009
	set_gdt_gate GATE, OTHER, 0, 0xe5, 0
	set_gdt_gate GATE0, OTHER, 0, 0x85, 0
	set_gdt_gate GATE_NOT_PRESENT, OTHER, 0, 0x65, 0
	set_gdt_gate GATE_TO_CODE, CODE0, 0, 0xe5, 0
	set_gdt LDT, ADDRESS(ldt), 0xf, 0x0082
	set_gdt LDT_NOT_PRESENT, ADDRESS(ldt), 0xf, 0x0002
	set_gdt CODE_NOT_PRESENT, 0, 0xfffff, 0xc01b
	set_gdt DATA_NOT_PRESENT, 0, 0xfffff, 0xc013
	set_gdt READ_ONLY, 0, 0xfffff, 0xc091
	set_gdt EXECUTE_ONLY, 0, 0xfffff, 0xc099
	set_gdt BUSY, ADDRESS(other), 0x67, 0x008b
	set_gdt STACK16, 0, 0xffff, 0x0093
	set_gate 0x20, OTHER, 0, 0xe5
	set_gate 0x21, GATE, 0, 0xe5
	set_gate 0x22, CODE0, 0, 0xe5
	set_gate 0x23, BEYOND, 0, 0xe5
	set_gate 0x24, NOT_PRESENT, 0, 0xe5
	set_gate 0x25, BUSY, 0, 0xe5
	mov dword [tss + task.cr3], 0
	mov dword [after_report], after
	call between
	run_list switches, 0, 0
	heading "from ring 3"
	run_list from_ring3, 3, 3
	heading "refused, in the old task"
	run_list refused, 0, 0
	heading "refused from ring 3"
	run_list refused3, 3, 3
	heading "the new task's state is wrong: caught by tasks"
	mov dword [catchers], 1
	set_gate 10, CATCHER(10), 0, 0x85
	set_gate 11, CATCHER(11), 0, 0x85
	set_gate 12, CATCHER(12), 0, 0x85
	set_gate 13, CATCHER(13), 0, 0x85
	call between
	run_list wrong, 0, 0
	mov dword [catchers], 0
	set_gate 10, CODE0, (ADDRESS(stubs) + 10 * 16), 0x8e
	set_gate 11, CODE0, (ADDRESS(stubs) + 11 * 16), 0x8e
	set_gate 12, CODE0, (ADDRESS(stubs) + 12 * 16), 0x8e
	set_gate 13, CODE0, (ADDRESS(stubs) + 13 * 16), 0x8e
	heading "a task as fault handler"
	set_gate 6, OTHER, 0, 0x85
	set_gate 13, OTHER, 0, 0x85
	run_list faults, 0, 0
	run_list faults, 3, 3
	heading "16-bit TSS"
	run_list sixteen, 0, 0
	finish

; Descriptors and TSSs as at first, TR at the guest's own.
between:
	pushad
	push dword 2
	popfd
	set_gdt OTHER, ADDRESS(other), 0x67, 0x0089
	mov byte [gdt + OTHER16 + 5], 0x81
	mov byte [gdt + BUSY + 5], 0x8b
	mov byte [gdt + TSS + 5], 0x89
	mov eax, TSS
	ltr ax
	xor eax, eax
	lldt ax
	clts
	mov edi, other
	mov ecx, 0x1a
	xor eax, eax
	rep stosd
	mov dword [other + task.eip], other_task
	mov dword [other + task.eflags], 0x2
	mov dword [other + task.eax], 0xa0a0a0a0
	mov dword [other + task.ecx], 0xc0c0c0c0
	mov dword [other + task.edx], 0xd0d0d0d0
	mov dword [other + task.ebx], 0xb0b0b0b0
	mov dword [other + task.esp], OTHER_STACK
	mov dword [other + task.ebp], 0xbbbbbbbb
	mov dword [other + task.esi], 0x51515151
	mov dword [other + task.edi], 0xd1d1d1d1
	mov dword [other + task.es], DATA0
	mov dword [other + task.cs], CODE0
	mov dword [other + task.ss], DATA0
	mov dword [other + task.ds], DATA0
	mov dword [other + task.fs], 0
	mov dword [other + task.gs], DATA3
	mov dword [other + task.esp0], INNER0
	mov dword [other + task.ss0], DATA0
	mov word [other + task.map], 0x68
	mov dword [tss + task.link], 0xffff0000
	mov esi, sixteen_code
	mov edi, 0x9000
	mov ecx, 16
	rep movsd
	mov edi, catcher
	mov ecx, 4 * 0x1a
	xor eax, eax
	rep stosd
	mov edi, catcher
	mov eax, catch10
	mov ecx, 4
.catcher:
	mov [edi + task.eip], eax
	mov dword [edi + task.eflags], 2
	mov dword [edi + task.esp], OTHER_STACK - 0x100
	mov dword [edi + task.es], DATA0
	mov dword [edi + task.ds], DATA0
	mov dword [edi + task.ss], DATA0
	mov dword [edi + task.cs], CODE0
	add eax, 16
	add edi, 0x68
	loop .catcher
	set_gdt CATCHER(10), ADDRESS(catcher), 0x67, 0x89
	set_gdt CATCHER(11), (ADDRESS(catcher) + 0x68), 0x67, 0x89
	set_gdt CATCHER(12), (ADDRESS(catcher) + 0xd0), 0x67, 0x89
	set_gdt CATCHER(13), (ADDRESS(catcher) + 0x138), 0x67, 0x89
	popad
	ret

; The first instructions of the catching tasks: the error code lies on the stack.
	align 16
catch10:
	push byte 10
	jmp near took_exception
	align 16
	push byte 11
	jmp near took_exception
	align 16
	push byte 12
	jmp near took_exception
	align 16
	push byte 13
	jmp near took_exception

; After each report: TR, the types of both descriptors, the links, CR0.TS, and what the old TSS got.
after:
	pushad
	print " | tr="
	xor eax, eax
	str ax
	call print_hex16
	print " types="
	mov al, [gdt + TSS + 5]
	call print_hex8
	mov al, ','
	call print_character
	mov al, [gdt + OTHER + 5]
	call print_hex8
	print " links="
	mov ax, [tss + task.link]
	call print_hex16
	mov al, ','
	call print_character
	mov ax, [other + task.link]
	call print_hex16
	print " ts="
	smsw ax
	shr eax, 3
	and al, 1
	call print_digit
	print " flags="
	mov eax, [caught_eflags]
	and eax, 0x4000
	call print_hex
	cmp dword [catchers], 0
	je .return
	print " caught in "
	mov ax, [catcher + task.link]
	or ax, [catcher + 0x68 + task.link]
	or ax, [catcher + 0xd0 + task.link]
	or ax, [catcher + 0x138 + task.link]
	call print_hex16
	print " at "
	mov eax, [other + task.eip]
	sub eax, other_task
	call print_hex
.return:
	popad
	ret

other_task:
	look

; Comes back by IRET, with the registers changed.
other_returns:
	mov eax, 0x12121212
	clts
	iretd
	mov eax, 0x34343434
	look                        ; the second time

; Prints a TSS as it was saved: EIP relative to the snippet, then EFLAGS, general and segment registers.
	list switches
	snippet "jmp TSS"
	jmp OTHER:0x12345678
	done
	snippet "call TSS"
	call OTHER:0
	done
	snippet "jmp task gate"
	jmp GATE:0
	done
	snippet "call task gate"
	call GATE:0
	done
	snippet "int task gate"
	int 0x20
	done
	snippet "call, iret"
	mov dword [other + task.eip], other_returns
	call OTHER:0
	mov eax, [other + task.eax]
	done
	snippet "call, iret, call again"
	mov dword [other + task.eip], other_returns
	call OTHER:0
	call OTHER:0
	done
	snippet "saved: EIP"
	mov dword [other + task.eip], .there
	call OTHER:0
.here:
	done
.there:
	mov eax, [tss + task.eip]
	sub eax, .here
	add eax, 0x100
	done
	snippet "saved: EFLAGS, segments, EAX"
	mov dword [other + task.eip], .there
	mov eax, 0x11223344
	mov ecx, DATA3
	mov fs, ecx
	stc
	call OTHER:0
.there:
	mov eax, [tss + task.eflags]
	shl eax, 16
	mov ax, [tss + task.fs]
	add eax, [tss + task.eax]
	done
	snippet "saved: ESP"
	mov dword [other + task.eip], .there
	mov eax, esp
	mov [other + task.eax], eax
	call OTHER:0
.there:
	sub eax, [tss + task.esp]
	done
	snippet "LDT of the new task"
	mov dword [other + task.ldt], LDT
	mov dword [other + task.es], 4
	jmp OTHER:0
	snippet "CR3 is loaded with paging off"
	mov dword [other + task.cr3], 0x00654000
	mov dword [other + task.eip], .there
	jmp OTHER:0
.there:
	mov eax, cr3
	xor ecx, ecx
	mov cr3, ecx
	done
	snippet "T flag"
	mov word [other + task.trap], 1
	jmp OTHER:0
	snippet "to a task in ring 3"
	mov dword [other + task.cs], CODE3
	mov dword [other + task.ss], DATA3
	mov dword [other + task.ds], DATA3
	mov dword [other + task.es], DATA3
	jmp OTHER:0
	snippet "to a virtual-8086 task"
	mov dword [other + task.cs], 0x900
	mov dword [other + task.ss], 0x2000
	mov dword [other + task.ds], 0x1234
	mov dword [other + task.es], 0x5678
	mov dword [other + task.eip], 0
	mov dword [other + task.eflags], 0x23002
	mov dword [0x9000], 0x31cd  ; INT 0x31
	jmp OTHER:0
	snippet "flags of the new task: VM, RF, AC, IF"
	mov dword [other + task.eflags], 0x50ed7
	jmp OTHER:0
	snippet "a call into the same task"
	call TSS:0
	done
	end_list

	list from_ring3
	snippet "call task gate"
	call GATE + 3:0
	done
	snippet "int task gate"
	int 0x20
	done
	snippet "call task gate, iret"
	mov dword [other + task.eip], other_returns
	call GATE + 3:0
	done
	end_list

	list refused
	one "jmp busy", jmp TSS:0
	one "call busy", call BUSY:0
	one "jmp not present", jmp NOT_PRESENT:0
	one "jmp TSS too small", jmp SMALL:0
	one "call gate not present", call GATE_NOT_PRESENT:0
	one "call gate to code", call GATE_TO_CODE:0
	one "int, a gate instead of a TSS", int 0x21
	one "int, code instead of a TSS", int 0x22
	one "int, beyond", int 0x23
	one "int, not present", int 0x24
	one "int, busy", int 0x25
	snippet "iret with NT, link null"
	mov word [tss + task.link], 0
	push dword 0x4002
	popfd
	iretd
	snippet "iret with NT, link to an available TSS"
	mov word [tss + task.link], OTHER
	push dword 0x4002
	popfd
	iretd
	snippet "iret with NT, link to data"
	mov word [tss + task.link], DATA0
	push dword 0x4002
	popfd
	iretd
	snippet "iret with NT, link local"
	mov word [tss + task.link], 4
	push dword 0x4002
	popfd
	iretd
	snippet "iret with NT, link busy"
	mov word [tss + task.link], BUSY
	push dword 0x4002
	popfd
	iretd
	end_list

	list refused3
	one "jmp TSS", jmp OTHER:0
	one "jmp TSS, RPL 3", jmp OTHER + 3:0
	one "call gate DPL 0", call GATE0:0
	end_list

; wrong name, field, value
%macro wrong_field 3
	snippet %1
	mov dword [other + task.%2], %3
	jmp OTHER:0
	done
%endmacro

	list wrong
	wrong_field "CS null", cs, 0
	wrong_field "CS data", cs, DATA0
	wrong_field "CS not present", cs, CODE_NOT_PRESENT
	wrong_field "CS beyond", cs, BEYOND
	wrong_field "CS DPL 3, RPL 0", cs, CODE3 & ~3
	wrong_field "CS DPL 0, RPL 3", cs, CODE0 + 3
	wrong_field "SS null", ss, 0
	wrong_field "SS DPL 3", ss, DATA3
	wrong_field "SS RPL 3", ss, DATA0 + 3
	wrong_field "SS read-only", ss, READ_ONLY
	wrong_field "SS not present", ss, DATA_NOT_PRESENT
	wrong_field "SS code", ss, CODE0
	wrong_field "SS beyond", ss, BEYOND
	wrong_field "DS execute-only", ds, EXECUTE_ONLY
	wrong_field "DS not present", ds, DATA_NOT_PRESENT
	wrong_field "DS beyond", ds, BEYOND
	wrong_field "ES DPL 0, RPL 3", es, DATA0 + 3
	wrong_field "GS a TSS", gs, TSS
	wrong_field "LDT data", ldt, DATA0
	wrong_field "LDT not present", ldt, LDT_NOT_PRESENT
	wrong_field "LDT local", ldt, 4
	wrong_field "LDT beyond", ldt, BEYOND
	end_list

	list faults
	snippet "#UD"
	ud2
	snippet "#GP(0x304)"
	mov eax, BEYOND + 4
	mov ds, eax
	end_list

; The upper halves of registers are undefined after a switch to a 16-bit task.
	list sixteen
	snippet "jmp"
	jmp OTHER16:0
	snippet "call"
	call OTHER16:0
	snippet "call, iret"
	mov word [other16 + 14], 0x9000 + sixteen_returns - sixteen_code
	call OTHER16:0
	mov word [other16 + 14], 0x9000
	movzx eax, word [other16 + 14 + 4]
	done
	end_list

sixteen_code:
	movzx esp, sp
	movzx eax, ax
	look
sixteen_returns:
	mov eax, 0x77777777
	iretd

	align 8
ldt:
	dd LOW(0, 0xfffff), HIGH(0, 0xfffff, 0xc093)
	dd 0, 0
other:
	times 0x68 db 0
other16:
	dw 0, 0, 0, 0, 0, 0, 0
	dw 0x9000, 2                ; IP, FLAGS
	dw 0xa0a0, 0xc0c0, 0xd0d0, 0xb0b0, 0x7f00, 0xbbbb, 0x5151, 0xd1d1
	dw DATA0, CODE0, STACK16, DATA0, 0
	align 4
catchers:	dd 0
catcher:
	times 4 * 0x68 db 0
