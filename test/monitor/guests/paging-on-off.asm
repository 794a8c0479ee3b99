; Paging on and off and on, with other tables in between, and with the tables changed while it is off.
%include "kernel.inc"

PAGE equ 0x300000

%macro paging_off 0
        mov eax, cr0
        and eax, 0x7fffffff
        mov cr0, eax
%endmacro

guest:
        mov dword [FRAMES], 0x11111111
        mov dword [FRAMES + 0x1000], 0x22222222
        mov eax, [PAGE]
        show "off", eax
        call start_paging
        set_entry TABLE0 + (PAGE >> 12) * 4, (FRAMES + 0x1000) | P | W | U
        invlpg [PAGE]
        mov eax, [PAGE]
        show " on", eax
        paging_off
        mov eax, [PAGE]
        show " off", eax
        set_entry TABLE0 + (PAGE >> 12) * 4, 0
        call start_paging
        say 10
        attempt "on, unmapped meanwhile", mov eax, [PAGE]
        paging_off
        set_entry TABLE0 + (PAGE >> 12) * 4, (FRAMES + 0x1000) | P | W | U
        mov dword [PAGE], 0x33333333
        call start_paging
        mov eax, [PAGE]
        show "on", eax
        mov dword [PAGE], 0x44444444
        paging_off
        mov eax, [FRAMES + 0x1000]
        show " off", eax
        show " untouched", [FRAMES]
        say 10
        attempt "CR0.PG without PE", call .pg_without_pe
        ; off, data there, on again
        mov ecx, 3
.again:
        call start_paging
        inc dword [PAGE]
        paging_off
        inc dword [PAGE]
        dec ecx
        jnz .again
        show "first", [FRAMES]
        show " second", [FRAMES + 0x1000]
        say 10
        finish

.pg_without_pe:
        mov eax, cr0
        or eax, 0x80000000
        and eax, ~1
        mov cr0, eax
        ret

;> off=11111111 on=22222222 off=11111111
;> on, unmapped meanwhile: exception e code=0 cr2=300000 at=0
;> on=22222222 off=44444444 untouched=33333333
;> CR0.PG without PE: exception d code=0 at=8e
;> first=33333336 second=44444447
;> END
