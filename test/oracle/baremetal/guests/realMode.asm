; Real mode: segments and their limits, exceptions through the interrupt vectors, instructions that do not exist there, and the
; way in and out (SDM Vol. 3B §20.1, Vol. 3A §9.9).
; Snippets are 16-bit code, copied to REAL_CODE and run in real mode with DS = ES = REAL_DATA, SS:SP = REAL_STACK:1000. They end
; with INT 0x30. Exceptions push no error code there.

%include "harness.inc"

REAL_SEGMENT equ 0x900
REAL_CODE equ REAL_SEGMENT * 16
REAL_DATA equ 0x1000
REAL_STACK equ 0x2000
HANDLERS equ 0x8000             ; below 64 KiB, with segment 0
SNIPPET_BYTES equ 96
CODE16 equ FREE
DATA16 equ FREE + 8

%macro snippet16 1+
	snippet %1
bits 16
%endmacro
%macro done16 0
	int DONE
bits 32
%endmacro
%macro one16 2+
	snippet16 %1
	%2
	done16
%endmacro

	begin "real mode"
	set_gdt CODE16, 0, 0xffff, 0x009b
	set_gdt DATA16, 0, 0xffff, 0x0093
	mov edi, REAL_DATA * 16
	mov ecx, 0x8000
	xor eax, eax
	rep stosd
	mov esi, low_code
	mov edi, HANDLERS
	mov ecx, low_code_end - low_code
	rep movsb
	mov edi, 0                  ; 64 vectors: stubs of 5 bytes
	mov eax, HANDLERS + real_stubs - low_code
	mov ecx, 64
.vector:
	stosd
	add eax, 5
	loop .vector
	mov esi, [real]
	call run_real
	heading "with a limit of 4 GiB left over from protected mode"
	mov byte [unreal], 1
	mov esi, [unreal_list]
	call run_real
	heading "a limit of the IDT that ends before a vector"
	mov byte [unreal], 0
	mov word [real_idt], 0x2f * 4 + 3
	mov esi, [short_idt]
	call run_real
	finish

between:
	ret

run_real:
	cmp dword [esi], 0
	je returned.return
	push esi
	add esi, 4
	call print_string
	print ":"
	mov edi, REAL_CODE
	mov ecx, SNIPPET_BYTES
	rep movsb
	mov dword [0x500], 0
	mov [saved_stack], esp
	mov al, [unreal]
	mov [0x510], al
	lidt [real_idt]
	jmp CODE16:HANDLERS

; Back in protected mode: what the handler noted at 0x500 is vector, IP, CS, FLAGS, SP, then EAX, DS, ES.
returned:
	mov eax, DATA0
	mov ds, eax
	mov es, eax
	mov fs, eax
	mov gs, eax
	mov ss, eax
	mov esp, [saved_stack]
	lidt [idt_register]
	print " vector="
	mov al, [0x500]
	call print_hex8
	print " at "
	mov ax, [0x504]
	call print_hex16
	mov al, ':'
	call print_character
	mov ax, [0x502]
	call print_hex16
	print " sp="
	mov ax, [0x508]
	call print_hex16
	print " eax="
	mov eax, [0x50c]
	call print_hex
	call newline
	pop esi
	mov esi, [esi]
	jmp run_real
.return:
	ret

bits 16
low_code:
	mov ax, DATA16
	mov bx, DATA0
	cmp byte [0x510], 0
	je .limits
	mov ax, bx                  ; keeps 4 GiB
.limits:
	mov ds, ax
	mov es, ax
	mov fs, ax
	mov gs, ax
	mov ax, DATA16
	mov ss, ax
	mov eax, cr0
	and al, ~1
	mov cr0, eax
	jmp 0:HANDLERS + .real - low_code
.real:
	mov ax, REAL_STACK
	mov ss, ax
	mov esp, 0x1000
	mov ax, REAL_DATA
	mov ds, ax
	mov es, ax
	xor ax, ax
	mov fs, ax
	mov gs, ax
	push word 2
	popf
	xor eax, eax
	xor ebx, ebx
	xor ecx, ecx
	xor edx, edx
	xor esi, esi
	xor edi, edi
	xor ebp, ebp
	jmp REAL_SEGMENT:0

real_stubs:
%assign real_vector 0
%rep 64
	push byte real_vector
	jmp near real_handler
%assign real_vector real_vector + 1
%endrep
real_handler:
	push eax
	push ds
	xor ax, ax
	mov ds, ax
	pop word [0x512]
	pop dword [0x50c]
	pop word [0x500]
	pop word [0x502]
	pop word [0x504]
	pop word [0x506]
	mov [0x508], sp
	mov [0x514], es
	cli
	cld
	mov eax, cr0
	or al, 1
	mov cr0, eax
	jmp dword CODE0:returned
low_code_end:
bits 32

	list real
	one16 "nothing", nop
	snippet16 "INT pushes FLAGS, CS, IP"
	sti
	stc
	mov bp, sp
	int DONE
bits 32
	snippet16 "word at fffe"
	mov ax, [0xfffe]
	done16
	snippet16 "word at ffff"
	mov ax, [0xffff]
	done16
	snippet16 "word write at ffff"
	mov [0xffff], ax
	done16
	snippet16 "dword at fffd"
	mov eax, [0xfffd]
	done16
	snippet16 "byte at ffff"
	mov al, [0xffff]
	done16
	snippet16 "word at ffff in SS"
	mov bp, 0xffff
	mov ax, [bp]
	done16
	snippet16 "16-bit address wraps"
	mov bx, 0xffff
	mov al, [bx + 2]
	done16
	snippet16 "32-bit address beyond 64 KiB"
	mov ebx, 0x10000
	mov al, [ebx]
	done16
	snippet16 "32-bit address within"
	mov ebx, 0xfff0
	mov ax, [ebx]
	done16
	snippet16 "32-bit sum wraps at 4 GiB"
	mov ebx, 0xffffffff
	mov al, [ebx + 1]
	done16
	snippet16 "HMA: ffff:0010"
	mov ax, 0xffff
	mov fs, ax
	mov eax, [fs:0x10]
	cmp eax, 0x1badb002
	mov ax, 0
	setz al
	movzx eax, al
	done16
	snippet16 "push at sp = 0"
	mov cx, sp
	xor sp, sp
	push ax
	mov ax, sp
	mov sp, cx
	done16
	snippet16 "push [mem], pop [mem] with sp"
	mov [0], sp
	push word [0]
	pop word [2]
	mov ax, [2]
	done16
	snippet16 "push sp"
	push sp
	pop ax
	done16
	snippet16 "write to CS"
	mov byte [cs:0x50], 0x77
	mov al, [cs:0x50]
	done16
	snippet16 "div by zero: IP of the DIV"
	div cl
	done16
	snippet16 "aam 0"
	db 0xd4, 0
	done16
	snippet16 "bound"
	mov word [0], 5
	mov word [2], 7
	mov ax, 8
	bound ax, [0]
	done16
	snippet16 "into"
	mov al, 0x7f
	inc al
	into
	done16
	one16 "int3", int3
	one16 "int 0x21", int 0x21
	one16 "ud2", ud2
	one16 "lldt", lldt ax
	one16 "ltr", ltr ax
	one16 "sldt", sldt ax
	one16 "str", str ax
	one16 "lar", lar ax, bx
	one16 "lsl", lsl ax, bx
	one16 "verr", verr bx
	one16 "verw", verw bx
	one16 "arpl", arpl ax, bx
	one16 "clts", clts
	snippet16 "smsw"
	smsw ax
	and ax, 1
	done16
	snippet16 "lmsw with PE clear"
	xor ax, ax
	lmsw ax
	done16
	one16 "mov cs", db 0x8e, 0xc9
	one16 "sreg 7", db 0x8e, 0xf9
	one16 "lock inc ax", db 0xf0, 0x40
	one16 "lock add to memory", lock add [0], ax
	one16 "lgdt of a register", db 0x0f, 0x01, 0xd0
	one16 "mov cr2", mov cr2, eax
	one16 "mov cr1", db 0x0f, 0x20, 0xc8
	one16 "fifteen bytes", db 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x90
	one16 "sixteen bytes", db 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x90
	snippet16 "popf sets IOPL and NT"
	push word 0x7002
	popf
	pushf
	pop ax
	push word 2
	popf
	movzx eax, ax
	done16
	snippet16 "popfd: not VM, not RF"
	push dword 0x37002
	popfd
	pushfd
	pop eax
	push word 2
	popf
	done16
	snippet16 "iret"
	push word 0x0ed7
	push cs
	push word 0x30
	iret
	times 0x30 - 7 nop
	pushf
	pop ax
	and ax, 0x0ed5
	movzx eax, ax
	cld
	done16
	snippet16 "iretd"
	push dword 0x202
	push dword REAL_SEGMENT
	push dword 0x40
	iretd
	times 0x40 - 17 nop
	mov al, 1
	done16
	snippet16 "iretd beyond 64 KiB"
	push dword 2
	push dword REAL_SEGMENT
	push dword 0x10000
	iretd
	snippet16 "jmp near beyond 64 KiB"
	mov eax, 0x10000
	jmp eax
	snippet16 "call far, retf 2"
	push word 0x1234
	call REAL_SEGMENT:0x30
	mov ax, sp
	movzx eax, ax
	done16
	bits 16
	times 0x30 - 16 nop
	retf 2
	bits 32
	snippet16 "enter, leave"
	mov bp, sp
	enter 6, 1
	mov ax, sp
	leave
	movzx eax, ax
	done16
	snippet16 "pusha, popa"
	mov cx, 0x1234
	pusha
	mov cx, 0
	popa
	movzx eax, cx
	done16
	snippet16 "rep movsb across the end of a segment"
	mov si, 0xfffe
	mov di, 0x100
	mov cx, 4
	rep movsb
	mov ax, si
	movzx eax, ax
	done16
	snippet16 "rep movsw up to the end"
	mov si, 0xfffd
	mov di, 0x100
	mov cx, 4
	rep movsw
	done16
	snippet16 "lds, les"
	mov dword [0], 0x56781234
	les bx, [0]
	mov ax, es
	movzx eax, ax
	done16
	end_list

	list unreal_list
	snippet16 "beyond 64 KiB"
	mov ebx, 0x10000
	mov eax, [fs:ebx]
	xor eax, eax
	done16
	snippet16 "the image at 1 MiB"
	mov ebx, IMAGE
	mov eax, [fs:ebx]
	done16
	snippet16 "stays after a load"
	mov ax, 0x10
	mov fs, ax
	mov ebx, IMAGE - 0x100
	mov eax, [fs:ebx]
	done16
	snippet16 "not the stack's, which was given one"
	mov ebp, 0x10000
	mov al, [ebp]
	done16
	end_list

	list short_idt
	one16 "int 0x2f", int 0x2f
	one16 "int 0x30", int 0x30
	one16 "int3", int3
	end_list

saved_stack:	dd 0
unreal:	db 0
	align 4
real_idt:
	dw 0x3ff
	dd 0
