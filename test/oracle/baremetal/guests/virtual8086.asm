; Virtual-8086 mode: which instructions work, how it is entered and left, segments, and the I/O permission bitmap (SDM Vol. 3B
; §20.2–§20.3, Vol. 1 §18.5.2).
; Snippets are 16-bit code, copied to V86_CODE. They end with UD2, wherever IOPL stands, which is reported as #UD `at` its
; offset; INT n must not end them.

%include "harness.inc"

V86_SEGMENT equ 0x900
V86_CODE equ V86_SEGMENT * 16
V86_DATA equ 0x1000             ; segment
V86_STACK equ 0x2000            ; segment
SNIPPET_BYTES equ 96

; A snippet of 16-bit code.
%macro snippet16 1+
	snippet %1
bits 16
%endmacro
%macro done16 0
	ud2
bits 32
%endmacro
%macro one16 2+
	snippet16 %1
	%2
	done16
%endmacro

	begin "IOPL 0"
	mov edi, V86_DATA * 16
	mov ecx, 0x4000
	xor eax, eax
	rep stosd
	mov edi, V86_STACK * 16
	mov ecx, 0x4000
	rep stosd
	set_gate 0x20, CODE0, (ADDRESS(stubs) + 0x20 * 16), 0xee
	set_gate 0x21, CODE1, (ADDRESS(stubs) + 0x21 * 16), 0xee
	set_gate 0x22, CONFORMING, (ADDRESS(stubs) + 0x22 * 16), 0xee
	set_gate 0x23, CODE3, (ADDRESS(stubs) + 0x23 * 16), 0xee
	set_gate 0x24, CODE0, (ADDRESS(stubs) + 0x24 * 16), 0xef
	set_gdt CONFORMING, 0, 0xfffff, 0xc09f
	mov dword [v86_flags], 0x20002
	call run_list16
	heading "IOPL 3"
	mov dword [v86_flags], 0x23002
	call run_list16
	heading "IOPL 3, IF"
	mov dword [v86_flags], 0x23202
	call run_list16
	heading "I/O bitmap, virtual-8086 mode, IOPL 3"
	mov dword [v86_flags], 0x23002
	call bitmap_tests
	heading "I/O bitmap, ring 3, IOPL 0"
	mov dword [v86_flags], 0
	call bitmap_tests
	heading "what the handler finds"
	mov dword [v86_flags], 0x23202
	mov esi, frame_code
	call run_v86
	call print_frame
	heading "into virtual-8086 mode from ring 3: VM stays clear"
	run_list from_ring3, 3, 3
	finish

CONFORMING equ FREE

between:
	ret

; Each snippet of `virtual`, once.
run_list16:
	mov esi, [virtual]
.next:
	cmp dword [esi], 0
	je .return
	push esi
	add esi, 4
	call print_string
	print ":"
	call run_v86
	call report
	mov eax, [caught_eax]
	print " eax="
	call print_hex
	mov ax, [caught_esp]
	print " sp="
	call print_hex16
	call newline
	pop esi
	mov esi, [esi]
	jmp run_list16.next
.return:
	ret

; Runs the 16-bit code at ESI with `v86_flags`.
run_v86:
	pop dword [resume_address]
	mov [resume_stack], esp
	mov dword [snippet_start], 0
	mov edi, V86_CODE
	mov ecx, SNIPPET_BYTES
	rep movsb
	push dword 0x4444           ; GS
	push dword 0x3333           ; FS
	push dword V86_DATA         ; DS
	push dword V86_DATA         ; ES
	push dword V86_STACK
	push dword 0x1000
	push dword [v86_flags]
	push dword V86_SEGMENT
	push dword 0
	call clear_registers
	xor esi, esi
	xor edi, edi
	iretd


; --- the I/O bitmap: of ports 0–0x87 all but 0x81 and 0x85 are free, then 8 that are not, and the TSS ends

bitmap_tests:
	mov esi, ports
.next:
	movzx eax, word [esi]
	cmp eax, 0xffff
	je .return
	mov [port], eax
	mov [V86_DATA * 16], ax
	call print_hex16
	print ":"
	mov edi, accesses
.access:
	cmp dword [edi], 0
	je .end
	push esi
	push edi
	mov esi, [edi]
	cmp dword [v86_flags], 0
	je .ring3
	mov esi, [edi + 4]
.ring3:
	call run_with_bitmap
	mov dword [caught_eip], -1
	mov dword [caught_eax], 0
	call report
	pop edi
	pop esi
	add edi, 8
	jmp .access
.end:
	call newline
	add esi, 2
	jmp .next
.return:
	mov word [tss + 0x66], 0x68
	mov dword [gdt + TSS], LOW(ADDRESS(tss), 0x67)
	mov byte [gdt + TSS + 5], 0x89
	mov eax, TSS
	ltr ax
	ret

; With the bitmap in the guest's large TSS.
run_with_bitmap:
	pushad
	mov esi, tss
	mov edi, big_tss
	mov ecx, 0x1a
	rep movsd
	mov word [big_tss + 0x66], 0x68
	set_gdt BIG_TSS, ADDRESS(big_tss), (0x68 + 0x11), 0x89
	mov eax, BIG_TSS
	ltr ax
	popad
	cmp dword [v86_flags], 0
	jne run_v86
	mov ebx, 3
	jmp run_in_ring

BIG_TSS equ FREE + 8

ports:
	dw 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x8f, 0x90, 0x3ff8, 0xffff
accesses:
	dd in8, in8_16, in16, in16_16, in32, in32_16, out8, out8_16, 0

in8:
	mov edx, [port]
	in al, dx
	ud2
in16:
	mov edx, [port]
	in ax, dx
	ud2
in32:
	mov edx, [port]
	in eax, dx
	ud2
out8:
	mov edx, [port]
	out dx, al
	ud2
bits 16
in8_16:
	mov dx, [0]
	in al, dx
	ud2
in16_16:
	mov dx, [0]
	in ax, dx
	ud2
in32_16:
	mov dx, [0]
	in eax, dx
	ud2
out8_16:
	mov dx, [0]
	out dx, al
	ud2

frame_code:
	mov ax, 0x1357
	int 0x20
bits 32

; CS:EIP, EFLAGS, SS:ESP, ES, DS, FS, GS as pushed, and the segment registers in the handler.
print_frame:
	mov esi, caught_eip
	mov ecx, 9
.next:
	lodsd
	call print_hex
	mov al, ' '
	call print_character
	loop .next
	mov ax, [caught_ds]
	call print_hex16
	mov al, ' '
	call print_character
	mov ax, [caught_es]
	call print_hex16
	mov al, ' '
	call print_character
	mov ax, [caught_fs]
	call print_hex16
	mov al, ' '
	call print_character
	mov ax, [caught_gs]
	call print_hex16
	mov al, ' '
	call print_character
	mov ax, [caught_inner_ss]
	call print_hex16
	call newline
	ret

	list virtual
	one16 "nothing", nop
	one16 "cli", cli
	one16 "sti", sti
	one16 "pushf", pushf
	snippet16 "pushf shows"
	pushf
	pop ax
	done16
	snippet16 "pushfd shows"
	pushfd
	pop eax
	done16
	snippet16 "popf all ones but TF, NT"
	push word 0x3ed7
	popf
	done16
	snippet16 "popfd VM, RF, IOPL"
	push dword 0x33002
	popfd
	done16
	snippet16 "iret"
	pushf
	push cs
	push word 0x20
	iret
	times 0x20 - 5 hlt
	done16
	one16 "int 0x20: gate DPL 3, ring 0", int 0x20
	one16 "int 0x21: to ring 1", int 0x21
	one16 "int 0x22: to conforming", int 0x22
	one16 "int 0x23: to ring 3", int 0x23
	one16 "int 0x25: gate DPL 0", int 0x25
	one16 "int3", int3
	one16 "into, not taken", into
	snippet16 "div by zero"
	div cx
	done16
	one16 "hlt", hlt
	one16 "in al, 0x80", in al, 0x80
	one16 "out 0x80, al", out 0x80, al
	snippet16 "insb"
	mov dx, 0x80
	insb
	done16
	snippet16 "rep outsb"
	mov dx, 0x80
	mov cx, 2
	rep outsb
	done16
	one16 "lgdt", lgdt [0]
	one16 "sgdt", sgdt [0]
	one16 "sidt", sidt [0]
	one16 "smsw", smsw [0]
	one16 "lmsw", lmsw cx
	one16 "sldt", sldt ax
	one16 "str", str ax
	one16 "lldt", lldt cx
	one16 "ltr", ltr cx
	one16 "lar", lar ax, cx
	one16 "lsl", lsl ax, cx
	one16 "verr", verr cx
	one16 "arpl", arpl ax, cx
	one16 "mov eax, cr0", mov eax, cr0
	one16 "mov cr0, ecx", mov cr0, ecx
	one16 "mov eax, dr0", mov eax, dr0
	one16 "clts", clts
	one16 "invd", invd
	one16 "wbinvd", wbinvd
	one16 "invlpg", invlpg [0]
	one16 "rdmsr", rdmsr
	one16 "wrmsr", wrmsr
	snippet16 "rdtsc"
	rdtsc
	xor eax, eax
	done16
	snippet16 "cpuid"
	cpuid
	xor eax, eax
	done16
	snippet16 "mov ds, any"
	mov cx, 0xfedc
	mov ds, cx
	mov ax, ds
	done16
	snippet16 "mov ss, null"
	xor cx, cx
	mov ss, cx
	done16
	snippet16 "mov cs"
	db 0x8e, 0xc9
	done16
	snippet16 "word at ffff"
	mov ax, [0xffff]
	done16
	snippet16 "word at ffff, stack"
	mov bp, 0xffff
	mov ax, [bp]
	done16
	snippet16 "32-bit address beyond 64 KiB"
	mov ecx, 0x10000
	mov al, [ecx]
	done16
	snippet16 "32-bit address within 64 KiB"
	mov ecx, 0xfffe
	mov ax, [ecx]
	done16
	snippet16 "push at sp = 0"
	xor sp, sp
	push ax
	mov ax, sp
	done16
	snippet16 "push at sp = 1"
	mov sp, 1
	push ax
	done16
	snippet16 "write to cs"
	mov [cs:0x80], ax
	done16
	snippet16 "lds"
	lds bx, [0]
	mov ax, ds
	done16
	end_list

	list from_ring3
	snippet "iret with VM in the image"
	push dword V86_DATA
	push dword V86_DATA
	push dword V86_DATA
	push dword V86_DATA
	push dword V86_STACK
	push dword 0x1000
	push dword 0x20002
	push dword CODE3
	push dword .here
	iretd
.here:
	pushfd
	pop eax
	done
	snippet "popfd with VM"
	push dword 0x20002
	popfd
	pushfd
	pop eax
	done
	end_list

	align 4
v86_flags:	dd 0
port:	dd 0
big_tss:
	times 0x68 db 0
	times 16 db 0               ; ports 0–0x7f
	db 0x22                     ; ports 0x81 and 0x85
	db 0xff
	times 16 db 0
