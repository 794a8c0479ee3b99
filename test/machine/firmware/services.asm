; A boot sector and what follows it on the disk: calls each BIOS service and prints what it gives on port 0xE9, so that the test
; can compare. It loads its own further sectors with INT 13h.

	org 0x7c00
	bits 16

%macro print 1+
	call print_inline
	db %1, 0
%endmacro

start:
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov [drive], dl
	mov ax, 0x0200 + (end - second) / 512
	mov cx, 2
	mov dh, 0
	mov bx, second
	int 0x13
	jnc second
	print "cannot read", 10
	jmp finish

print_inline:
	pop si
.next:
	lodsb
	test al, al
	jz .end
	out 0xe9, al
	jmp .next
.end:
	jmp si

; These keep the flags, as a carry is to be reported after them.
print_word:
	push ax
	mov al, ah
	call print_byte
	pop ax
print_byte:
	pushf
	push ax
	shr al, 4
	call print_digit
	pop ax
	push ax
	and al, 15
	call print_digit
	pop ax
	popf
	ret
print_digit:
	add al, '0'
	cmp al, '9'
	jbe .digit
	add al, 'a' - '9' - 1
.digit:
	out 0xe9, al
	ret
print_dword:
	push eax
	shr eax, 16
	call print_word
	pop eax
	jmp print_word
print_carry:
	jc .set
	print " nc", 10
	ret
.set:
	print " c", 10
	ret

finish:
	mov al, 0
	out 0xf4, al
	cli
	hlt
drive:	db 0

	times 510 - ($ - $$) db 0
	dw 0xaa55

second:
	print "drive "
	mov al, [drive]
	call print_byte
	print 10, "equipment "
	int 0x11
	call print_word
	print 10, "memory "
	int 0x12
	call print_word
	print 10, "extended "
	mov ah, 0x88
	int 0x15
	call print_word
	call print_carry
	print "e801 "
	mov ax, 0xe801
	int 0x15
	call print_word
	mov ax, bx
	call print_word
	call print_carry
	xor ebx, ebx
map:
	print "e820 "
	mov eax, 0xe820
	mov edx, 0x534d4150
	mov ecx, 20
	mov di, buffer
	int 0x15
	jc .failed
	push ebx
	call print_dword
	print " "
	mov eax, [buffer]
	call print_dword
	print " "
	mov eax, [buffer + 8]
	call print_dword
	print " "
	mov eax, [buffer + 16]
	call print_dword
	print 10
	pop ebx
	test ebx, ebx
	jnz map
.failed:
	print "e820 without SMAP "
	mov eax, 0xe820
	mov edx, 0
	mov ecx, 20
	int 0x15
	call print_carry
	print "unknown 15 "
	mov ax, 0x1234
	int 0x15
	mov al, ah
	call print_byte
	call print_carry

	print "a20 "
	mov ax, 0x2401
	int 0x15
	mov ax, 0x2402
	int 0x15
	call print_byte
	call print_carry

	print "geometry "
	mov ah, 8
	mov dl, 0x80
	int 0x13
	pushf
	mov ax, cx
	call print_word
	print " "
	mov ax, dx
	call print_word
	popf
	call print_carry
	print "type "
	mov ah, 0x15
	mov dl, 0x80
	int 0x13
	pushf
	mov al, ah
	call print_byte
	mov ax, cx
	call print_word
	mov ax, dx
	call print_word
	popf
	call print_carry
	print "extensions "
	mov ah, 0x41
	mov bx, 0x55aa
	mov dl, 0x80
	int 0x13
	pushf
	mov al, ah
	call print_byte
	mov ax, bx
	call print_word
	mov ax, cx
	call print_word
	popf
	call print_carry
	print "size "
	mov word [buffer], 26
	mov ah, 0x48
	mov dl, 0x80
	mov si, buffer
	int 0x13
	pushf
	mov eax, [buffer + 16]
	call print_dword
	mov ax, [buffer + 24]
	call print_word
	popf
	call print_carry

	print "write and read "
	mov word [buffer], 0xbeef
	mov word [buffer + 510], 0xcafe
	mov si, packet
	mov ah, 0x43
	mov al, 0
	mov dl, 0x80
	int 0x13
	pushf
	mov word [buffer], 0
	mov word [buffer + 510], 0
	popf
	call print_carry
	mov si, packet
	mov word [packet + 2], 1
	mov ah, 0x42
	mov dl, 0x80
	int 0x13
	pushf
	mov ax, [buffer]
	call print_word
	mov ax, [buffer + 510]
	call print_word
	popf
	call print_carry
	print "by cylinder "
	mov word [buffer], 0
	mov ax, 0x0201
	mov cx, 38                  ; block 100 is head 1, sector 38
	mov dx, 0x0180
	mov bx, buffer
	int 0x13
	pushf
	call print_word
	mov ax, [buffer]
	call print_word
	popf
	call print_carry
	print "beyond "
	mov dword [packet + 8], 0x100000
	mov word [packet + 2], 1
	mov si, packet
	mov ah, 0x42
	mov dl, 0x80
	int 0x13
	pushf
	mov al, ah
	call print_byte
	mov ax, [packet + 2]
	call print_word
	popf
	call print_carry
	print "sector 0 "
	mov ax, 0x0201
	mov cx, 0
	mov dx, 0x80
	mov bx, buffer
	int 0x13
	mov al, ah
	call print_byte
	call print_carry
	print "status "
	mov ah, 1
	mov dl, 0x80
	int 0x13
	call print_byte
	print 10, "no floppy "
	mov ax, 0x0201
	mov cx, 1
	mov dx, 1
	mov bx, buffer
	int 0x13
	mov al, ah
	call print_byte
	call print_carry
	print "floppy "
	mov ax, 0x0201
	mov cx, 0x0706              ; cylinder 7, head 0, sector 6 is block 131
	mov dx, 0
	mov bx, buffer
	int 0x13
	pushf
	call print_word
	print " "
	mov ax, [buffer]
	call print_word
	popf
	call print_carry
	print "floppy written "
	mov word [buffer], 0xbeef
	mov ax, 0x0301
	mov cx, 0x0709
	mov dx, 0x0100
	mov bx, buffer
	int 0x13
	mov word [buffer], 0
	mov ax, 0x0201
	mov cx, 0x0709
	mov dx, 0x0100
	mov bx, buffer
	int 0x13
	pushf
	mov ax, [buffer]
	call print_word
	popf
	call print_carry
	print "beyond the floppy "
	mov ax, 0x0201
	mov cx, 10                  ; of 9
	mov dx, 0
	mov bx, buffer
	int 0x13
	mov al, ah
	call print_byte
	call print_carry
	print "floppy geometry "
	mov ah, 8
	mov dl, 0
	int 0x13
	pushf
	mov ax, cx
	call print_word
	print " "
	mov ax, dx
	call print_word
	print " "
	mov al, bl
	call print_byte
	print " "
	mov ax, [es:di]             ; the parameters of the drive
	xchg al, ah
	call print_word
	push ds
	pop es
	popf
	call print_carry
	print "floppy type "
	mov ah, 0x15
	mov dl, 0
	int 0x13
	pushf
	mov al, ah
	call print_byte
	popf
	call print_carry
	print "no disk "
	mov ax, 0x0201
	mov cx, 1
	mov dx, 0x81
	mov bx, buffer
	int 0x13
	mov al, ah
	call print_byte
	call print_carry
	print "reset "
	mov ah, 0
	mov dl, 0x80
	int 0x13
	mov al, ah
	call print_byte
	call print_carry

	print "ticks pass "
	mov ah, 0
	int 0x1a
	mov bx, dx
.wait:
	hlt
	mov ah, 0
	int 0x1a
	cmp dx, bx
	je .wait
	sub dx, bx
	mov ax, dx
	call print_word
	print 10, "set ticks "
	mov ah, 1
	mov cx, 0x18
	mov dx, 0x00af
	int 0x1a
.midnight:
	hlt
	mov ah, 0
	int 0x1a
	test al, al
	jz .midnight
	call print_byte
	mov ax, cx
	call print_word
	print 10, "1c "
	mov word [0x1c * 4], on_tick
	mov word [0x1c * 4 + 2], 0
.tick:
	hlt
	cmp byte [ticked], 0
	je .tick
	print "called", 10, "clock "
	mov ah, 2
	int 0x1a
	pushf
	mov ax, cx
	call print_word
	popf
	call print_carry
	print "date "
	mov ah, 4
	int 0x1a
	mov ax, cx
	call print_word
	mov ax, dx
	call print_word
	call print_carry
	print "wait "
	mov ah, 0x86
	mov cx, 0
	mov dx, 1000
	int 0x15
	call print_carry
	print "long wait "
	mov ah, 0
	int 0x1a
	push dx
	mov ah, 0x86
	mov cx, 0x0007              ; 500 ms are 9 ticks
	mov dx, 0xa120
	int 0x15
	pushf
	mov ah, 0
	int 0x1a
	popf
	pop ax
	pushf
	sub dx, ax
	mov ax, dx
	call print_word
	popf
	call print_carry

	print "registers "
	mov eax, 0x0000e801
	mov ebx, 0x11112222
	mov ecx, 0x33334444
	mov edx, 0x55556666
	mov esi, 0x77778888
	mov edi, 0x9999aaaa
	mov ebp, 0xbbbbcccc
	int 0x15
	mov eax, ebx
	add eax, ecx
	add eax, edx
	shr eax, 16
	call print_word
	mov eax, esi
	call print_dword
	mov eax, edi
	call print_dword
	mov eax, ebp
	call print_dword
	print 10, "keys "
	mov ah, 1
	int 0x16
	jz .none
	print "?"
.none:
	print "none", 10, "type", 10
	mov cx, 8
.key:
	mov ah, 0
	int 0x16
	call print_word
	print " "
	loop .key
	mov ah, 2
	int 0x16
	call print_byte
	print " "
	mov ah, 0x12
	int 0x16
	call print_word
	print 10

	call graphics
	mov ax, 0x0003
	int 0x10
	mov si, .text
.character:
	lodsb
	test al, al
	jz .written
	mov ah, 0x0e
	mov bx, 7
	int 0x10
	jmp .character
.text:
	db "first line", 13, 10, "second", 8, 8, "XY", 13, 10, 7, 0
.written:
	mov ah, 2
	mov bh, 0
	mov dx, 0x0b05
	int 0x10
	mov ax, 0x0941
	mov bx, 0x001e
	mov cx, 3
	int 0x10
	mov ah, 8
	mov bh, 0
	int 0x10
	push ax
	print "cell "
	pop ax
	call print_word
	print 10, "cursor "
	mov ah, 3
	mov bh, 0
	int 0x10
	mov ax, dx
	call print_word
	print 10, "mode "
	mov ah, 0x0f
	int 0x10
	call print_word
	print 10
	mov ax, 0x1301
	mov bx, 0x0007
	mov cx, 5
	mov dx, 0x184e
	mov bp, .wrapped
	int 0x10
	mov ax, 0x0602              ; a window scrolls up by two
	mov bh, 7
	mov cx, 0x0800
	mov dx, 0x0c4f
	int 0x10
	mov ax, 0x0701              ; and the top goes down by one
	mov bh, 7
	mov cx, 0x0000
	mov dx, 0x044f
	int 0x10
	jmp finish
.wrapped:
	db "abcde"

; Mode 13h: a pixel, a colour, and back to text
graphics:
	print "graphics "
	mov ax, 0x0013
	int 0x10
	mov ah, 0x0f
	int 0x10
	call print_word
	mov ax, 0x0c2a
	mov bh, 0
	mov cx, 300
	mov dx, 150
	int 0x10
	print " "
	mov ah, 0x0d
	mov bh, 0
	int 0x10
	push ax
	mov ah, 0x0d
	dec cx
	int 0x10
	mov ah, al
	pop bx
	mov al, bl
	xchg al, ah
	call print_word
	mov ax, 0x1010
	mov bx, 5
	mov dh, 6
	mov ch, 7
	mov cl, 8
	int 0x10
	mov dx, 0x3c7
	mov al, 5
	out dx, al
	mov dx, 0x3c9
	in al, dx
	sub al, 6
	print " "
	call print_byte
	print " "
	in al, dx
	mov ah, al
	in al, dx
	call print_word
	print 10
	mov ax, 3
	int 0x10
	ret

on_tick:
	mov byte [cs:ticked], 1
	iret
ticked:	db 0

	align 4
packet:
	dw 16, 1, buffer, 0
	dq 100

	times 4096 - ($ - $$) db 0
end:
buffer:
