; Limits and types of segments, as instructions meet them (SDM Vol. 3A §5.3, §5.5).

%include "harness.inc"

%define SLOT(number) (FREE + (number) * 8)

CONFORMING0 equ SLOT(0)
READ_ONLY3 equ SLOT(1)
DATA_LIMIT equ SLOT(2)          ; DPL 3, byte granularity, limit 0xf
EXPAND_DOWN equ SLOT(3)         ; DPL 3, 32-bit, limit 0xfff
EXPAND_DOWN16 equ SLOT(4)       ; DPL 3, 16-bit, limit 0xfff
PAGES_LIMIT equ SLOT(5)         ; DPL 3, granularity 4 KiB, limit field 0
UNACCESSED equ SLOT(6)          ; DPL 3, accessed clear
STACK16 equ SLOT(7)             ; DPL 3, 16-bit, base STACK3 - 0x10000
STACK_LIMIT equ SLOT(8)         ; DPL 3, 32-bit, base SCRATCH, limit 0xff
CODE_LIMIT equ SLOT(9)          ; DPL 0, 32-bit, base `end_of_code` - 0x20, limit 0x1f

	begin "limits and types"
	set_gdt CONFORMING0, 0, 0xfffff, 0xc09f
	set_gdt READ_ONLY3, 0, 0xfffff, 0xc0f1
	set_gdt DATA_LIMIT, SCRATCH, 0xf, 0x40f3
	set_gdt EXPAND_DOWN, SCRATCH, 0xfff, 0x40f7
	set_gdt EXPAND_DOWN16, SCRATCH, 0xfff, 0x00f7
	set_gdt PAGES_LIMIT, SCRATCH, 0, 0xc0f3
	set_gdt UNACCESSED, 0, 0xfffff, 0xc0f2
	set_gdt STACK16, (STACK3 - 0x10000), 0xffff, 0x00f3
	set_gdt STACK_LIMIT, SCRATCH, 0xff, 0x40f3
	set_gdt CODE_LIMIT, (ADDRESS(end_of_code) - 0x20), 0x1f, 0x409b
	run_list limits, 0, 3
	heading "stacks"
	run_list stacks_list, 3, 3
	heading "code"
	run_list code, 0, 0
	finish

between:
	mov byte [gdt + UNACCESSED + 5], 0xf2
	ret

; with_es name, selector, instruction: the instruction uses ES
%macro with_es 3+
	snippet %1
	mov ecx, %2
	mov es, ecx
	xor ecx, ecx
	%3
	xor eax, eax
	done
%endmacro

	list limits
	with_es "null, read", 0, mov al, [es:0]
	with_es "limit f, byte at f", DATA_LIMIT, mov al, [es:0xf]
	with_es "limit f, byte at 10", DATA_LIMIT, mov al, [es:0x10]
	with_es "limit f, word at e", DATA_LIMIT, mov ax, [es:0xe]
	with_es "limit f, word at f", DATA_LIMIT, mov ax, [es:0xf]
	with_es "limit f, dword at c", DATA_LIMIT, mov eax, [es:0xc]
	with_es "limit f, dword at d", DATA_LIMIT, mov eax, [es:0xd]
	with_es "limit f, dword at ffffffff", DATA_LIMIT, mov eax, [es:0xffffffff]
	with_es "limit f, write at d", DATA_LIMIT, mov [es:0xd], eax
	with_es "limit f, qword at 8", DATA_LIMIT, cmpxchg8b [es:0x8]
	with_es "limit f, qword at 9", DATA_LIMIT, cmpxchg8b [es:0x9]
	with_es "expand-down fff, byte at fff", EXPAND_DOWN, mov al, [es:0xfff]
	with_es "expand-down fff, byte at 1000", EXPAND_DOWN, mov al, [es:0x1000]
	with_es "expand-down fff, dword at fff", EXPAND_DOWN, mov eax, [es:0xfff]
	with_es "expand-down fff, dword at 20000", EXPAND_DOWN, mov eax, [es:0x20000]
	with_es "expand-down 16, word at fffe", EXPAND_DOWN16, mov ax, [es:0xfffe]
	with_es "expand-down 16, word at ffff", EXPAND_DOWN16, mov ax, [es:0xffff]
	with_es "expand-down 16, word at 10000", EXPAND_DOWN16, mov ax, [es:0x10000]
	with_es "expand-down 16, word at 0", EXPAND_DOWN16, mov ax, [es:0]
	with_es "pages 0, byte at fff", PAGES_LIMIT, mov al, [es:0xfff]
	with_es "pages 0, byte at 1000", PAGES_LIMIT, mov al, [es:0x1000]
	with_es "flat, dword at ffffffff wraps", DATA3, cmp dword [es:SCRATCH], 0
	with_es "read-only, read", READ_ONLY3, mov al, [es:SCRATCH]
	with_es "read-only, write", READ_ONLY3, mov [es:SCRATCH], al
	with_es "read-only, add", READ_ONLY3, add [es:SCRATCH], al
	with_es "read-only, add 0 to register", READ_ONLY3, add al, [es:SCRATCH]
	with_es "code, read", CODE3, mov al, [es:SCRATCH]
	with_es "code, write", CODE3, mov [es:SCRATCH], al
	with_es "conforming, read", CONFORMING0, mov al, [es:SCRATCH]
	with_es "stosb beyond", DATA_LIMIT, stosb
	snippet "rep stosb, part of it"
	mov ecx, DATA_LIMIT
	mov es, ecx
	mov edi, 0xd
	mov ecx, 8
	rep stosb
	done
	snippet "rep stosb, what is left"
	mov ecx, DATA_LIMIT
	mov es, ecx
	mov edi, 0xd
	mov ecx, 8
	mov eax, 0x55
	rep stosb
	done
	snippet "write to CS"
	mov [cs:SCRATCH], eax
	done
	snippet "read from CS"
	mov eax, [cs:SCRATCH + 0x80]
	and eax, 0
	done
	snippet "accessed bit"
	mov al, [gdt + UNACCESSED + 5]
	mov ecx, UNACCESSED
	mov es, ecx
	mov ah, [gdt + UNACCESSED + 5]
	done
	snippet "accessed bit, LAR"
	mov ecx, UNACCESSED
	lar ecx, ecx
	mov al, [gdt + UNACCESSED + 5]
	done
	end_list

; STACK_LIMIT has its bytes at 0–0xff.
%macro with_stack 3+
	snippet %1
	mov ecx, STACK_LIMIT + 3
	mov ss, ecx
	mov esp, %2
	%3
	mov eax, esp
	done
%endmacro

	list stacks_list
	with_stack "push at 0", 0, push eax
	with_stack "push at 3", 3, push eax
	with_stack "push at 4", 4, push eax
	with_stack "push at 100", 0x100, push eax
	with_stack "push at 101", 0x101, push eax
	with_stack "pop at fc", 0xfc, pop eax
	with_stack "pop at fd", 0xfd, pop eax
	with_stack "pop at 100", 0x100, pop eax
	with_stack "push word at 101", 0x101, push ax
	with_stack "pusha at 20", 0x20, pushad
	with_stack "pusha at 1c", 0x1c, pushad
	with_stack "popa at e0", 0xe0, popad
	with_stack "popa at e4", 0xe4, popad
	with_stack "call at 0", 0, call near $
	with_stack "ret at 100", 0x100, ret
	with_stack "iret at f8", 0xf8, iretd
	with_stack "retf at fc", 0xfc, retf
	with_stack "pushf at 2", 2, pushfd
	with_stack "enter 8 at 8", 8, enter 8, 0
	with_stack "enter 8 at b", 0xb, enter 8, 0
	with_stack "push [mem] at 0", 0, push dword [SCRATCH]
	with_stack "pop [mem] at 100", 0x100, pop dword [SCRATCH]
	with_stack "[ebp] at 100", 0x80, mov al, [ebp + 0x100]
	with_stack "[esp] at fd", 0xfd, mov eax, [esp]
	snippet "16-bit stack: push at 0 wraps"
	mov ecx, STACK16 + 3
	mov ss, ecx
	mov esp, 0x50000
	push eax
	mov eax, esp
	done
	snippet "16-bit stack: push at 2"
	mov ecx, STACK16 + 3
	mov ss, ecx
	mov esp, 0x50002
	push eax
	mov eax, esp
	done
	snippet "16-bit stack: pop at fffe"
	mov ecx, STACK16 + 3
	mov ss, ecx
	mov esp, 0x5fffe
	pop eax
	mov eax, esp
	done
	end_list

	list code
	snippet "jump to the last byte"
	mov dword [.target], 0x1f
	jmp far [.target]
.target:
	dd 0x1f, CODE_LIMIT
	snippet "jump beyond the limit"
	jmp CODE_LIMIT:0x20
	snippet "an instruction across the limit"
	jmp CODE_LIMIT:0x1d
	snippet "short jump beyond the limit"
	jmp CODE_LIMIT:0x10
	snippet "near return beyond the limit"
	push dword 0x2000
	jmp CODE_LIMIT:0x14
	snippet "near call beyond the limit"
	jmp CODE_LIMIT:0x16
	end_list

	align 32
	times 0x10 nop
	jmp short $ + 0x12          ; at 10
	nop
	nop
	ret                         ; at 14
	nop
	call near $ + 0x100         ; at 16
	nop
	nop
	db 0xb8, 1, 2               ; at 1d: MOV EAX, imm32
end_of_code:
	db 3, 4
