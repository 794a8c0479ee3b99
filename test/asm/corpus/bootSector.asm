; A boot sector: real mode, BIOS calls, a GDT, the way into protected mode.
        org 0x7c00
        bits 16
COM1    equ 0x3f8
%define STACK 0x7c00
%macro print 1
        mov si, %1
        call puts
%endmacro

start:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, STACK
        sti
        cld
        mov [drive], dl
        print greeting
        mov cx, 18
.sector:
        push cx
        mov ah, 2
        int 13h
        pop cx
        jc .failed
        loop .sector
        jmp .go
.failed:
        print failure
        jmp $
.go:    in al, 0x92
        or al, 2
        out 0x92, al
        cli
        lgdt [gdt.pointer]
        mov eax, cr0
        or eax, 1
        mov cr0, eax
        jmp dword gdt.code:protected

puts:   lodsb
        test al, al
        jz .end
        mov ah, 0eh
        mov bx, 7
        int 0x10
        jmp short puts
.end:   ret

        bits 32
protected:
        mov ax, gdt.data
        mov ds, ax
        mov es, ax
        mov fs, eax
        mov ss, ax
        mov esp, 0x90000
        mov edi, 0xb8000
        mov esi, greeting
.next:  lodsb
        or al, al
        jz near .halt
        mov ah, 0x1f
        stosw
        jmp .next
.halt:  hlt
        jmp .halt

        align 8, db 0
gdt:    dq 0
.code   equ $ - gdt
        dw 0xffff, 0
        db 0, 10011010b, 11001111b, 0
.data   equ $ - gdt
        dw -1, 0
        db 0, 92h, 0cfh, 0
.pointer:
        dw $ - gdt - 1
        dd gdt
drive:  db 0
greeting: db "Hello", ', world', `!\r\n`, 0
failure:  db 'disk', 13, 10, 0
        times 510 - ($ - $$) db 0
        dw 0xaa55
