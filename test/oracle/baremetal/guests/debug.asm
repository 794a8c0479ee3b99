; Single-stepping and the debug registers (SDM Vol. 3B §17.2, §17.3). A trace is the list of #DB exceptions of a snippet:
; `+` bytes from its beginning, DR6 where it is more than BS, and R where RF was set in the pushed flags.

%include "harness.inc"

TRACE_SIZE equ 24

	begin "single steps"
	set_gate 1, CODE0, ADDRESS(on_debug), 0x8e
	mov dword [after_report], print_trace
	set_gate 0x34, CODE0, ADDRESS(quiet_handler), 0xee
	mov dword [snippet_flags], 0x102
	run_list steps, 0, 3
	heading "without TF"
	mov dword [snippet_flags], 2
	run_list untraced, 0, 3
	heading "code breakpoints"
	run_list code_breakpoints, 0, 0
	heading "data breakpoints"
	run_list data_breakpoints, 0, 0
	heading "DR7.GD and access to the debug registers"
	set_gate 1, CODE0, (ADDRESS(stubs) + 16), 0x8e
	run_list registers, 0, 0
	finish

between:
	push eax
	mov eax, 0x400
	mov dr7, eax
	mov eax, 0xffff0ff0
	mov dr6, eax
	pop eax
	ret

; Notes EIP, DR6 and RF, and goes on; after a code breakpoint with RF set, so that it does not come again.
on_debug:
	pushad
	push ds
	mov eax, DATA0
	mov ds, eax
	cld
	mov ebx, [trace]
	cmp ebx, trace_end
	jae .full
	mov eax, [esp + 36]
	sub eax, [snippet_start]
	mov [ebx], eax
	mov eax, dr6
	and eax, 0xe00f
	mov ecx, [esp + 44]
	and ecx, 0x10000
	or eax, ecx
	mov [ebx + 4], eax
	add dword [trace], 8
.full:
	mov eax, dr6
	and eax, 0x400f
	cmp eax, 0x4000
	jae .stepped
	or dword [esp + 44], 0x10000        ; RF: past a code breakpoint
.stepped:
	mov eax, 0xffff0ff0
	mov dr6, eax
	pop ds
	popad
	iretd

quiet_handler:
	nop
	iretd

; Ends a snippet.
%macro traced 0
	nop
	int DONE
%endmacro

; Prints the trace and empties it.
print_trace:
	pushad
	mov esi, trace_entries
.next:
	cmp esi, [trace]
	jae .end
	print " "
	mov eax, [esi]
	call print_hex8
	mov eax, [esi + 4]
	and eax, 0xffff
	cmp eax, 0x4000
	je .stepped
	print ":"
	call print_hex16
.stepped:
	test byte [esi + 6], 1
	jz .no_rf
	print "R"
.no_rf:
	add esi, 8
	jmp .next
.end:
	mov dword [trace], trace_entries
	popad
	ret

	list steps
	snippet "nop, nop"
	nop
	nop
	traced
	snippet "mov ss, ax, then nop"
	mov eax, ss
	mov ss, eax
	nop
	nop
	traced
	snippet "pop ss, then nop"
	push ss
	pop ss
	nop
	traced
	snippet "lss, then nop"
	mov dword [esi], esp
	mov [esi + 4], ss
	lss esp, [esi]
	nop
	traced
	snippet "rep movsb of 3"
	mov ecx, 3
	rep movsb
	nop
	traced
	snippet "rep stosb of none"
	rep stosb
	nop
	traced
	snippet "repne scasb of 3"
	mov ecx, 3
	repne scasb
	nop
	traced
	snippet "pushfd: TF in the image"
	pushfd
	pop eax
	and eax, 0x100
	traced
	snippet "popfd clears TF"
	push dword 2
	popfd
	nop
	traced
	snippet "iret clears TF"
	push dword 2
	push cs
	call .here
.here:
	add dword [esp], .there - .here
	iretd
.there:
	nop
	traced
	snippet "int through an interrupt gate"
	int 0x34
	nop
	traced
	snippet "into, not taken"
	xor eax, eax
	into
	nop
	traced
	snippet "loop"
	mov ecx, 2
.again:
	loop .again
	nop
	traced
	snippet "call and ret"
	call .sub
	jmp .end
.sub:
	ret
.end:
	traced
	snippet "jmp far"
	push cs
	call .here
.here:
	add dword [esp], .there - .here
	retf
.there:
	nop
	traced
	snippet "cpuid"
	cpuid
	xor eax, eax
	traced
	snippet "enter, leave"
	enter 8, 1
	leave
	traced
	snippet "prefixes"
	db 0x2e, 0x3e, 0x90
	traced
	end_list

	list untraced
	snippet "popfd sets TF"
	push dword 0x102
	popfd
	nop
	nop
	push dword 2
	popfd
	nop
	traced
	snippet "iret sets TF"
	push dword 0x102
	push cs
	call .here
.here:
	add dword [esp], .there - .here
	iretd
.there:
	nop
	push dword 2
	popfd
	nop
	traced
	one "int1", db 0xf1, 0x90
	end_list

%define RW(number, kind, length) (((kind) << (16 + (number) * 4)) | ((length) << (18 + (number) * 4)))
EXECUTE equ 0
WRITE equ 1
ACCESS equ 3

; breakpoint number, address register, kind and length bits
%macro breakpoint 4
	mov dr%1, %2
	mov eax, 0x400 | (2 << ((%1) * 2)) | RW(%1, %3, %4)
	mov dr7, eax
	xor eax, eax
%endmacro

	list code_breakpoints
	snippet "on a nop"
	lea edx, [.here]
	breakpoint 0, edx, EXECUTE, 0
	nop
.here:
	nop
	nop
	traced
	snippet "DR3, local enable"
	lea edx, [.here]
	mov dr3, edx
	mov eax, 0x440
	mov dr7, eax
	xor eax, eax
	nop
.here:
	nop
	traced
	snippet "on the second byte of an instruction"
	lea edx, [.here + 1]
	breakpoint 1, edx, EXECUTE, 0
.here:
	mov eax, 0
	nop
	traced
	snippet "on an instruction that faults, and its handler"
	lea edx, [.here]
	breakpoint 0, edx, EXECUTE, 0
.here:
	int 0x34
	nop
	traced
	snippet "two at once"
	lea edx, [.here]
	mov dr0, edx
	mov dr2, edx
	mov eax, 0x422
	mov dr7, eax
	xor eax, eax
.here:
	nop
	traced
	snippet "on mov from ss"
	lea edx, [.here]
	breakpoint 0, edx, EXECUTE, 0
	nop
.here:
	mov eax, ss
	xor eax, eax
	traced
	snippet "in a loop: each time"
	lea edx, [.here]
	breakpoint 0, edx, EXECUTE, 0
	mov ecx, 3
.here:
	dec ecx
	jnz .here
	traced
	snippet "on rep movsb: once"
	lea edx, [.here]
	breakpoint 0, edx, EXECUTE, 0
	mov ecx, 3
.here:
	rep movsb
	nop
	traced
	snippet "together with TF"
	lea edx, [.here]
	breakpoint 0, edx, EXECUTE, 0
	push dword 0x102
	popfd
	nop
.here:
	nop
	push dword 2
	popfd
	traced
	snippet "data that fits is not enabled"
	mov edx, SCRATCH
	mov dr0, edx
	mov eax, 0x400 | RW(0, WRITE, 0)
	mov dr7, eax
	mov [esi], ecx
	xor eax, eax
	traced
	end_list

; watch name, address, kind, length bits, instruction
%macro watch 5+
	snippet %1
	mov edx, %2
	breakpoint 0, edx, %3, %4
	%5
	nop
	traced
%endmacro

	list data_breakpoints
	watch "write byte", SCRATCH, WRITE, 0, mov [esi], cl
	watch "write watch, read", SCRATCH, WRITE, 0, mov cl, [esi]
	watch "access watch, read", SCRATCH, ACCESS, 0, mov cl, [esi]
	watch "access watch, write", SCRATCH, ACCESS, 0, mov [esi], cl
	watch "next byte", SCRATCH + 1, WRITE, 0, mov [esi], cl
	watch "dword over it", SCRATCH + 3, WRITE, 0, mov [esi], ecx
	watch "dword before it", SCRATCH + 4, WRITE, 0, mov [esi], ecx
	watch "word watch, byte within", SCRATCH, WRITE, 1, mov [esi + 1], cl
	watch "word watch at an odd address covers the even", SCRATCH + 1, WRITE, 1, mov [esi], cl
	watch "dword watch, last byte", SCRATCH, WRITE, 3, mov [esi + 3], cl
	watch "dword watch, byte behind", SCRATCH, WRITE, 3, mov [esi + 4], cl
	watch "dword watch unaligned covers what is below", SCRATCH + 2, WRITE, 3, mov [esi], cl
	watch "dword write across the watch's end", SCRATCH, WRITE, 3, mov [esi + 2], ecx
	watch "read-modify-write, write watch", SCRATCH, WRITE, 0, add [esi], cl
	watch "compare, write watch", SCRATCH, WRITE, 0, cmp [esi], cl
	watch "compare, access watch", SCRATCH, ACCESS, 0, cmp [esi], cl
	watch "xchg", SCRATCH, WRITE, 3, xchg [esi], ecx
	watch "movsb, source", SCRATCH, ACCESS, 0, movsb
	watch "movsb, destination", SCRATCH, WRITE, 0, movsb
	snippet "rep movsb"
	mov edx, SCRATCH + 0x41
	breakpoint 0, edx, WRITE, 0
	mov edi, SCRATCH + 0x40
	mov ecx, 3
	rep movsb
	nop
	traced
	snippet "two watches, one hit"
	mov edx, SCRATCH
	mov dr0, edx
	inc edx
	mov dr1, edx
	mov eax, 0x400 | 0xa | RW(0, WRITE, 0) | RW(1, WRITE, 0)
	mov dr7, eax
	mov [esi + 1], cl
	nop
	xor eax, eax
	traced
	snippet "two watches, both hit"
	mov edx, SCRATCH
	mov dr0, edx
	inc edx
	mov dr1, edx
	mov eax, 0x400 | 0xa | RW(0, WRITE, 0) | RW(1, WRITE, 0)
	mov dr7, eax
	mov [esi], cx
	nop
	xor eax, eax
	traced
	snippet "with TF"
	mov edx, SCRATCH
	breakpoint 0, edx, WRITE, 0
	push dword 0x102
	popfd
	mov [esi], cl
	push dword 2
	popfd
	traced
	snippet "held back by mov ss"
	mov edx, SCRATCH
	mov ecx, ss
	mov [esi], ecx
	breakpoint 0, edx, ACCESS, 0
	mov ss, [esi]
	nop
	nop
	traced
	end_list

	list registers
	snippet "GD: mov eax, dr0"
	mov eax, 0x2400
	mov dr7, eax
	mov eax, dr0
	done
	snippet "GD: mov dr6, eax"
	mov eax, 0x2400
	mov dr7, eax
	mov dr6, eax
	done
	snippet "GD is cleared on the way to the handler"
	mov eax, dr7
	and eax, 0x2000
	done
	snippet "dr7 as read"
	mov eax, 0xffff53ff
	mov dr7, eax
	mov eax, dr7
	mov ecx, 0x400
	mov dr7, ecx
	done
	snippet "dr6 as read"
	mov eax, 0
	mov dr6, eax
	mov eax, dr6
	done
	snippet "dr4 is dr6"
	mov eax, 0xffff0ff5
	mov dr6, eax
	db 0x0f, 0x21, 0xe0
	done
	snippet "dr5 is dr7"
	db 0x0f, 0x21, 0xe8
	done
	snippet "dr4 with CR4.DE"
	mov eax, cr4
	or eax, 8
	mov cr4, eax
	db 0x0f, 0x21, 0xe0
	done
	snippet "without it again"
	mov eax, cr4
	and eax, ~8
	mov cr4, eax
	db 0x0f, 0x21, 0xe0
	and eax, 0
	done
	snippet "dr0 keeps its bits"
	mov eax, 0x89abcdef
	mov dr0, eax
	xor eax, eax
	mov eax, dr0
	done
	end_list

	align 4
trace:	dd trace_entries
trace_entries:
	times TRACE_SIZE dd 0, 0
trace_end:
