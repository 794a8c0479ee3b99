; Which instructions each ring may use, with IOPL 0 and 3 (SDM Vol. 3A §5.9, Vol. 1 §18.5).

%include "harness.inc"

	begin "privileged instructions, IOPL 0"
	run_list privileged, 0, 3
	heading "IOPL-sensitive, IOPL 0"
	run_list sensitive, 0, 3
	heading "IOPL-sensitive, IOPL 2"
	mov dword [snippet_flags], 0x2002
	run_list sensitive, 0, 3
	heading "IOPL-sensitive, IOPL 3"
	mov dword [snippet_flags], 0x3002
	run_list sensitive, 0, 3
	heading "POPF and IRET of IF, IOPL, from IOPL 0 and IF 0"
	mov dword [snippet_flags], 2
	run_list flags, 0, 3
	heading "the same, from IOPL 1 and IF 1"
	mov dword [snippet_flags], 0x1202
	run_list flags, 0, 3
	heading "silent"
	mov dword [snippet_flags], 2
	run_list silent, 0, 3
	heading "RDTSC and RDPMC with CR4.TSD, CR4.PCE"
	run_list counters, 0, 3
	mov eax, cr4
	or eax, 0x4
	mov cr4, eax
	run_list counters, 0, 3
	mov eax, cr4
	and eax, ~0x4
	mov cr4, eax
	heading "software interrupts through gates of DPL 0 and 3"
	run_list interrupts, 0, 3
	finish

; put back what a snippet may have changed
between:
	lgdt [gdt_register]
	lidt [idt_register]
	push eax
	mov eax, cr0
	and eax, ~0xa
	mov cr0, eax
	pop eax
	ret

	list privileged
	one "lgdt", lgdt [gdt_register]
	one "lidt", lidt [idt_register]
	snippet "lldt null"
	xor eax, eax
	lldt ax
	done
	snippet "ltr busy"
	mov eax, TSS
	ltr ax
	snippet "clts"
	clts
	done
	snippet "lmsw"
	mov eax, 1
	lmsw ax
	xor eax, eax
	done
	snippet "mov eax, cr0"
	mov eax, cr0
	and eax, 0xf
	done
	snippet "mov cr0, eax"
	mov eax, cr0
	mov cr0, eax
	xor eax, eax
	done
	snippet "mov cr2"
	mov eax, 0x12345678
	mov cr2, eax
	mov eax, cr2
	done
	snippet "mov cr3"
	mov eax, 0x00345000
	mov cr3, eax
	mov eax, cr3
	done
	one "mov eax, dr0", mov eax, dr0
	one "mov dr1, eax", mov dr1, eax
	snippet "mov eax, dr6"
	mov eax, dr6
	and eax, 0xf
	done
	one "invlpg", invlpg [esi]
	one "wbinvd", wbinvd
	one "invd", invd
	snippet "rdmsr"
	mov ecx, 0x174
	rdmsr
	and eax, 0
	done
	snippet "wrmsr"
	mov ecx, 0x174
	wrmsr
	done
	snippet "rdmsr unknown"
	mov ecx, 0x4fffffff
	rdmsr
	done
	one "mov cr1", db 0x0f, 0x20, 0xc8
	one "mov cr5", db 0x0f, 0x20, 0xe8
	one "mov cr7", db 0x0f, 0x22, 0xf8
	one "ud2", ud2
	end_list

	list sensitive
	one "cli", cli
	snippet "sti"
	sti
	cli
	done
	snippet "in al, imm"
	in al, 0x80
	and eax, 0
	done
	one "out imm, al", out 0x80, al
	snippet "in eax, dx"
	mov edx, 0x80
	in eax, dx
	and eax, 0
	done
	snippet "out dx, ax"
	mov edx, 0x80
	out dx, ax
	done
	snippet "insb"
	mov edx, 0x80
	insb
	done
	snippet "rep outsb"
	mov edx, 0x80
	mov ecx, 3
	rep outsb
	mov eax, ecx
	done
	snippet "rep outsb, none"
	mov edx, 0x80
	rep outsb
	done
	end_list

; EAX = what of IF, IOPL and NT stuck
	list flags
	snippet "popfd all ones"
	push dword 0x7202
	popfd
	pushfd
	pop eax
	and eax, 0x7200
	done
	snippet "popfd all zeros"
	push dword 2
	popfd
	pushfd
	pop eax
	and eax, 0x7200
	done
	snippet "popf (16) all ones"
	push word 0x7202
	popfw
	pushfd
	pop eax
	and eax, 0x7200
	done
	snippet "iret all ones"
	pushfd
	or dword [esp], 0x3200
	push cs
	call .here
.here:
	add dword [esp], .target - .here
	iretd
.target:
	pushfd
	pop eax
	and eax, 0x7200
	done
	snippet "iret all zeros"
	push dword 2
	push cs
	call .here
.here:
	add dword [esp], .target - .here
	iretd
.target:
	pushfd
	pop eax
	and eax, 0x7200
	done
	snippet "popfd AC, ID"
	push dword 0x240002
	popfd
	pushfd
	pop eax
	and eax, 0x240000
	push dword 2
	popfd
	done
	snippet "popfd RF, VM"
	push dword 0x30002
	popfd
	pushfd
	pop eax
	and eax, 0x30000
	done
	end_list

	list silent
	snippet "sgdt"
	sgdt [SCRATCH]
	movzx eax, word [SCRATCH]
	done
	snippet "sidt"
	sidt [SCRATCH]
	movzx eax, word [SCRATCH]
	done
	snippet "sldt"
	sldt ax
	done
	snippet "str"
	str ax
	done
	snippet "smsw"
	smsw ax
	and eax, 0xf
	done
	snippet "push cs"
	push cs
	pop eax
	and eax, 0xffff
	done
	snippet "mov ax, ss"
	mov ax, ss
	done
	snippet "lar"
	mov ecx, DATA0
	lar eax, ecx
	and eax, 0xf0ff00           ; bits 19:16 are undefined
	done
	snippet "lsl"
	mov ecx, DATA3
	lsl eax, ecx
	done
	snippet "verr"
	mov ecx, DATA1
	verr cx
	setz al
	done
	snippet "verw"
	mov ecx, CODE3
	verw cx
	setz al
	done
	snippet "arpl"
	mov ecx, 2
	mov eax, 0x11
	arpl ax, cx
	done
	end_list

	list counters
	snippet "rdtsc"
	rdtsc
	xor eax, eax
	done
	snippet "rdpmc"
	mov ecx, 0
	rdpmc
	xor eax, eax
	done
	end_list

	list interrupts
	one "int 0x30 (DPL 3)", int 0x30
	one "int 0x32 (DPL 0)", int 0x32
	one "int 0x33 (DPL 0)", int 0x33
	one "int 0x80 (beyond the IDT)", int 0x80
	one "int3", int3
	one "int 3 in two bytes", db 0xcd, 3
	one "int1", db 0xf1
	snippet "into, not taken"
	into
	done
	snippet "into, taken"
	mov al, 0x7f
	inc al
	into
	done
	snippet "bound, within"
	mov dword [esi], 0
	mov dword [esi + 4], 5
	mov eax, 5
	bound eax, [esi]
	done
	snippet "bound, beyond"
	mov dword [esi], 0
	mov dword [esi + 4], 5
	mov eax, 6
	bound eax, [esi]
	done
	snippet "div by zero"
	div ecx
	done
	snippet "idiv overflow"
	mov edx, 1
	mov ecx, 1
	idiv ecx
	done
	snippet "aam 0"
	db 0xd4, 0
	done
	end_list
