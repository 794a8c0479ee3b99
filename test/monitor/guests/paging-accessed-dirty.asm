; The accessed and dirty flags, set by reads and writes and set again after the guest has cleared them.
%include "kernel.inc"

PAGE equ 0x400000

%macro flags 1
        mov eax, [ENTRY1(PAGE)]
        and eax, A | D
        show %1, eax
        mov eax, [DIRECTORY + 4]
        and eax, A | D
        show " directory", eax
        say 10
%endmacro

guest:
        call start_paging
        map PAGE, FRAMES | P | W | U
        flags "untouched"
        mov ebx, [PAGE]
        flags "read"
        mov dword [PAGE], 1
        flags "written"
        map PAGE, FRAMES | P | W | U
        flags "cleared"
        mov dword [PAGE], 2
        flags "written again"
        and dword [ENTRY1(PAGE)], ~D
        invlpg [PAGE]
        mov ebx, [PAGE]
        flags "dirty cleared, read"
        mov dword [PAGE], 3
        flags "dirty cleared, written"
        and dword [ENTRY1(PAGE)], ~A
        invlpg [PAGE]
        flags "accessed cleared"
        mov ebx, [PAGE]
        flags "read again"
        and dword [DIRECTORY + 4], ~A
        call flush_all
        flags "directory cleared"
        mov ebx, [PAGE]
        flags "read once more"

        ; a read-modify-write of a page that was not there
        map PAGE, FRAMES | P | W | U
        add dword [PAGE], 1
        flags "add"
        ; a fault sets neither
        map PAGE, FRAMES | P
        attempt "write", mov dword [PAGE], 1
        flags "after a refused write"
        map PAGE, FRAMES | P | W
        user "program", .reads
        flags "after a refused read"
        ; what ring 3 does counts
        map PAGE, FRAMES | P | W | U
        user "program", .reads
        flags "program read"
        user "program", .writes
        flags "program wrote"
        finish

.reads:
        mov eax, [PAGE]
        int 0x30
.writes:
        mov dword [PAGE], 0x44
        int 0x30

;> untouched=0 directory=0
;> read=20 directory=20
;> written=60 directory=20
;> cleared=0 directory=20
;> written again=60 directory=20
;> dirty cleared, read=20 directory=20
;> dirty cleared, written=60 directory=20
;> accessed cleared=40 directory=20
;> read again=60 directory=20
;> directory cleared=60 directory=0
;> read once more=60 directory=20
;> add=60 directory=20
;> write: exception e code=3 cr2=400000 at=0
;> after a refused write=0 directory=20
;> program: exception e code=5 cr2=400000 at=0
;> after a refused read=0 directory=20
;> program: done eax=4
;> program read=20 directory=20
;> program: done eax=23
;> program wrote=60 directory=20
;> END
