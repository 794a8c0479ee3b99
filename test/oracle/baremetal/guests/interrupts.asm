; Interrupt and exception delivery through every kind of gate, its faults and double faults, and IRET (SDM Vol. 3A §6.11,
; §6.12, §6.13, §6.15 #DF; Vol. 2A INT n, IRET).

%include "harness.inc"

%define SLOT(number) (FREE + (number) * 8)

CONFORMING0 equ SLOT(0)
CONFORMING2 equ SLOT(1)
NOT_PRESENT0 equ SLOT(2)
CODE16_0 equ SLOT(3)            ; DPL 0, base IMAGE
DATA_NOT_PRESENT1 equ SLOT(4)
READ_ONLY1 equ SLOT(5)
STACK_LIMIT1 equ SLOT(6)        ; DPL 1, base SCRATCH, limit 0xff
NOT_PRESENT3 equ SLOT(7)
DATA_NOT_PRESENT3 equ SLOT(8)
READ_ONLY3 equ SLOT(9)
CODE_LIMIT3 equ SLOT(10)        ; DPL 3, limit 0xfff
BEYOND equ GDT_ENTRIES * 8

%define TARGET ADDRESS(target)

	begin "INT n with IF and NT set"
	set_gdt CONFORMING0, 0, 0xfffff, 0xc09f
	set_gdt CONFORMING2, 0, 0xfffff, 0xc0df
	set_gdt NOT_PRESENT0, 0, 0xfffff, 0xc01b
	set_gdt CODE16_0, IMAGE, 0xffff, 0x009b
	set_gdt DATA_NOT_PRESENT1, 0, 0xfffff, 0xc033
	set_gdt READ_ONLY1, 0, 0xfffff, 0xc0b1
	set_gdt STACK_LIMIT1, SCRATCH, 0xff, 0x40b3
	set_gdt NOT_PRESENT3, 0, 0xfffff, 0xc07b
	set_gdt DATA_NOT_PRESENT3, 0, 0xfffff, 0xc073
	set_gdt READ_ONLY3, 0, 0xfffff, 0xc0f1
	set_gdt CODE_LIMIT3, 0, 0xfff, 0x40fb
	set_gate 0x34, CODE0, TARGET, 0xee
	set_gate 0x35, CODE0, TARGET, 0xef
	set_gate 0x36, CODE16_0, TARGET16, 0xe6
	set_gate 0x37, CODE1, TARGET, 0xee
	set_gate 0x38, CODE3, TARGET, 0xee
	set_gate 0x39, CONFORMING0, TARGET, 0xef
	set_gate 0x3a, CODE0, TARGET, 0x6e
	set_gate 0x3b, 0, TARGET, 0xee
	set_gate 0x3c, DATA0, TARGET, 0xee
	set_gate 0x3d, NOT_PRESENT0, TARGET, 0xee
	set_gate 0x3e, BEYOND, TARGET, 0xee
	set_gate 0x3f, CODE0, TARGET, 0xec
	mov dword [snippet_flags], 0x4202
	run_list software, 0, 3
	mov dword [snippet_flags], 2
	heading "a gate not present, and what raised it"
	run_list gate_not_present, 0, 3
	heading "the inner stack of ring 1, INT n"
	mov dword [raise], raise_software
	run_list inner_stack, 3, 3
	heading "the inner stack of ring 1, #UD"
	set_gate 6, CODE1, TARGET, 0x8e
	mov dword [raise], raise_exception
	run_list inner_stack, 3, 3
	set_gate 6, CODE0, (ADDRESS(stubs) + 6 * 16), 0x8e
	heading "double faults"
	run_list double_faults, 0, 3
	heading "IRET from ring 0"
	run_list returns, 0, 0
	heading "IRET from ring 1"
	run_list returns1, 1, 1
	heading "IRET and flags"
	run_list flags, 0, 3
	finish

between:
	push eax
	mov dword [tss + 12], INNER1
	mov dword [tss + 16], DATA1
	mov al, 0x8e
	mov [idt + 0 * 8 + 5], al
	mov [idt + 3 * 8 + 5], al
	mov [idt + 4 * 8 + 5], al
	mov [idt + 5 * 8 + 5], al
	mov [idt + 11 * 8 + 5], al
	mov [idt + 13 * 8 + 5], al
	cmp byte [idt + 6 * 8 + 2], CODE0
	jne .ring1
	mov [idt + 6 * 8 + 5], al
.ring1:
	pop eax
	ret

target:
	look

	align 16
TARGET16 equ $ - $$
bits 16
	look
bits 32

	list software
	one "interrupt gate to ring 0", int 0x34
	one "trap gate to ring 0", int 0x35
	one "16-bit interrupt gate to ring 0", int 0x36
	one "to ring 1", int 0x37
	one "to ring 3", int 0x38
	one "trap gate to conforming", int 0x39
	one "gate not present", int 0x3a
	one "target null", int 0x3b
	one "target data", int 0x3c
	one "target not present", int 0x3d
	one "target beyond", int 0x3e
	one "a call gate in the IDT", int 0x3f
	end_list

; The IDT is writable for all here.
	list gate_not_present
	snippet "int3"
	mov byte [idt + 3 * 8 + 5], 0x6e
	int3
	snippet "int 3 in two bytes"
	mov byte [idt + 3 * 8 + 5], 0x6e
	db 0xcd, 3
	snippet "into"
	mov byte [idt + 4 * 8 + 5], 0x6e
	mov al, 0x7f
	inc al
	into
	snippet "bound"
	mov byte [idt + 5 * 8 + 5], 0x0e
	mov dword [esi], 0
	mov dword [esi + 4], 0
	mov eax, 1
	bound eax, [esi]
	snippet "ud2"
	mov byte [idt + 6 * 8 + 5], 0x0e
	ud2
	end_list

raise_software:
	int 0x37
raise_exception:
	ud2

; with_tss name, ESP1, SS1
%macro with_tss 3
	snippet %1
	mov dword [tss + 12], %2
	mov dword [tss + 16], %3
	jmp [raise]
%endmacro

	list inner_stack
	with_tss "ordinary", INNER1, DATA1
	with_tss "null", INNER1, 0
	with_tss "RPL 3", INNER1, (DATA1 & ~3) + 3
	with_tss "DPL 3, RPL 3", INNER1, DATA3
	with_tss "code", INNER1, CODE1
	with_tss "read-only", INNER1, READ_ONLY1 + 1
	with_tss "not present", INNER1, DATA_NOT_PRESENT1 + 1
	with_tss "beyond", INNER1, BEYOND + 1
	with_tss "local", INNER1, 5
	with_tss "20 bytes wanted, 20 there", 0x14, STACK_LIMIT1 + 1
	with_tss "20 bytes wanted, 16 there", 0x10, STACK_LIMIT1 + 1
	end_list

	list double_faults
	snippet "#DE, its gate not present"
	mov byte [idt + 0 * 8 + 5], 0x0e
	div ecx
	snippet "#GP, its gate not present"
	mov byte [idt + 13 * 8 + 5], 0x0e
	mov eax, BEYOND
	mov ds, eax
	snippet "#NP, its gate not present"
	mov byte [idt + 11 * 8 + 5], 0x0e
	mov eax, NOT_PRESENT3 + 3
	mov ds, eax
	snippet "#UD, its gate not present, #NP's neither"
	mov byte [idt + 6 * 8 + 5], 0x0e
	mov byte [idt + 11 * 8 + 5], 0x0e
	ud2
	snippet "INT n, gate not present, #NP's neither"
	mov byte [idt + 11 * 8 + 5], 0x0e
	int 0x3a
	snippet "#DE to a target that is not present"
	mov word [idt + 0 * 8 + 2], NOT_PRESENT0
	div ecx
	snippet "#DE to a target that is data"
	mov word [idt + 0 * 8 + 2], DATA0
	div ecx
	snippet "#DE to ring 0 again"
	mov word [idt + 0 * 8 + 2], CODE0
	div ecx
	end_list

; back name, CS, SS
%macro back 3
	snippet %1
	push dword %3
	push dword STACK3 - 0x40
	push dword 2
	push dword %2
	push dword TARGET
	iretd
%endmacro

	list returns
	snippet "same ring"
	push dword 0x202
	push dword CODE0
	push dword TARGET
	iretd
	snippet "same ring, 16 bits"
	push word 0x202
	push word CODE16_0
	push word TARGET16
	iretw
	snippet "same ring, conforming"
	push dword 2
	push dword CONFORMING0
	push dword TARGET
	iretd
	back "to ring 3", CODE3, DATA3
	back "to ring 2", CODE2, DATA2
	back "to ring 1", CODE1, DATA1
	back "to conforming at ring 3", CONFORMING0 + 3, DATA3
	snippet "to ring 3, data segments of ring 0, 3, conforming and null"
	mov eax, DATA3
	mov es, eax
	mov eax, CONFORMING0
	mov fs, eax
	xor eax, eax
	mov gs, eax
	push dword DATA3
	push dword STACK3 - 0x40
	push dword 0x202
	push dword CODE3
	push dword TARGET
	iretd
	back "SS of ring 0", CODE3, DATA0
	back "SS RPL 0", CODE3, DATA3 & ~3
	back "SS null", CODE3, 3
	back "SS read-only", CODE3, READ_ONLY3 + 3
	back "SS code", CODE3, CODE3
	back "SS not present", CODE3, DATA_NOT_PRESENT3 + 3
	back "SS beyond", CODE3, BEYOND + 3
	back "CS null", 3, DATA3
	back "CS beyond", BEYOND + 3, DATA3
	back "CS data", DATA3, DATA3
	back "CS DPL 3, RPL 0", CODE3 & ~3, DATA3
	back "CS DPL 0, RPL 3", CODE0 + 3, DATA3
	back "CS conforming DPL 2, RPL 1", CONFORMING2 + 1, DATA1
	back "CS not present", NOT_PRESENT3 + 3, DATA3
	back "CS a TSS", TSS + 3, DATA3
	back "CS local", 7, DATA3
	back "EIP beyond the limit", CODE_LIMIT3 + 3, DATA3
	end_list

	list returns1
	back "to ring 3", CODE3, DATA3
	back "same ring", CODE1, DATA1
	back "to ring 0", CODE0, DATA0
	end_list

	list flags
	snippet "all ones but TF, NT, RF and VM"
	push dword 0x243ed7
	push cs
	push dword .here
	iretd
.here:
	pushfd
	pop eax
	done
	snippet "all zeros"
	push dword 0
	push cs
	push dword .here
	iretd
.here:
	pushfd
	pop eax
	done
	end_list

	align 4
raise:	dd 0
