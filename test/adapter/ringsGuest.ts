// A kernel that enters a program in ring 3, which calls it by INT 80h: flat segments, a TSS, a gate. For tests that look at rings.
export const ringsGuest = `bits 32
org 0x100000
start:
 lgdt [gdt_pointer]
 mov esp, 0x80000
 jmp 0x08:.in_segment
.in_segment:
 mov ax, 0x10
 mov ds, ax
 mov ss, ax
 mov ax, 0x28
 ltr ax
 lidt [idt_pointer]
 push 0x23
 push 0x90000
 push 2
 push 0x1b
 push program
 iret
program:
 mov eax, 7
 int 0x80
after:
 mov ecx, 3
 int 0x80
 jmp after
system_call:
 cmp eax, 7
 je .back
 mov al, 0
 out 0xf4, al
.back:
 inc eax
 iret
align 8
gdt: dq 0
 dq 0x00cf9b000000ffff
 dq 0x00cf93000000ffff
 dq 0x00cffb000000ffff
 dq 0x00cff3000000ffff
 dw 103, tss - $$, 0x8910, 0
gdt_pointer: dw $ - gdt - 1
 dd gdt
idt: times 0x80 dq 0
 dw system_call - $$, 0x08, 0xee00, 0x0010
idt_pointer: dw $ - idt - 1
 dd idt
tss: dd 0, 0x70000, 0x10
 times 22 dd 0
 dw 0, 104
`;

/** The line of the source that holds `text`. */
export const lineOf = (text: string): number => ringsGuest.split('\n').findIndex(row => row.includes(text)) + 1;
