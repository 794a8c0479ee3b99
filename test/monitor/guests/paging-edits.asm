; Edits of page-table entries: map, unmap, remap, change rights, from the kernel and under a running program.
%include "kernel.inc"

PAGE equ 0x400000
OTHER equ 0x401000

guest:
        mov dword [FRAMES], 0x11111111
        mov dword [FRAMES + 0x1000], 0x22222222
        call start_paging

        attempt "read what is not mapped", mov eax, [PAGE]
        map PAGE, FRAMES | P | W | U
        attempt "read what is mapped", mov eax, [PAGE]
        show "value", eax
        say 10

        map PAGE, (FRAMES + 0x1000) | P | W | U
        mov eax, [PAGE]
        show "remapped", eax
        say 10

        map PAGE, (FRAMES + 0x1000) | P
        attempt "write a read-only page", mov dword [PAGE], 1
        attempt "read a read-only page", mov eax, [PAGE]
        user "program reads a kernel page", reads
        map PAGE, (FRAMES + 0x1000) | P | U
        user "program reads its page", reads
        user "program writes its read-only page", writes
        map PAGE, (FRAMES + 0x1000) | P | U | W
        user "program writes its page", writes
        show "written", [PAGE]
        say 10

        map PAGE, 0
        attempt "read after unmapping", mov eax, [PAGE]
        user "program reads after unmapping", reads

        ; two pages on one frame
        map PAGE, FRAMES | P | W
        map OTHER, FRAMES | P | W
        mov dword [PAGE], 0x33333333
        show "alias", [OTHER]
        say 10

        ; rights in the directory entry
        map PAGE, FRAMES | P | W | U
        set_entry DIRECTORY + 4, TABLE1 | P | W
        call flush_all
        user "program, closed by the directory", reads
        set_entry DIRECTORY + 4, TABLE1 | P | U
        call flush_all
        user "program, reading", reads
        user "program, writing, read-only by the directory", writes
        attempt "kernel, writing, read-only by the directory", mov dword [PAGE], 1
        set_entry DIRECTORY + 4, 0
        call flush_all
        attempt "no directory entry", mov eax, [PAGE]
        set_entry DIRECTORY + 4, TABLE1 | P | W | U
        attempt "a directory entry again", mov eax, [PAGE]

        ; a write over the edge of two pages, of which the second is not there, leaves no trace
        map PAGE, FRAMES | P | W
        map OTHER, 0
        mov dword [PAGE + 0xffc], 0x55555555
        attempt "write over the edge", mov dword [PAGE + 0xffe], 0x66666666
        show "before the edge", [PAGE + 0xffc]
        say 10
        map OTHER, (FRAMES + 0x1000) | P | W
        attempt "write over the edge", mov dword [PAGE + 0xffe], 0x66666666
        show "before the edge", [PAGE + 0xffc]
        show " after it", [OTHER]
        say 10

        ; the table edited in the middle of a string instruction that goes through it
        mov esi, PAGE
        mov ecx, 0x1000
        map OTHER, 0
        attempt "string over the edge", rep lodsd
        mov eax, [caught_cr2]
        show "cr2", eax
        say 10
        finish

reads:
        mov eax, [PAGE]
        int 0x30
writes:
        mov dword [PAGE], 0x44444444
        mov eax, 1
        int 0x30

;> read what is not mapped: exception e code=0 cr2=400000 at=0
;> read what is mapped: ok
;> value=11111111
;> remapped=22222222
;> write a read-only page: exception e code=3 cr2=400000 at=0
;> read a read-only page: ok
;> program reads a kernel page: exception e code=5 cr2=400000 at=0
;> program reads its page: done eax=22222222
;> program writes its read-only page: exception e code=7 cr2=400000 at=0
;> program writes its page: done eax=1
;> written=44444444
;> read after unmapping: exception e code=0 cr2=400000 at=0
;> program reads after unmapping: exception e code=4 cr2=400000 at=0
;> alias=33333333
;> program, closed by the directory: exception e code=5 cr2=400000 at=0
;> program, reading: done eax=33333333
;> program, writing, read-only by the directory: exception e code=7 cr2=400000 at=0
;> kernel, writing, read-only by the directory: exception e code=3 cr2=400000 at=0
;> no directory entry: exception e code=0 cr2=400000 at=0
;> a directory entry again: ok
;> write over the edge: exception e code=2 cr2=401000 at=0
;> before the edge=55555555
;> write over the edge: ok
;> before the edge=66665555 after it=44446666
;> string over the edge: exception e code=0 cr2=401000 at=0
;> cr2=401000
;> END
