; Calls, records and strings, as compiled code has them: names are copied into a list of records, each is looked up by
; comparing strings, and a recursive function walks a tree. Arguments lie on the stack, locals in a frame.
%include "guest.inc"

RECORDS      equ 64
RECORD_BYTES equ 32
NAME         equ 0                      ; up to 15 characters and a zero byte
VALUE        equ 16
NEXT         equ 20
DEPTH        equ 11
ALL_RECORDS  equ DATA
TEXT         equ DATA + 0x4000

work:
	push ebp
	mov ebp, esp
	sub esp, 8
	call fill_records
	mov dword [ebp - 4], 0              ; sum
	mov dword [ebp - 8], RECORDS
.find:
	push dword [ebp - 8]
	call name_of
	push eax
	call find_record
	add esp, 8
	mov ecx, [eax + VALUE]
	add [ebp - 4], ecx
	inc dword [eax + VALUE]
	dec dword [ebp - 8]
	jnz .find
	push dword [ebp - 4]
	push DEPTH
	call walk_tree
	add esp, 8
	mov esp, ebp
	pop ebp
	ret

; fill_records(): a list of RECORDS records named by name_of(RECORDS) … name_of(1).
fill_records:
	push ebp
	mov ebp, esp
	push esi
	push edi
	mov edi, ALL_RECORDS
	mov esi, RECORDS
.record:
	push esi
	call name_of
	push eax
	lea ecx, [edi + NAME]
	push ecx
	call copy_string
	add esp, 12
	lea eax, [esi + esi * 2]
	mov [edi + VALUE], eax
	lea ecx, [edi + RECORD_BYTES]
	mov [edi + NEXT], ecx
	mov edi, ecx
	dec esi
	jnz .record
	mov dword [edi - RECORD_BYTES + NEXT], 0
	pop edi
	pop esi
	pop ebp
	ret

; name_of(number): the text "record-" and three letters, in a buffer of its own.
name_of:
	push ebp
	mov ebp, esp
	mov eax, [ebp + 8]
	mov dword [TEXT], 'reco'
	mov dword [TEXT + 4], 'rd-'
	mov edx, eax
	and edx, 3
	add edx, 'a'
	mov [TEXT + 7], dl
	mov edx, eax
	shr edx, 2
	and edx, 3
	add edx, 'a'
	mov [TEXT + 8], dl
	shr eax, 4
	and eax, 7
	add eax, 'a'
	mov [TEXT + 9], al
	mov byte [TEXT + 10], 0
	mov eax, TEXT
	pop ebp
	ret

; copy_string(to, from)
copy_string:
	push ebp
	mov ebp, esp
	push esi
	push edi
	mov edi, [ebp + 8]
	mov esi, [ebp + 12]
.character:
	mov al, [esi]
	mov [edi], al
	inc esi
	inc edi
	test al, al
	jnz .character
	pop edi
	pop esi
	pop ebp
	ret

; find_record(name): the record of that name.
find_record:
	push ebp
	mov ebp, esp
	push ebx
	mov ebx, ALL_RECORDS
.next:
	lea eax, [ebx + NAME]
	push eax
	push dword [ebp + 8]
	call compare_strings
	add esp, 8
	test eax, eax
	jz .found
	mov ebx, [ebx + NEXT]
	test ebx, ebx
	jnz .next
.found:
	mov eax, ebx
	pop ebx
	pop ebp
	ret

; compare_strings(a, b): 0 if they are equal.
compare_strings:
	push ebp
	mov ebp, esp
	mov ecx, [ebp + 8]
	mov edx, [ebp + 12]
.character:
	movzx eax, byte [ecx]
	cmp al, [edx]
	jne .differ
	inc ecx
	inc edx
	test eax, eax
	jnz .character
	pop ebp
	ret
.differ:
	movzx edx, byte [edx]
	sub eax, edx
	pop ebp
	ret

; walk_tree(depth, seed): a full binary tree, each node's value made of its children's.
walk_tree:
	push ebp
	mov ebp, esp
	push ebx
	push esi
	mov esi, [ebp + 8]
	mov eax, [ebp + 12]
	dec esi
	js .leaf
	lea ecx, [eax + esi]
	push ecx
	push esi
	call walk_tree
	add esp, 8
	mov ebx, eax
	mov ecx, [ebp + 12]
	rol ecx, 7
	push ecx
	push esi
	call walk_tree
	add esp, 8
	lea eax, [eax + ebx * 2]
	xor eax, esi
.leaf:
	pop esi
	pop ebx
	pop ebp
	ret
