; A page table that is given back and used for data, a data page that becomes a page table, and two address spaces.
%include "kernel.inc"

PAGE equ 0x400000
SECOND equ FRAMES + 0x10000     ; another directory
SECOND_TABLE equ FRAMES + 0x11000

guest:
        mov dword [FRAMES], 0x11111111
        mov dword [FRAMES + 0x1000], 0x22222222
        call start_paging
        map PAGE, FRAMES | P | W | U
        mov eax, [PAGE]
        show "through the table", eax
        say 10

        ; the table goes, and its frame becomes data
        set_entry DIRECTORY + 4, 0
        call flush_all
        mov edi, TABLE1
        mov eax, 0xdeadbeef
        mov ecx, 1024
        rep stosd
        attempt "without the table", mov eax, [PAGE]
        show "data", [TABLE1 + 0x800]
        say 10
        ; a data page becomes the table
        mov edi, FRAMES + 0x2000
        xor eax, eax
        mov ecx, 1024
        rep stosd
        mov dword [FRAMES + 0x2000], (FRAMES + 0x1000) | P | W | U
        set_entry DIRECTORY + 4, (FRAMES + 0x2000) | P | W | U
        mov eax, [PAGE]
        show "through the new table", eax
        say 10
        mov dword [TABLE1], 0x12345678
        mov eax, [PAGE]
        show "the old one does not matter", eax
        say 10

        ; ping-pong between two directories, with edits of the one that is not in use
        mov edi, SECOND
        xor eax, eax
        mov ecx, 2 * 1024
        rep stosd
        mov dword [SECOND], TABLE0 | P | W | U
        mov dword [SECOND + 4], SECOND_TABLE | P | W | U
        mov dword [SECOND_TABLE], FRAMES | P | W | U
        mov ecx, 6
.ping_pong:
        mov eax, SECOND
        mov cr3, eax
        inc dword [PAGE]
        show "second", [PAGE]
        mov eax, DIRECTORY
        mov cr3, eax
        inc dword [PAGE]
        show " first", [PAGE]
        say 10
        xor dword [SECOND_TABLE], 0x1000 ; FRAMES or the page after it
        dec ecx
        jnz .ping_pong

        ; both directories share a table: an edit shows in both
        mov dword [SECOND + 4], (FRAMES + 0x2000) | P | W | U
        mov eax, SECOND
        mov cr3, eax
        mov eax, [PAGE]
        show "shared", eax
        mov dword [FRAMES + 0x2000], FRAMES | P | W | U
        invlpg [PAGE]
        mov eax, [PAGE]
        show " edited", eax
        mov eax, DIRECTORY
        mov cr3, eax
        mov eax, [PAGE]
        show " in the first", eax
        say 10

        ; a directory that serves as page table of the other
        mov dword [SECOND + 8], DIRECTORY | P | W
        mov eax, SECOND
        mov cr3, eax
        mov eax, [0x800000 + 0x100]     ; linear 8 MiB is the frame of the first directory's entry 0: TABLE0
        and eax, ~(A | D)
        show "table as a page", eax
        say 10
        finish

;> through the table=11111111
;> without the table: exception e code=0 cr2=400000 at=0
;> data=deadbeef
;> through the new table=22222222
;> the old one does not matter=22222222
;> second=11111112 first=22222223
;> second=22222224 first=22222225
;> second=11111113 first=22222226
;> second=22222227 first=22222228
;> second=11111114 first=22222229
;> second=2222222a first=2222222b
;> shared=2222222b edited=11111114 in the first=11111114
;> table as a page=40007
;> END
