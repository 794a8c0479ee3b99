; Loading segment registers, LDTR and TR with selectors of every kind, and the instructions that look at descriptors (SDM
; Vol. 3A §5.5, §5.6, §5.10; Vol. 2A LAR, LSL, VERR, VERW, MOV, POP, LDS).

%include "harness.inc"

%define SLOT(number) (FREE + (number) * 8)

CONFORMING0 equ SLOT(0)
EXECUTE_ONLY0 equ SLOT(1)
READ_ONLY3 equ SLOT(2)
NOT_PRESENT3 equ SLOT(3)
LDT equ SLOT(4)
CALL_GATE3 equ SLOT(5)
EXPAND_DOWN equ SLOT(7)         ; DPL 3, 32-bit, limit 0xfff
EXPAND_DOWN16 equ SLOT(8)       ; DPL 3, 16-bit, limit 0xfff
NOT_PRESENT0 equ SLOT(9)
CONFORMING3 equ SLOT(10)
EXECUTE_ONLY3 equ SLOT(11)
TSS16 equ SLOT(12)
TSS_BUSY equ SLOT(13)
TASK_GATE3 equ SLOT(14)
INTERRUPT_GATE3 equ SLOT(15)
CALL_GATE16 equ SLOT(16)
RESERVED8 equ SLOT(17)
RESERVED0 equ SLOT(18)
TSS3 equ SLOT(19)
LDT_NOT_PRESENT equ SLOT(20)
READ_ONLY0 equ SLOT(21)
PAGES_LIMIT equ SLOT(22)        ; DPL 3, granularity 4 KiB, limit field 0
BEYOND equ GDT_ENTRIES * 8
LOCAL_DATA3 equ 0x07            ; in the LDT
LOCAL_BEYOND equ 0x17
LOCAL_NOT_PRESENT equ 0x0f

	begin "MOV DS"
	set_gdt CONFORMING0, 0, 0xfffff, 0xc09f
	set_gdt EXECUTE_ONLY0, 0, 0xfffff, 0xc099
	set_gdt READ_ONLY3, 0, 0xfffff, 0xc0f1
	set_gdt NOT_PRESENT3, 0, 0xfffff, 0xc073
	set_gdt LDT, ADDRESS(ldt), 0xf, 0x0082
	set_gdt_gate CALL_GATE3, CODE0, 0, 0xec, 0
	set_gdt EXPAND_DOWN, SCRATCH, 0xfff, 0x40f7
	set_gdt EXPAND_DOWN16, SCRATCH, 0xfff, 0x00f7
	set_gdt NOT_PRESENT0, 0, 0xfffff, 0xc013
	set_gdt CONFORMING3, 0, 0xfffff, 0xc0ff
	set_gdt EXECUTE_ONLY3, 0, 0xfffff, 0xc0f9
	set_gdt TSS16, 0x1234, 0x2b, 0x0081
	set_gdt TSS_BUSY, 0x1234, 0x67, 0x008b
	set_gdt_gate TASK_GATE3, TSS, 0, 0xe5, 0
	set_gdt_gate INTERRUPT_GATE3, CODE0, 0, 0xee, 0
	set_gdt_gate CALL_GATE16, CODE0, 0, 0xe4, 0
	set_gdt RESERVED8, 0x1234, 0x5678, 0x00e8
	set_gdt RESERVED0, 0x1234, 0x5678, 0x00e0
	set_gdt TSS3, 0x1234, 0x67, 0x00e9
	set_gdt LDT_NOT_PRESENT, 0, 0xf, 0x0002
	set_gdt READ_ONLY0, 0, 0xfffff, 0xc091
	set_gdt PAGES_LIMIT, SCRATCH, 0, 0xc0f3
	mov eax, LDT
	lldt ax

	mov dword [selector_action], load_ds
	call each_selector
	heading "MOV SS"
	mov dword [selector_action], load_ss
	call each_selector
	heading "LAR"
	mov dword [selector_action], look_lar
	call each_selector
	heading "LSL"
	mov dword [selector_action], look_lsl
	call each_selector
	heading "VERR, VERW"
	mov dword [selector_action], look_verify
	call each_selector
	heading "LLDT and LTR"
	run_list system_loads, 0, 0
	heading "loads"
	run_list loads, 0, 3
	finish

between:
	push eax
	mov eax, LDT
	lldt ax
	mov byte [gdt + TSS + 5], 0x89
	mov eax, TSS
	ltr ax
	pop eax
	ret

; Runs `selector_action` in every ring with every selector of the table, with RPL 0 and 3.
each_selector:
	mov edi, selectors
.next:
	mov eax, [edi]
	cmp eax, -1
	je .return
	lea esi, [edi + 4]
	call print_string           ; leaves ESI behind the name
	push esi
	print ":"
	xor ebx, ebx
.ring:
	print " r"
	lea eax, [ebx + '0']
	call print_character
	mov eax, [edi]
	call .one
	mov eax, [edi]
	test eax, 3
	jnz .only
	or eax, 3
	call .one
.only:
	inc ebx
	cmp ebx, 3
	jbe .ring
	call newline
	pop edi
	jmp .next
.return:
	ret
.one:
	mov [current_selector], eax
	pushad
	mov esi, [selector_action]
	call run_in_ring
	call report_short
	popad
	ret

; as `report`, without the place
report_short:
	mov dword [caught_eip], -1
	jmp report

; These find the selector in memory, with CS, as DS may not be there.
load_ds:
	mov ecx, [cs:current_selector]
	mov ds, ecx
	done
load_ss:
	mov ecx, [cs:current_selector]
	mov eax, ss
	mov ss, ecx
	mov ss, eax
	xor eax, eax
	done
look_lar:
	mov ecx, [cs:current_selector]
	mov eax, 0x11111111
	lar eax, ecx
	jnz .end
	and eax, 0xf0ff00
.end:
	done
look_lsl:
	mov ecx, [cs:current_selector]
	mov eax, 0x11111111
	lsl eax, ecx
	done
look_verify:
	mov ecx, [cs:current_selector]
	verr cx
	setz al
	verw cx
	setz ah
	done

%macro selector 2+
	dd %1
	db %2, 0
%endmacro

selectors:
	selector 0, "null"
	selector CODE0, "code, DPL 0"
	selector DATA0, "data, DPL 0"
	selector CODE1 & ~3, "code, DPL 1"
	selector DATA1 & ~3, "data, DPL 1"
	selector CODE3 & ~3, "code, DPL 3"
	selector DATA3 & ~3, "data, DPL 3"
	selector CONFORMING0, "conforming, DPL 0"
	selector CONFORMING3, "conforming, DPL 3"
	selector EXECUTE_ONLY0, "execute-only, DPL 0"
	selector EXECUTE_ONLY3, "execute-only, DPL 3"
	selector READ_ONLY0, "read-only, DPL 0"
	selector READ_ONLY3, "read-only, DPL 3"
	selector EXPAND_DOWN, "expand-down, DPL 3"
	selector EXPAND_DOWN16, "expand-down 16-bit, DPL 3"
	selector PAGES_LIMIT, "limit in pages, DPL 3"
	selector NOT_PRESENT0, "not present, DPL 0"
	selector NOT_PRESENT3, "not present, DPL 3"
	selector LDT, "LDT"
	selector TSS, "TSS, busy"
	selector TSS3, "TSS, DPL 3"
	selector TSS16, "TSS, 16-bit"
	selector CALL_GATE3, "call gate, DPL 3"
	selector CALL_GATE16, "call gate, 16-bit"
	selector TASK_GATE3, "task gate"
	selector INTERRUPT_GATE3, "interrupt gate"
	selector RESERVED8, "reserved type 8"
	selector RESERVED0, "reserved type 0"
	selector BEYOND, "beyond the GDT"
	selector LOCAL_DATA3, "LDT: data, DPL 3"
	selector LOCAL_NOT_PRESENT, "LDT: not present"
	selector LOCAL_BEYOND, "beyond the LDT"
	dd -1

	list system_loads
%macro load_system 3
	snippet %1
	mov ecx, %3
	%2 cx
	done
%endmacro
	load_system "lldt: null", lldt, 0
	load_system "lldt: null, RPL 3", lldt, 3
	load_system "lldt: LDT", lldt, LDT
	load_system "lldt: LDT, RPL 3", lldt, LDT + 3
	load_system "lldt: data", lldt, DATA0
	load_system "lldt: TSS", lldt, TSS
	load_system "lldt: local", lldt, LOCAL_DATA3
	load_system "lldt: not present", lldt, LDT_NOT_PRESENT
	load_system "lldt: beyond", lldt, BEYOND
	load_system "ltr: null", ltr, 0
	load_system "ltr: busy", ltr, TSS
	load_system "ltr: 16-bit busy", ltr, TSS_BUSY
	load_system "ltr: data", ltr, DATA0
	load_system "ltr: local", ltr, LOCAL_DATA3
	load_system "ltr: LDT", ltr, LDT
	load_system "ltr: beyond", ltr, BEYOND
	load_system "ltr: call gate", ltr, CALL_GATE3
	snippet "local selector without an LDT"
	xor ecx, ecx
	lldt cx
	mov ecx, LOCAL_DATA3
	mov es, ecx
	done
	end_list

	list loads
	snippet "mov cs"
	mov ecx, CODE0
	db 0x8e, 0xc9
	done
	snippet "mov sreg 6"
	db 0x8e, 0xf1
	done
	snippet "pop ds: null"
	push dword 0
	pop ds
	mov ax, ds
	done
	snippet "pop ds: data, DPL 0"
	push dword DATA0
	pop ds
	done
	snippet "pop ss: null"
	push dword 0
	pop ss
	done
	snippet "pop es: not present"
	push dword NOT_PRESENT3
	pop es
	done
	snippet "lds: data, DPL 3"
	mov dword [esi], 0x12345678
	mov dword [esi + 4], DATA3
	lds eax, [esi]
	mov ecx, DATA3
	mov es, ecx
	done
	snippet "les: beyond"
	mov dword [esi], 0x12345678
	mov dword [esi + 4], BEYOND
	les eax, [esi]
	done
	snippet "lss: null"
	mov dword [esi], 0x12345678
	mov dword [esi + 4], 0
	lss eax, [esi]
	done
	snippet "lfs: execute-only"
	mov dword [esi], 0x12345678
	mov dword [esi + 4], EXECUTE_ONLY3
	lfs eax, [esi]
	done
	snippet "lgs: read-only, DPL 3"
	mov dword [esi], 0x12345678
	mov dword [esi + 4], READ_ONLY3
	lgs eax, [esi]
	done
	snippet "les of a register"
	db 0xc4, 0xc0
	done
	snippet "mov ds, word [mem]"
	mov word [esi], DATA3
	mov ds, [esi]
	done
	snippet "push ds is 4 bytes"
	mov eax, esp
	push ds
	sub eax, esp
	done
	snippet "arpl: RPL raised, ZF"
	mov ecx, 3
	mov edx, 0x11
	arpl dx, cx
	setz al
	mov ah, dl
	done
	snippet "arpl: RPL kept, ZF"
	mov ecx, 1
	mov edx, 0x13
	arpl dx, cx
	setz al
	mov ah, dl
	done
	end_list

	align 8
ldt:
	dd LOW(0, 0xfffff), HIGH(0, 0xfffff, 0xc0f3)
	dd LOW(0, 0xfffff), HIGH(0, 0xfffff, 0xc073)
current_selector:	dd 0
selector_action:	dd 0
