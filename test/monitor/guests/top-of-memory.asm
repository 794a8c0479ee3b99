; The last 4 MiB of linear memory, where a monitor may hide itself: to the guest they are memory like any other.
%include "kernel.inc"

TOP equ 0xffc00000
TOP_TABLE equ FRAMES + 0x10000
%define TOP_ENTRY(linear) (TOP_TABLE + (((linear) >> 12) & 0x3ff) * 4)

guest:
        mov edi, TOP_TABLE
        xor eax, eax
        mov ecx, 1024
        rep stosd
        mov dword [DIRECTORY + 0x3ff * 4], TOP_TABLE | P | W | U
        mov dword [DIRECTORY + 0x3fe * 4], TABLE1 | P | W | U
        call start_paging

        attempt "not mapped, read", mov eax, [TOP]
        attempt "not mapped, write", mov [TOP + 0x10], eax
        set_entry TOP_ENTRY(TOP), FRAMES | P | W
        mov dword [TOP], 0x11111111
        show "written", [FRAMES]
        mov eax, [TOP]
        show " read", eax
        add dword [TOP], 1
        show " added", [FRAMES]
        say 10
        mov eax, [TOP_ENTRY(TOP)]
        and eax, A | D
        show "flags", eax
        say 10

        ; over the boundary
        mov dword [TABLE1 + 0x3ff * 4], (FRAMES + 0x1000) | P | W
        mov dword [TOP - 2], 0x22223333
        show "below", [FRAMES + 0x1ffc]
        show " above", [FRAMES]
        mov eax, [TOP - 2]
        show " across", eax
        say 10
        set_entry TOP_ENTRY(TOP), FRAMES | P
        invlpg [TOP]
        attempt "read-only, across", mov dword [TOP - 2], 0
        show "below", [FRAMES + 0x1ffc]
        say 10

        ; a string that goes in and out
        set_entry TOP_ENTRY(TOP), FRAMES | P | W
        invlpg [TOP]
        mov edi, TOP - 16
        mov eax, 0x44444444
        mov ecx, 8
        rep stosd
        show "string below", [FRAMES + 0x1ff0]
        show " above", [FRAMES + 0xc]
        show " end", edi
        say 10

        ; the very last byte, and around it
        set_entry TOP_ENTRY(0xfffff000), (FRAMES + 0x2000) | P | W | U
        mov byte [0xffffffff], 0x55
        mov al, [0xffffffff]
        and eax, 0xff
        show "last byte", eax
        say 10

        ; the stack there
        mov esi, esp
        mov esp, 0xfffff800
        push dword 0x66666666
        call .on_high_stack
        pop eax
        mov esp, esi
        show "stack", eax
        show " in memory", [FRAMES + 0x27fc]
        say 10

        ; code there
        mov esi, .code
        mov edi, FRAMES + 0x3000
        mov ecx, .code_end - .code
        rep movsb
        set_entry TOP_ENTRY(0xffe00000), (FRAMES + 0x3000) | P | W | U
        mov eax, 0xffe00000
        call eax
        show "code", eax
        say 10
        attempt "code not mapped", jmp 0xffd00000

        ; the program
        set_entry TOP_ENTRY(TOP), FRAMES | P | W
        call flush_all
        user "program, kernel's page", .reads
        set_entry TOP_ENTRY(TOP), FRAMES | P | U
        call flush_all
        user "program, reads", .reads
        user "program, writes read-only", .writes
        set_entry TOP_ENTRY(TOP), FRAMES | P | U | W
        call flush_all
        user "program, writes", .writes
        show "written", [FRAMES]
        say 10
        user "program, not mapped", .not_mapped
        user "program, code", 0xffe00000 + .user_code - .code
        user "program, code not mapped", 0xffd00000

        ; the tables of the processor there
        set_entry TOP_ENTRY(0xffff0000), gdt + P + W
        set_entry TOP_ENTRY(0xffff1000), 0
        mov dword [.register], ((gdt_end - gdt - 1) << 16) & 0xffff0000
        mov word [.register + 2], gdt_end - gdt - 1
        mov dword [.register + 4], 0xffff0000
        lgdt [.register + 2]
        descriptor FREE, FRAMES, 0xfff, 0x4093
        mov eax, FREE
        mov es, eax
        show "GDT", [es:0]
        say 10
        user "program", .reads
        lgdt [gdt_register]
        finish

.on_high_stack:
        mov eax, [esp + 4]
        ret
.code:
        mov eax, 0x77777777
        ret
.user_code:
        mov eax, 0x88
        int 0x30
.code_end:
.reads:
        mov eax, [TOP]
        int 0x30
.writes:
        mov dword [TOP], 0x99
        int 0x30
.not_mapped:
        mov eax, [TOP + 0x100000]
        int 0x30
.register:
        dd 0, 0

;> not mapped, read: exception e code=0 cr2=ffc00000 at=0
;> not mapped, write: exception e code=2 cr2=ffc00010 at=0
;> written=11111111 read=11111111 added=11111112
;> flags=60
;> below=33330000 above=11112222 across=22223333
;> read-only, across: exception e code=3 cr2=ffc00000 at=0
;> below=33330000
;> string below=44444444 above=44444444 end=ffc00010
;> last byte=55
;> stack=66666666 in memory=66666666
;> code=77777777
;> code not mapped: exception e code=0 cr2=ffd00000 at=ffbfd9d8
;> program, kernel's page: exception e code=5 cr2=ffc00000 at=0
;> program, reads: done eax=44444444
;> program, writes read-only: exception e code=7 cr2=ffc00000 at=0
;> program, writes: done eax=23
;> written=99
;> program, not mapped: exception e code=4 cr2=ffd00000 at=0
;> program, code: done eax=88
;> program, code not mapped: exception e code=4 cr2=ffd00000 at=0
;> GDT=99
;> program: done eax=99
;> END
