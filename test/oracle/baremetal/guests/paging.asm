; 32-bit paging: rights, error codes, CR2, accessed and dirty flags, large pages, and where faults come between the parts of
; an instruction (SDM Vol. 3A §4.3, §4.6, §4.7, §4.8, §6.15 #PF).

%include "harness.inc"

DIRECTORY equ 0x300000
TABLE0 equ 0x301000             ; 0–4 MiB, each page at its own address, for all
TABLE1 equ 0x302000             ; 4–8 MiB: where the tests are
PAGE equ 0x310000               ; physical pages of the tests
LARGE equ 0x400000              ; physical: large page
WINDOW equ 0x400000             ; linear
LARGE_WINDOW equ 0x800000       ; linear, for large pages

PRESENT equ 1
WRITABLE equ 2
USER equ 4
ALL equ 7

BEYOND equ GDT_ENTRIES * 8

%define PTE(page) TABLE1 + (page) * 4
PDE1 equ DIRECTORY + 4
PDE2 equ DIRECTORY + 8

	begin "rights: page directory, page table, CR0.WP"
	mov edi, DIRECTORY
	mov ecx, 3 * 1024
	xor eax, eax
	rep stosd
	mov edi, TABLE0
	mov eax, ALL
	mov ecx, 1024
.identity:
	stosd
	add eax, 0x1000
	loop .identity
	mov dword [DIRECTORY], TABLE0 + ALL
	mov edi, PAGE
	mov eax, 0x11111111
	mov ecx, 4 * 1024
	rep stosd
	mov eax, 0x30cd30cd         ; INT 0x30 all over the first page, from 0x10 on
	mov edi, PAGE + 0x10
	mov ecx, 1020
	rep stosd
	call between
	mov eax, DIRECTORY
	mov cr3, eax
	mov eax, cr0
	or eax, 0x80000000
	mov cr0, eax
	call rights_matrix
	mov eax, cr0
	or eax, 0x10000
	mov cr0, eax
	call rights_matrix

	heading "accessed and dirty"
	run_list accessed, 0, 3
	heading "writes to a read-only page, CR0.WP"
	run_list read_only, 0, 3
	heading "across two pages"
	mov byte [with_registers], 1
	run_list across, 0, 3
	mov byte [with_registers], 0
	heading "stacks"
	mov byte [with_registers], 1
	run_list stacks_list, 1, 3
	mov byte [with_registers], 0
	heading "a GDT partly not present"
	set_gdt FREE, 0, 0xfffff, 0xc0f2
	set_gate 0x1f, CODE0, ADDRESS(empty_tlb), 0xee
	mov esi, gdt
	mov edi, PAGE + 0x1f00
	mov ecx, 0x40
	rep movsd
	mov dword [table_register + 2], WINDOW + 0x1f00
	mov word [table_register], 0x2ff
	lgdt [table_register]
	run_list far_gdt, 0, 3
	lgdt [gdt_register]
	heading "an IDT partly not present"
	mov esi, idt
	mov edi, PAGE + 0x1f00
	mov ecx, 0x40
	rep movsd
	mov word [table_register], 0x1ff
	lidt [table_register]
	run_list far_idt, 0, 3
	lidt [idt_register]
	heading "an IDT of which #GP and #PF are not present"
	mov esi, idt
	mov edi, PAGE + 0x1fa0
	mov ecx, 0x18
	rep movsd
	mov dword [table_register + 2], WINDOW + 0x1fa0
	lidt [table_register]
	run_list split_idt, 0, 3
	lidt [idt_register]
	heading "large pages"
	mov eax, cr4
	or eax, 0x10
	mov cr4, eax
	run_list large, 0, 3
	heading "large pages without CR4.PSE"
	mov eax, cr4
	and eax, ~0x10
	mov cr4, eax
	run_list not_large, 0, 3
	heading "INVLPG, CR3 and CR4.PGE"
	run_list invalidation, 0, 0
	finish

; All pages of the window present and for all, nothing accessed, no large page; TLB empty.
between:
	pushad
	mov dword [PDE1], TABLE1 + ALL
	mov dword [PDE2], 0
	mov dword [PTE(0)], PAGE + ALL
	mov dword [PTE(1)], PAGE + 0x1000 + ALL
	mov dword [PTE(2)], 0
	mov dword [PTE(3)], PAGE + 0x3000 + ALL
	mov dword [TABLE1 + 0xf00], 0
	mov dword [PAGE], 0x11111111
	mov dword [PAGE + 0xffc], 0x11111111
	mov dword [PAGE + 0x1000], 0x11111111
	mov byte [PAGE + 0x1f00 + FREE + 5], 0xf2
	mov eax, cr3
	mov cr3, eax
	popad
	ret

empty_tlb:
	push eax
	mov eax, cr3
	mov cr3, eax
	pop eax
	iretd

; Every combination of the rights of both levels, in rings 0, 2 and 3: read, write, execute.
rights_matrix:
	mov eax, cr0
	shr eax, 16
	and eax, 1
	mov ebp, eax
	mov edi, 0                  ; bits 1:0 the directory's U, W; bits 3:2 the table's
.next:
	print "WP="
	mov eax, ebp
	call print_digit
	print " pde="
	mov eax, edi
	and eax, 3
	call print_rights
	print " pte="
	mov eax, edi
	shr eax, 2
	call print_rights
	mov ebx, 0
.ring:
	print " r"
	lea eax, [ebx + '0']
	call print_character
	mov esi, read_page
	call .one
	mov esi, write_page
	call .one
	mov esi, execute_page
	call .one
	inc ebx
	cmp ebx, 1
	jne .skip
	inc ebx
.skip:
	cmp ebx, 3
	jbe .ring
	call newline
	inc edi
	cmp edi, 16
	jb .next
	call between
	ret
.one:
	pushad
	call between
	mov eax, edi
	and eax, 3
	lea eax, [TABLE1 + PRESENT + eax * 2]
	mov [PDE1], eax
	mov eax, edi
	shr eax, 2
	lea eax, [PAGE + PRESENT + eax * 2]
	mov [PTE(0)], eax
	mov eax, cr3
	mov cr3, eax
	call run_in_ring
	mov dword [caught_eip], -1
	mov dword [caught_eax], 0
	call report
	popad
	ret

; EAX = U, W
print_rights:
	push eax
	push eax
	mov al, 's'
	test byte [esp], 2
	jz .supervisor
	mov al, 'u'
.supervisor:
	call print_character
	pop eax
	test al, 1
	mov al, 'r'
	jz .read_only
	mov al, 'w'
.read_only:
	call print_character
	pop eax
	ret

read_page:
	mov eax, [WINDOW]
	done
write_page:
	mov [WINDOW], eax
	done
execute_page:
	mov eax, WINDOW + 0x10
	jmp eax

; The flags of the page's entry in AL, the directory entry's in AH.
%macro flags_of 0
	mov al, [PTE(0)]
	mov ah, [PDE1]
	and eax, 0x6060
	done
%endmacro

	list accessed
	snippet "untouched"
	flags_of
	snippet "read"
	mov ecx, [WINDOW]
	flags_of
	snippet "written"
	mov [WINDOW], ecx
	flags_of
	snippet "read, then written"
	mov ecx, [WINDOW]
	mov [WINDOW], ecx
	flags_of
	snippet "executed"
	mov byte [PAGE + 0x80], 0xc3
	mov eax, WINDOW + 0x80
	call eax
	mov word [PAGE + 0x80], 0x30cd
	flags_of
	snippet "cmpxchg, not equal"
	mov eax, 5
	cmpxchg [WINDOW], ecx
	flags_of
	snippet "or with 0"
	or dword [WINDOW], 0
	flags_of
	snippet "rep stosb of nothing"
	mov edi, WINDOW
	rep stosb
	flags_of
	snippet "bits 11:9 stay"
	or dword [PTE(0)], 0xe00
	mov [WINDOW], ecx
	mov eax, [PTE(0)]
	and eax, 0xe60
	done
	end_list

%macro with_read_only 2+
	snippet %1
	mov dword [PTE(0)], PAGE + PRESENT + USER
	%2
	mov eax, 0
	done
%endmacro

	list read_only
	with_read_only "mov", mov [WINDOW], eax
	with_read_only "add", add [WINDOW], eax
	with_read_only "cmp", cmp [WINDOW], eax
	with_read_only "test", test [WINDOW], eax
	with_read_only "xchg", xchg [WINDOW], eax
	with_read_only "cmpxchg, not equal", cmpxchg [WINDOW], eax
	with_read_only "cmpxchg8b", cmpxchg8b [WINDOW]
	with_read_only "xadd", xadd [WINDOW], eax
	with_read_only "bt", bt [WINDOW], eax
	with_read_only "bts", bts [WINDOW], eax
	with_read_only "shl by 0", shl dword [WINDOW], cl
	with_read_only "not", not dword [WINDOW]
	with_read_only "setz", setz [WINDOW]
	with_read_only "push [mem]", push dword [WINDOW]
	with_read_only "pop [mem]", pop dword [WINDOW]
	end_list

	list across
	snippet "read, second not present"
	mov eax, [WINDOW + 0x1ffe]
	done
	snippet "write, second not present"
	mov [WINDOW + 0x1ffe], eax
	done
	snippet "read, first not present"
	mov eax, [WINDOW + 0x2ffe]
	done
	snippet "write, first not present"
	mov [WINDOW + 0x2ffe], eax
	done
	snippet "what is left of those writes"
	mov eax, [PAGE + 0x1ffc]
	done
	snippet "a write into both"
	mov dword [WINDOW + 0xffe], 0x12345678
	mov ax, [PAGE + 0xffe]
	shl eax, 16
	mov ax, [PAGE + 0x1000]
	done
	snippet "movsd, source not present"
	mov esi, WINDOW + 0x2000
	mov edi, WINDOW
	movsd
	done
	snippet "movsd, destination not present"
	mov esi, WINDOW
	mov edi, WINDOW + 0x2000
	movsd
	done
	snippet "rep movsb into a page not present"
	mov esi, WINDOW
	mov edi, WINDOW + 0x1ffd
	mov ecx, 8
	rep movsb
	done
	snippet "rep stosd into a page not present"
	mov edi, WINDOW + 0x1ff6
	mov ecx, 8
	rep stosd
	done
	snippet "rep stosb downwards into a page not present"
	std
	mov edi, WINDOW + 0x3002
	mov ecx, 8
	rep stosb
	done
	snippet "repe cmpsb up to a page not present"
	mov esi, PAGE + 0x1ff0
	mov edi, WINDOW + 0x1ff0
	mov ecx, 0x20
	repe cmpsb
	done
	snippet "pop [mem] not present"
	pop dword [WINDOW + 0x2000]
	done
	snippet "push [mem] not present"
	push dword [WINDOW + 0x2000]
	done
	snippet "call [mem] not present"
	call [WINDOW + 0x2000]
	done
	snippet "xchg [mem]"
	mov eax, 0x5555
	xchg eax, [WINDOW + 0x1ffe]
	done
	snippet "les"
	les eax, [WINDOW + 0x1ffc]
	done
	snippet "bound"
	bound eax, [WINDOW + 0x1ffc]
	done
	snippet "cmpxchg8b"
	cmpxchg8b [WINDOW + 0x1ffc]
	done
	snippet "execute in a page not present"
	mov eax, WINDOW + 0x2000
	jmp eax
	snippet "execute across into a page not present"
	mov byte [PAGE + 0x1ffe], 0xb8      ; MOV EAX, imm32
	mov eax, WINDOW + 0x1ffe
	jmp eax
	snippet "divide before it is known"
	div dword [WINDOW + 0x2000]
	done
	end_list

; With the stack out of reach no exception could be delivered to ring 0 itself.
	list stacks_list
	snippet "push"
	mov esp, WINDOW + 0x3000
	push eax
	done
	snippet "push across"
	mov esp, WINDOW + 0x3002
	push eax
	done
	snippet "pop"
	mov esp, WINDOW + 0x2000
	pop eax
	done
	snippet "call"
	mov esp, WINDOW + 0x3000
	call .next
.next:
	done
	snippet "ret"
	mov esp, WINDOW + 0x2ffe
	ret
	snippet "leave"
	mov ebp, WINDOW + 0x2000
	leave
	done
	snippet "pushad, part of it"
	mov esp, WINDOW + 0x3010
	pushad
	done
	snippet "enter"
	mov esp, WINDOW + 0x3004
	enter 4, 0
	done
	end_list

; With the GDT at the end of the window's second page, selectors from 0x100 on are in the third.
	list far_gdt
	snippet "mov ds"
	mov eax, 0x103
	mov ds, eax
	done
	snippet "lar"
	mov eax, 0x103
	lar eax, eax
	done
	snippet "call far"
	call 0x108:0
	done
	snippet "accessed flag, table read-only"
	mov dword [PTE(1)], PAGE + 0x1000 + PRESENT
	int 0x1f                    ; empties the TLB
	mov eax, FREE
	mov es, eax
	done
	end_list

; With the IDT at the end of the window's second page, vectors from 0x20 on are in the third.
	list far_idt
	one "int 0x34", int 0x34
	one "ud2", ud2
	end_list

; Vectors from 12 on are in the third page.
	list split_idt
	snippet "#PF"
	mov eax, [WINDOW + 0x2000]
	snippet "#GP"
	mov eax, BEYOND
	mov ds, eax
	snippet "INT n"
	int 0x34
	end_list

	list large
	snippet "read: user, writable"
	mov dword [PDE2], LARGE + 0x80 + ALL
	int 0x1f                    ; empties the TLB
	mov eax, [LARGE_WINDOW]
	and eax, 0
	mov al, [PDE2]
	done
	snippet "write: user, writable"
	mov dword [PDE2], LARGE + 0x80 + ALL
	int 0x1f                    ; empties the TLB
	mov [LARGE_WINDOW + 0x3ffffc], eax
	mov al, [PDE2]
	done
	snippet "write: read-only"
	mov dword [PDE2], LARGE + 0x80 + PRESENT + USER
	int 0x1f                    ; empties the TLB
	mov [LARGE_WINDOW + 0x123454], eax
	done
	snippet "read: supervisor"
	mov dword [PDE2], LARGE + 0x80 + PRESENT + WRITABLE
	int 0x1f                    ; empties the TLB
	mov eax, [LARGE_WINDOW + 0x123454]
	and eax, 0
	done
	snippet "not present"
	mov dword [PDE2], LARGE + 0x80
	int 0x1f                    ; empties the TLB
	mov [LARGE_WINDOW + 0x123454], eax
	done
	snippet "the offset has 22 bits"
	mov dword [PDE2], 0 + 0x80 + ALL
	int 0x1f                    ; empties the TLB
	mov dword [LARGE_WINDOW + PAGE], 0x12345678
	mov eax, [PAGE]
	done
	end_list

	list not_large
	snippet "PS is ignored"
	mov dword [PDE2], TABLE1 + 0x80 + ALL
	int 0x1f                    ; empties the TLB
	mov eax, [LARGE_WINDOW]
	done
	end_list

	list invalidation
	snippet "invlpg"
	mov eax, [WINDOW]
	mov dword [PAGE + 0x1000], 0x22222222
	mov dword [PTE(0)], PAGE + 0x1000 + ALL
	invlpg [WINDOW + 0x800]
	mov eax, [WINDOW]
	done
	snippet "invlpg: not present any more"
	mov eax, [WINDOW]
	mov dword [PTE(0)], 0
	invlpg [WINDOW]
	mov eax, [WINDOW]
	done
	snippet "from not present to present needs none"
	mov dword [PTE(2)], PAGE + ALL
	mov eax, [WINDOW + 0x2000]
	done
	snippet "cr3"
	mov eax, [WINDOW]
	mov dword [PTE(0)], 0
	mov eax, cr3
	mov cr3, eax
	mov eax, [WINDOW]
	done
	snippet "cr0.WP"
	mov dword [PTE(0)], PAGE + PRESENT
	mov eax, cr3
	mov cr3, eax
	mov eax, cr0
	and eax, ~0x10000
	mov cr0, eax
	mov [WINDOW], ecx
	or eax, 0x10000
	mov cr0, eax
	mov [WINDOW], ecx
	done
	snippet "a global page and cr4.PGE"
	mov eax, cr4
	or eax, 0x80
	mov cr4, eax
	mov dword [PTE(0)], PAGE + ALL + 0x100
	mov eax, [WINDOW]
	mov dword [PTE(0)], 0
	mov eax, cr4
	and eax, ~0x80
	mov cr4, eax
	mov eax, [WINDOW]
	done
	snippet "a global page and invlpg"
	mov eax, cr4
	or eax, 0x80
	mov cr4, eax
	mov dword [PTE(0)], PAGE + ALL + 0x100
	mov eax, [WINDOW]
	mov dword [PTE(0)], 0
	invlpg [WINDOW]
	mov eax, [WINDOW]
	done
	snippet "another directory"
	mov esi, DIRECTORY
	mov edi, DIRECTORY + 0x8000
	mov ecx, 1024
	rep movsd
	mov dword [DIRECTORY + 0x8000 + 4], 0
	mov eax, DIRECTORY + 0x8000
	mov cr3, eax
	mov ecx, DIRECTORY
	mov eax, 0x33333333
	mov cr3, ecx
	mov eax, [WINDOW]
	done
	end_list

	align 4
table_register:
	dw 0
	dd 0
