; Alignment checks: which accesses, in which rings, with which of CR0.AM and EFLAGS.AC (SDM Vol. 3A §6.15 #AC, table 6-7).

%include "harness.inc"

	begin "CR0.AM 0, AC 1"
	mov dword [snippet_flags], 0x40002
	run_list accesses, 0, 3
	heading "CR0.AM 1, AC 0"
	mov eax, cr0
	or eax, 0x40000
	mov cr0, eax
	mov dword [snippet_flags], 2
	run_list accesses, 0, 3
	heading "CR0.AM 1, AC 1"
	mov dword [snippet_flags], 0x40002
	run_list accesses, 0, 3
	finish

between:
	ret

	list accesses
	one "byte", mov al, [esi + 1]
	snippet "word at 0"
	mov ax, [esi]
	xor eax, eax
	done
	one "word at 1", mov ax, [esi + 1]
	one "word write at 1", mov [esi + 1], ax
	one "word at 2", mov ax, [esi + 2]
	one "dword at 1", mov eax, [esi + 1]
	one "dword at 2", mov eax, [esi + 2]
	one "dword write at 2", mov [esi + 2], eax
	one "dword at 4", mov eax, [esi + 4]
	one "add at 2", add [esi + 2], eax
	one "xchg at 2", xchg [esi + 2], eax
	one "movzx word at 1", movzx eax, word [esi + 1]
	one "cmpxchg8b at 4", cmpxchg8b [esi + 4]
	one "cmpxchg8b at 8", cmpxchg8b [esi + 8]
	one "bt at 2, within", bt dword [esi + 2], eax
	one "bound at 4", bound eax, [esi + 4]
	one "bound at 2", bound eax, [esi + 2]
	snippet "les at 4"
	mov dword [esi + 4], 0
	mov word [esi + 8], DATA3
	les eax, [esi + 4]
	done
	one "les at 2", les eax, [esi + 2]
	one "sgdt at 4", sgdt [esi + 4]
	one "sgdt at 2", sgdt [esi + 2]
	one "fs word at 1", mov [esi + 1], fs
	snippet "movsd, source at 2"
	add esi, 2
	movsd
	done
	snippet "stosw at 1"
	inc edi
	stosw
	done
	snippet "rep stosd at 1, none"
	inc edi
	rep stosd
	done
	snippet "push at 2"
	mov esp, SCRATCH + 0x82
	push eax
	done
	snippet "push word at 2"
	mov esp, SCRATCH + 0x82
	push ax
	done
	snippet "pop at 2"
	mov esp, SCRATCH + 0x82
	pop eax
	done
	snippet "call at 2"
	mov esp, SCRATCH + 0x82
	call .next
.next:
	done
	snippet "enter at 2"
	mov esp, SCRATCH + 0x82
	enter 4, 0
	done
	snippet "pushad at 2"
	mov esp, SCRATCH + 0x82
	pushad
	done
	snippet "int from a stack at 2"
	mov esp, SCRATCH + 0x82
	done
	snippet "segment register from a GDT is no such access"
	mov eax, DATA3
	mov es, eax
	xor eax, eax
	done
	snippet "dword at 3"
	mov eax, [esi + 3]
	done
	end_list
