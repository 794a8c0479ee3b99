; Guest-physical addresses with no RAM behind them (the guest has 4 MiB): they read as ones, and writes are lost.
%include "kernel.inc"

PAGE equ 0x400000
NOWHERE equ 0x00900000
DEVICES equ 0xf0000000

guest:
        mov eax, [NOWHERE]
        show "paging off", eax
        mov dword [NOWHERE], 0x12345678
        mov eax, [NOWHERE]
        show " written", eax
        mov eax, [0x3ffffe]     ; over the end of RAM
        show " over the end", eax
        say 10
        call start_paging
        map PAGE, NOWHERE | P | W | U
        mov eax, [PAGE]
        show "read", eax
        mov dword [PAGE], 1
        add dword [PAGE], 1
        mov eax, [PAGE]
        show " written", eax
        mov eax, [ENTRY1(PAGE)]
        show " entry", eax
        say 10
        user "program reads", .reads
        user "program writes", .writes
        map PAGE, DEVICES | P | W | U
        user "program reads far up", .reads
        map PAGE, NOWHERE | P
        attempt "read-only", mov dword [PAGE], 1
        user "kernel's", .reads
        ; a string from there
        map PAGE, NOWHERE | P | W | U
        mov esi, PAGE
        mov edi, FRAMES
        mov ecx, 4
        rep movsd
        show "copied", [FRAMES + 12]
        say 10
        ; code there is FF FF
        attempt "code", jmp PAGE
        user "program's code", PAGE
        ; a page table there: all its entries are ones
        set_entry DIRECTORY + 8, NOWHERE | P | W | U
        mov eax, [0x800000]
        show "through a table that is not there", eax
        say 10
        ; RAM again
        map PAGE, FRAMES | P | W | U
        mov eax, [PAGE]
        show "RAM", eax
        say 10
        finish

.reads:
        mov eax, [PAGE]
        int 0x30
.writes:
        mov dword [PAGE], 0x99
        int 0x30

;> paging off=ffffffff written=ffffffff over the end=ffff0000
;> read=ffffffff written=ffffffff entry=900067
;> program reads: done eax=ffffffff
;> program writes: done eax=23
;> program reads far up: done eax=ffffffff
;> read-only: exception e code=3 cr2=400000 at=0
;> kernel's: exception e code=5 cr2=400000 at=0
;> copied=ffffffff
;> code: exception 6 code=0 at=2fda2a
;> program's code: exception 6 code=0 at=0
;> through a table that is not there=ffffffff
;> RAM=ffffffff
;> END
