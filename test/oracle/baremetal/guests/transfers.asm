; Far jumps, calls and returns: code segments, call gates, stacks of inner rings (SDM Vol. 3A §5.8; Vol. 2A CALL, JMP, RET).

%include "harness.inc"

%define SLOT(number) (FREE + (number) * 8)

CONFORMING0 equ SLOT(0)
CONFORMING2 equ SLOT(1)
NOT_PRESENT0 equ SLOT(2)
CODE16 equ SLOT(3)              ; DPL 0
DATA_NOT_PRESENT1 equ SLOT(4)
READ_ONLY1 equ SLOT(5)
STACK_LIMIT1 equ SLOT(6)        ; DPL 1, base SCRATCH, limit 0xff
STACK16_1 equ SLOT(7)           ; DPL 1, 16-bit, base INNER1 & ~0xffff
SMALL_TSS equ SLOT(8)           ; limit: up to SS0
TSS16 equ SLOT(9)
DATA_BIG equ SLOT(10)           ; DPL 1, as DATA1
EXECUTE_ONLY1 equ SLOT(11)
BASED1 equ SLOT(16)             ; DPL 1, code, base IMAGE
NOT_PRESENT3 equ SLOT(12)
DATA_NOT_PRESENT3 equ SLOT(13)
READ_ONLY3 equ SLOT(14)
%define GATE(number) SLOT(20 + (number))
BEYOND equ GDT_ENTRIES * 8

%define TARGET ADDRESS(target)

; gate number, target selector, access, parameters
%macro gate 4
	set_gdt_gate GATE(%1), %2, TARGET, %3, %4
%endmacro

	begin "direct jumps"
	set_gdt CONFORMING0, 0, 0xfffff, 0xc09f
	set_gdt CONFORMING2, 0, 0xfffff, 0xc0df
	set_gdt NOT_PRESENT0, 0, 0xfffff, 0xc01b
	set_gdt CODE16, IMAGE, 0xffff, 0x009b
	set_gdt DATA_NOT_PRESENT1, 0, 0xfffff, 0xc033
	set_gdt READ_ONLY1, 0, 0xfffff, 0xc0b1
	set_gdt STACK_LIMIT1, SCRATCH, 0xff, 0x40b3
	set_gdt STACK16_1, (INNER1 & ~0xffff), 0xffff, 0x00b3
	set_gdt SMALL_TSS, ADDRESS(tss), 0x0b, 0x0089
	set_gdt TSS16, ADDRESS(tss16), 0x2b, 0x0081
	set_gdt DATA_BIG, 0, 0xfffff, 0xc0b3
	set_gdt EXECUTE_ONLY1, 0, 0xfffff, 0xc0b9
	set_gdt NOT_PRESENT3, 0, 0xfffff, 0xc07b
	set_gdt DATA_NOT_PRESENT3, 0, 0xfffff, 0xc073
	set_gdt READ_ONLY3, 0, 0xfffff, 0xc0f1
	gate 0, CODE0, 0xec, 0
	gate 1, CODE0, 0x8c, 0
	gate 2, CODE1, 0xec, 2
	gate 3, CODE2, 0xec, 0
	gate 4, CODE3, 0xec, 0
	gate 5, CONFORMING0, 0xec, 3
	gate 6, CODE0, 0xec, 3
	gate 7, CODE1, 0xec, 31
	gate 8, CODE0, 0x6c, 0      ; not present
	gate 9, 0, 0xec, 0
	gate 10, DATA0, 0xec, 0
	gate 11, NOT_PRESENT0, 0xec, 0
	gate 12, BEYOND, 0xec, 0
	gate 13, CODE0, 0xcc, 0     ; DPL 2
	gate 14, CODE0 + 3, 0xec, 0 ; the RPL within is ignored
	gate 15, EXECUTE_ONLY1, 0xec, 0
	set_gdt_gate GATE(17), CODE16, TARGET16, 0xec, 0
	set_gdt_gate GATE(18), CODE16, TARGET16, 0xe4, 2
	gate 19, GATE(0), 0xec, 0   ; to a gate
	set_gdt_gate GATE(16), BASED1, TARGET - IMAGE, 0xe4, 2
	set_gdt BASED1, IMAGE, 0xfffff, 0xc0bb

	mov dword [use_jump], 1
	run_list direct, 0, 3
	heading "direct calls"
	mov dword [use_jump], 0
	run_list direct, 0, 3
	heading "jumps through gates"
	mov dword [use_jump], 1
	run_list gates, 0, 3
	heading "calls through gates"
	mov dword [use_jump], 0
	run_list gates, 0, 3
	heading "the inner stack"
	run_list inner_stack, 3, 3
	heading "the inner stack, with a TSS that ends after SS0"
	mov byte [gdt + SMALL_TSS + 5], 0x89
	mov eax, SMALL_TSS
	mov [between.selector], eax
	call between
	run_list short_tss, 3, 3
	heading "the inner stack, with a 16-bit TSS"
	mov eax, TSS16
	mov [between.selector], eax
	call between
	run_list short_tss, 3, 3
	mov dword [between.selector], TSS
	call between
	heading "returns from ring 0"
	run_list returns, 0, 0
	heading "returns from ring 2"
	run_list returns2, 2, 2
	finish

between:
	pushad
	mov dword [tss + 12], INNER1
	mov dword [tss + 16], DATA1
	mov eax, [.selector]
	and byte [gdt + eax + 5], ~2
	ltr ax
	popad
	ret
.selector:
	dd TSS

target:
	look

	align 16
TARGET16 equ $ - $$
bits 16
	look
bits 32

; Jumps or calls to the far pointer at ECX; two words lie on the stack for gates to copy.
transfer:
	push dword 0x22222222
	push dword 0x11111111
	cmp dword [cs:use_jump], 0
	je .call
	jmp far [cs:ecx]
.call:
	call far [cs:ecx]
	done

; to name, selector
%macro to 2
	snippet %1
	mov ecx, .pointer
	jmp transfer
.pointer:
	dd TARGET, %2
%endmacro

	list direct
	to "null", 0
	to "null, RPL 3", 3
	to "code, DPL 0", CODE0
	to "code, DPL 0, RPL 3", CODE0 + 3
	to "code, DPL 1", CODE1 & ~3
	to "code, DPL 1, RPL 1", CODE1
	to "code, DPL 2, RPL 2", CODE2
	to "code, DPL 3, RPL 0", CODE3 & ~3
	to "code, DPL 3, RPL 3", CODE3
	to "conforming, DPL 0", CONFORMING0
	to "conforming, DPL 0, RPL 3", CONFORMING0 + 3
	to "conforming, DPL 2", CONFORMING2
	to "not present, DPL 0", NOT_PRESENT0
	to "not present, DPL 3", NOT_PRESENT3 + 3
	to "data", DATA0
	to "execute-only, DPL 1", EXECUTE_ONLY1 + 1
	to "beyond", BEYOND
	to "local without an LDT", 0xc
	end_list

	list gates
	to "DPL 3 to ring 0", GATE(0)
	to "DPL 3, RPL 3, to ring 0", GATE(0) + 3
	to "DPL 0 to ring 0", GATE(1)
	to "DPL 0, RPL 3, to ring 0", GATE(1) + 3
	to "to ring 1, 2 parameters", GATE(2)
	to "to ring 2", GATE(3)
	to "to ring 3", GATE(4)
	to "to conforming, 3 parameters", GATE(5)
	to "3 parameters", GATE(6)
	to "not present", GATE(8)
	to "target null", GATE(9)
	to "target data", GATE(10)
	to "target not present", GATE(11)
	to "target beyond", GATE(12)
	to "DPL 2", GATE(13)
	to "target with RPL 3", GATE(14)
	to "to execute-only ring 1", GATE(15)
	to "32-bit gate to 16-bit code", GATE(17)
	to "16-bit gate to 16-bit code, 2 parameters", GATE(18)
	to "target is a gate", GATE(19)
	to "LDT descriptor beyond", BEYOND + 4
	end_list

; with_tss name, ESP1, SS1, gate
%macro with_tss 4
	snippet %1
	mov eax, %2
	mov ecx, %3
	mov edx, .pointer
	jmp call_with_tss
.pointer:
	dd TARGET, %4
%endmacro

; from ring 3 to ring 1, so that exceptions still find ring 0's stack; the kernel's data is writable for all here
call_with_tss:
	mov [tss + 12], eax
	mov [tss + 16], ecx
	mov ecx, edx
	jmp transfer

	list inner_stack
	with_tss "ordinary", INNER1, DATA1, GATE(2) + 3
	with_tss "another segment", INNER1, DATA_BIG + 1, GATE(2) + 3
	with_tss "null", INNER1, 0, GATE(2) + 3
	with_tss "null, RPL 1", INNER1, 1, GATE(2) + 3
	with_tss "RPL 3", INNER1, (DATA1 & ~3) + 3, GATE(2) + 3
	with_tss "RPL 0", INNER1, DATA1 & ~3, GATE(2) + 3
	with_tss "DPL 0, RPL 1", INNER1, DATA0 + 1, GATE(2) + 3
	with_tss "DPL 3, RPL 3", INNER1, DATA3, GATE(2) + 3
	with_tss "code", INNER1, CODE1, GATE(2) + 3
	with_tss "read-only", INNER1, READ_ONLY1 + 1, GATE(2) + 3
	with_tss "not present", INNER1, DATA_NOT_PRESENT1 + 1, GATE(2) + 3
	with_tss "not present, DPL 3", INNER1, DATA_NOT_PRESENT3 + 1, GATE(2) + 3
	with_tss "beyond", INNER1, BEYOND + 1, GATE(2) + 3
	with_tss "local", INNER1, 5, GATE(2) + 3
	with_tss "24 bytes wanted, 24 there", 0x18, STACK_LIMIT1 + 1, GATE(2) + 3
	with_tss "24 bytes wanted, 20 there", 0x14, STACK_LIMIT1 + 1, GATE(2) + 3
	with_tss "ESP above the limit", 0x104, STACK_LIMIT1 + 1, GATE(2) + 3
	with_tss "31 parameters", INNER1, DATA1, GATE(7) + 3
	with_tss "16-bit gate", INNER1, DATA1, GATE(16) + 3
	with_tss "16-bit stack", 0x5abc0, STACK16_1 + 1, GATE(2) + 3
	end_list

	list short_tss
	to "ring 0", GATE(0) + 3
	to "ring 1", GATE(2) + 3
	to "ring 2", GATE(3) + 3
	end_list

; back name, CS, SS: far return with ESP for the outer ring
%macro back 3
	snippet %1
	push dword %3
	push dword STACK3 - 0x40
	push dword %2
	push dword TARGET
	retf
%endmacro

	list returns
	snippet "same ring"
	push dword CODE0
	push dword TARGET
	retf
	snippet "same ring, 8 bytes released"
	push dword 0x44444444
	push dword 0x33333333
	push dword CODE0
	push dword TARGET
	retf 8
	snippet "16 bits"
	push word CODE16
	push word TARGET16
	db 0x66
	retf
	back "to ring 3", CODE3, DATA3
	back "to ring 2", CODE2, DATA2
	back "to ring 1", CODE1, DATA1
	snippet "to ring 3, 8 bytes released on both stacks"
	push dword DATA3
	push dword STACK3 - 0x40
	push dword 0x44444444
	push dword 0x33333333
	push dword CODE3
	push dword TARGET
	retf 8
	snippet "to ring 3, data segments of ring 0, 3, conforming and null"
	mov eax, DATA3
	mov es, eax
	mov eax, CONFORMING0
	mov fs, eax
	xor eax, eax
	mov gs, eax
	push dword DATA3
	push dword STACK3 - 0x40
	push dword CODE3
	push dword TARGET
	retf
	back "to ring 3 with SS of ring 0", CODE3, DATA0
	back "to ring 3 with SS RPL 0", CODE3, DATA3 & ~3
	back "to ring 3 with SS null", CODE3, 0
	back "to ring 3 with SS null, RPL 3", CODE3, 3
	back "to ring 3 with SS read-only", CODE3, READ_ONLY3 + 3
	back "to ring 3 with SS code", CODE3, CODE3
	back "to ring 3 with SS not present", CODE3, DATA_NOT_PRESENT3 + 3
	back "to ring 3 with SS beyond", CODE3, BEYOND + 3
	back "CS null", 0, DATA3
	back "CS null, RPL 3", 3, DATA3
	back "CS beyond", BEYOND + 3, DATA3
	back "CS data", DATA3, DATA3
	back "CS DPL 3, RPL 0", CODE3 & ~3, DATA3
	back "CS DPL 0, RPL 3", CODE0 + 3, DATA3
	back "CS conforming DPL 0, RPL 3", CONFORMING0 + 3, DATA3
	back "CS conforming DPL 2, RPL 1", CONFORMING2 + 1, DATA1
	back "CS not present, DPL 3", NOT_PRESENT3 + 3, DATA3
	back "CS not present, DPL 0", NOT_PRESENT0, DATA0
	back "CS a gate", GATE(0) + 3, DATA3
	end_list

	list returns2
	back "to ring 3", CODE3, DATA3
	back "same ring", CODE2, DATA2
	back "to ring 0", CODE0, DATA0
	back "to ring 1", CODE1, DATA1
	back "to code DPL 3, RPL 2", (CODE3 & ~3) + 2, DATA3
	end_list

	align 4
use_jump:	dd 0
tss16:
	dw 0, 0x7f00, DATA0, 0x7e00, DATA1, 0x7d00, DATA2
	times 15 dw 0
