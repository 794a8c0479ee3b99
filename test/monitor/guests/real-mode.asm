; Loaded as a boot sector is, but longer than one: real mode, into protected mode with paging, and back again, with interrupts in both.
bits 16
org 0x7c00

CODE32 equ 0x08
DATA32 equ 0x10
CODE16 equ 0x18
DATA16 equ 0x20
DIRECTORY equ 0x20000
TABLE equ 0x21000

start:
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        jmp 0:main
main:
        mov si, .hello
        call print
        ; interrupts of real mode: software, exception, timer
        mov word [0x60 * 4], .software
        mov word [0x60 * 4 + 2], 0
        int 0x60
        mov word [13 * 4], .protection
        mov word [13 * 4 + 2], 0
        mov bx, 0xffff
        mov ax, [bx]
.after_protection:
        mov word [6 * 4], .undefined
        mov word [6 * 4 + 2], 0
        ud2
.after_undefined:
        call timer_setup
        mov word [8 * 4], timer16
        mov word [8 * 4 + 2], 0
        sti
        hlt
        pushf
        pop ax
        cli
        call hex16
        pushf
        pop ax
        call hex16
        call newline

        call to_protected
        mov si, .back
        call print
        ; 4 GiB segments that protected mode left behind
        mov ebx, 0x110000
        mov dword [fs:ebx], 0x12345678
        mov eax, [fs:ebx]
        call hex16
        mov ax, fs
        call hex16
        call newline
        mov ax, 0x1000
        mov fs, ax
        mov dword [fs:0], 0x9abc
        mov eax, [fs:ebx]       ; the limit is still 4 GiB, the base is not
        call hex16
        call newline
        call to_protected
        mov si, .again
        call print
        mov al, 0
        out 0xf4, al
        hlt

.software:
        mov si, .software_text
        call print
        iret
.protection:
        mov si, .protection_text
        call print
        add sp, 6
        jmp .after_protection
.undefined:
        mov si, .undefined_text
        call print
        add sp, 6
        jmp .after_undefined
.hello: db "real mode", 10, 0
.software_text: db "int 60", 10, 0
.protection_text: db "word at ffff", 10, 0
.undefined_text: db "undefined", 10, 0
.back:  db "back in real mode", 10, 0
.again: db "and once more", 10, 0

timer16:
        push ax
        mov al, 0x20
        out 0x20, al
        mov al, 't'
        out 0xe9, al
        pop ax
        iret

timer_setup:
        mov al, 0x11
        out 0x20, al
        mov al, 8
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        mov al, 0x34
        out 0x43, al
        mov al, 100
        out 0x40, al
        mov al, 0
        out 0x40, al
        ret

; into protected mode, paging on, some work, and back
to_protected:
        cli
        o32 lgdt [gdt_register]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword CODE32:protected
returned:
        mov eax, cr0
        and al, ~1
        mov cr0, eax
        jmp 0:.real
.real:
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        ret

bits 32
protected:
        mov ax, DATA32
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov edi, DIRECTORY
        xor eax, eax
        mov ecx, 1024
        rep stosd
        mov eax, 7
        mov ecx, 1024
.next:  stosd
        add eax, 0x1000
        loop .next
        mov dword [DIRECTORY], TABLE | 7
        mov dword [TABLE + 0x50 * 4], 0x51007
        mov eax, DIRECTORY
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        mov dword [0x51000], 0x70
        mov al, [0x50000]
        out 0xe9, al
        mov al, 10
        out 0xe9, al
        mov eax, cr0
        and eax, 0x7fffffff
        mov cr0, eax
        mov eax, DATA32
        mov fs, eax
        jmp CODE16:.bits16
bits 16
.bits16:
        mov ax, DATA16
        mov ds, ax
        mov es, ax
        mov ss, ax
        jmp returned

print:
        lodsb
        or al, al
        jz .return
        out 0xe9, al
        jmp print
.return:
        ret

hex16:
        mov cx, 4
.digit:
        rol ax, 4
        push ax
        and al, 15
        cmp al, 10
        sbb al, 0x69
        das
        out 0xe9, al
        pop ax
        loop .digit
        mov al, ' '
        out 0xe9, al
        ret
newline:
        mov al, 10
        out 0xe9, al
        ret

        align 8
gdt:
        dq 0
        dq 0x00cf9b000000ffff
        dq 0x00cf93000000ffff
        dq 0x00009b000000ffff
        dq 0x000093000000ffff
gdt_register:
        dw gdt_register - gdt - 1
        dd gdt

;> real mode
;> int 60
;> word at ffff
;> undefined
;> t0216 0017 
;> p
;> back in real mode
;> 5678 0010 
;> 0000 
;> p
;> and once more
