; CR0.WP clear: the kernel writes to pages that are read-only, also to such as belong to ring 3, and ring 3 still may not.
%include "kernel.inc"

PAGE equ 0x400000

%macro state 1
        mov eax, [ENTRY1(PAGE)]
        and eax, A | D
        show %1, eax
        say 10
%endmacro

guest:
        call start_paging
        map PAGE, FRAMES | P | U
        attempt "WP set, kernel writes", mov dword [PAGE], 1
        mov eax, cr0
        and eax, ~0x10000
        mov cr0, eax
        attempt "WP clear, kernel writes", mov dword [PAGE], 0x11
        state "flags"
        user "program reads", .reads
        user "program writes", .writes
        attempt "kernel writes again", mov dword [PAGE], 0x22
        user "program reads", .reads
        user "program writes", .writes
        map PAGE, FRAMES | P
        attempt "kernel writes its own read-only page", mov dword [PAGE], 0x33
        user "program reads it", .reads
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        attempt "WP set, kernel writes", mov dword [PAGE], 1
        attempt "kernel reads", mov eax, [PAGE]
        map PAGE, FRAMES | P | U
        attempt "WP set, kernel writes", mov dword [PAGE], 1
        user "program reads", .reads
        user "program writes", .writes
        finish

.reads:
        mov eax, [PAGE]
        int 0x30
.writes:
        mov dword [PAGE], 0x44
        int 0x30

;> WP set, kernel writes: exception e code=3 cr2=400000 at=0
;> WP clear, kernel writes: ok
;> flags=60
;> program reads: done eax=11
;> program writes: exception e code=7 cr2=400000 at=0
;> kernel writes again: ok
;> program reads: done eax=22
;> program writes: exception e code=7 cr2=400000 at=0
;> kernel writes its own read-only page: ok
;> program reads it: exception e code=5 cr2=400000 at=0
;> WP set, kernel writes: exception e code=3 cr2=400000 at=0
;> kernel reads: ok
;> WP set, kernel writes: exception e code=3 cr2=400000 at=0
;> program reads: done eax=33
;> program writes: exception e code=7 cr2=400000 at=0
;> END
