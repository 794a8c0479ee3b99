; 4 MiB pages, alone and in exchange with page tables.
%include "kernel.inc"

DISTANT equ 0x800000

guest:
        mov dword [FRAMES], 0x11111111
        mov dword [FRAMES + 0x1000], 0x22222222
        call start_paging
        ; without CR4.PSE the bit means nothing
        set_entry DIRECTORY + 8, TABLE1 | LARGE | P | W
        map 0x400000, FRAMES | P | W
        mov eax, [DISTANT]
        show "PSE off", eax
        say 10
        mov eax, cr4
        or eax, 0x10
        mov cr4, eax
        attempt "reserved bits", mov eax, [DISTANT]
        set_entry DIRECTORY + 8, LARGE | P | W
        call flush_all
        mov eax, [DISTANT + FRAMES]
        show "large", eax
        say 10
        mov eax, [DIRECTORY + 8]
        show "flags after a read", eax
        mov dword [DISTANT + FRAMES + 0x1000], 0x33333333
        mov eax, [DIRECTORY + 8]
        show " after a write", eax
        show " written", [FRAMES + 0x1000]
        say 10
        set_entry DIRECTORY + 8, LARGE | P
        call flush_all
        attempt "write a read-only large page", mov dword [DISTANT + FRAMES], 1
        user "program", .reads
        set_entry DIRECTORY + 8, LARGE | P | U | W
        call flush_all
        user "program", .reads
        user "program", .writes
        mov eax, [DIRECTORY + 8]
        and eax, A | D
        show "flags", eax
        say 10
        ; in exchange with a table
        set_entry DIRECTORY + 8, TABLE1 | P | W
        call flush_all
        mov eax, [DISTANT]
        show "table", eax
        say 10
        set_entry DIRECTORY + 8, LARGE | P | W
        call flush_all
        mov eax, [DISTANT + FRAMES + 0x1000]
        show "large again", eax
        say 10
        and dword [DIRECTORY + 8], ~D
        call flush_all
        mov dword [DISTANT + FRAMES], 5
        mov eax, [DIRECTORY + 8]
        and eax, A | D
        show "dirty again", eax
        say 10
        ; the kernel itself in a large page
        set_entry DIRECTORY, LARGE | P | W | U
        call flush_all
        mov eax, [FRAMES]
        show "kernel in a large page", eax
        say 10
        finish

.reads:
        mov eax, [DISTANT + FRAMES]
        int 0x30
.writes:
        mov dword [DISTANT + FRAMES], 0x77
        int 0x30

;> PSE off=11111111
;> reserved bits: exception e code=9 cr2=800000 at=0
;> large=11111111
;> flags after a read=a3 after a write=e3 written=33333333
;> write a read-only large page: exception e code=3 cr2=b00000 at=0
;> program: exception e code=5 cr2=b00000 at=0
;> program: done eax=11111111
;> program: done eax=23
;> flags=60
;> table=77
;> large again=33333333
;> dirty again=60
;> kernel in a large page=5
;> END
