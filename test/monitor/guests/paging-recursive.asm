; A directory whose last-but-one entry leads to itself: the tables are seen, and edited, through themselves.
%include "kernel.inc"

PAGE equ 0x400000
SLOT equ 1000
TABLES equ SLOT << 22
SEEN_DIRECTORY equ TABLES + (SLOT << 12)

guest:
        mov dword [FRAMES], 0x11111111
        mov dword [FRAMES + 0x1000], 0x22222222
        mov dword [DIRECTORY + SLOT * 4], DIRECTORY | P | W
        call start_paging

        mov eax, [SEEN_DIRECTORY]
        and eax, ~(A | D)
        show "directory's first entry", eax
        say 10
        mov eax, [TABLES + 0x100 * 4]
        and eax, ~(A | D)
        show "entry of the image", eax
        say 10
        ; map a page by a write to the table as seen through the directory
        mov dword [TABLES + (PAGE >> 12) * 4], FRAMES | P | W
        mov eax, [PAGE]
        show "mapped", eax
        say 10
        mov dword [TABLES + (PAGE >> 12) * 4], (FRAMES + 0x1000) | P | W
        invlpg [PAGE]
        mov eax, [PAGE]
        show "remapped", eax
        say 10
        ; a new table, put in through the directory as seen through itself
        mov dword [SEEN_DIRECTORY + 2 * 4], (FRAMES + 0x2000) | P | W
        invlpg [TABLES + (0x800000 >> 12) * 4]
        mov dword [TABLES + (0x800000 >> 12) * 4], FRAMES | P | W
        mov eax, [0x800000]
        show "through a new table", eax
        say 10
        mov eax, [FRAMES + 0x2000]
        and eax, A | D
        show "its entry's flags", eax
        mov eax, [DIRECTORY + SLOT * 4]
        and eax, A | D
        show " the recursive entry's", eax
        say 10
        ; and taken out again
        mov dword [SEEN_DIRECTORY + 2 * 4], 0
        invlpg [0x800000]
        attempt "taken out", mov eax, [0x800000]
        finish

;> directory's first entry=201007
;> entry of the image=100007
;> mapped=11111111
;> remapped=22222222
;> through a new table=11111111
;> its entry's flags=20 the recursive entry's=60
;> taken out: exception e code=0 cr2=800000 at=0
;> END
