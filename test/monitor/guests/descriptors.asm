; Segments: tables that are rewritten while their entries are loaded, small limits, kinds that hardware cannot be shown.
%include "kernel.inc"

LOCAL equ 7                     ; entry 0 of the LDT, RPL 3
LDT equ FREE
DATA equ FREE + 8
LDT_PLACE equ FRAMES + 0x8000
COPY equ FRAMES + 0x9000

; loads ES
%macro take 1
        mov eax, %1
        mov es, eax
%endmacro

guest:
        mov dword [FRAMES], 0x11111111
        mov dword [FRAMES + 0x1000], 0x22222222
        mov dword [FRAMES + 0x1ffc], 0x33333333
        call start_paging

        descriptor DATA, FRAMES, 0xfff, 0x4093
        take DATA
        show "segment", [es:0]
        descriptor DATA, (FRAMES + 0x1000), 0xfff, 0x4093
        show " table rewritten", [es:0]
        in al, 0x21
        show " after a trap", [es:0]
        take DATA
        show " loaded again", [es:0]
        say 10
        mov dword [gdt + DATA], 0
        mov dword [gdt + DATA + 4], 0
        show "table cleared", [es:0]
        in al, 0x21
        show " after a trap", [es:0]
        attempt " load", take DATA

        descriptor DATA, FRAMES, 0x1fff, 0x4093
        take DATA
        attempt "the limit", mov eax, [es:0x1ffc]
        attempt "past the limit", mov eax, [es:0x1ffd]
        take DATA
        attempt "far past the limit", mov eax, [es:0x2000]
        take DATA
        attempt "string past the limit", call .string
        descriptor DATA, FRAMES, 0, 0x4093
        take DATA
        attempt "one byte", mov al, [es:0]
        attempt "two bytes", mov ax, [es:0]
        descriptor DATA, FRAMES, 1, 0xc093
        take DATA
        attempt "two pages", mov eax, [es:0x1ffc]
        attempt "past two pages", mov eax, [es:0x1ffd]
        descriptor DATA, FRAMES, 0xfff, 0x4097
        take DATA
        attempt "expand-down, below", mov eax, [es:0xffc]
        take DATA
        attempt "expand-down, above", mov eax, [es:0x1000]
        descriptor DATA, FRAMES, 0xfff, 0x4091
        take DATA
        attempt "read-only, read", mov eax, [es:0]
        attempt "read-only, write", mov [es:0], eax
        descriptor DATA, FRAMES, 0xfff, 0x409b
        take DATA
        attempt "code, read", mov eax, [es:0]
        attempt "code, write", mov [es:0], eax
        descriptor DATA, FRAMES, 0xfff, 0x4099
        attempt "execute-only, load", take DATA
        descriptor DATA, FRAMES, 0xfff, 0x4013
        attempt "not present, load", take DATA
        descriptor DATA, FRAMES, 0xfff, 0x4092
        take DATA
        mov eax, [gdt + DATA + 4]
        show "accessed", eax
        and byte [gdt + DATA + 5], ~1
        mov eax, [es:0]
        show " read", eax
        mov eax, [gdt + DATA + 4]
        show " accessed", eax
        take DATA
        mov eax, [gdt + DATA + 4]
        show " loaded", eax
        say 10
        take 0
        attempt "null segment", mov eax, [es:0]
        attempt "beyond the table", take 0xfff8
        attempt "system segment", take TSS
        attempt "null stack", call .null_stack
        attempt "read-only stack", call .read_only_stack

        ; bases from which offsets wrap around the end of memory, or that begin within a page
        descriptor DATA, 0xfffff000, 0xfffff, 0xc093
        take DATA
        show "wrapped", [es:FRAMES + 0x1000]
        descriptor DATA, (FRAMES - 3), 0xfffff, 0xc093
        take DATA
        show " odd base", [es:3]
        in al, 0x21
        show " after a trap", [es:3]
        say 10

        ; what the program may load
        take 0
        user "program loads the kernel's segment", .loads_kernel
        descriptor DATA, FRAMES, 0xfff, 0x40f3
        user "program loads its own", .loads_own
        user "program past its limit", .past_limit

        ; local segments
        attempt "local without LDT", take LOCAL
        descriptor LDT, LDT_PLACE, 0xf, 0x0082
        mov dword [LDT_PLACE], 0x00000fff | (FRAMES & 0xffff) << 16
        mov dword [LDT_PLACE + 4], 0x0040f300 | FRAMES >> 16
        mov eax, LDT
        lldt ax
        take LOCAL
        show "local", [es:0]
        mov dword [LDT_PLACE], 0x00000fff | ((FRAMES + 0x1000) & 0xffff) << 16
        show " rewritten", [es:0]
        take LOCAL
        show " loaded again", [es:0]
        say 10
        user "program, local", .local
        attempt "beyond the LDT", take LOCAL + 16
        take LOCAL
        xor eax, eax
        lldt ax
        attempt "without LDT, still loaded", mov eax, [es:0]
        attempt "without LDT, load", take LOCAL

        ; a copy of the table elsewhere, cut short
        mov esi, gdt
        mov edi, COPY
        take DATA0
        mov ecx, 32
        rep movsd
        mov word [.register], DATA + 7
        mov dword [.register + 2], COPY
        lgdt [.register]
        mov dword [COPY + DATA], 0x10000fff
        mov dword [COPY + DATA + 4], 0x00409330
        take DATA
        show "other table", [es:0]
        say 10
        mov word [.register], DATA + 6
        lgdt [.register]
        attempt "cut short", take DATA
        lgdt [gdt_register]
        finish

.string:
        mov esi, FRAMES
        mov edi, 0x1ff0
        mov ecx, 8
        rep movsd
        ret
.null_stack:
        xor eax, eax
        mov ss, eax
        ret
.read_only_stack:
        descriptor DATA, FRAMES, 0xfff, 0x4091
        mov eax, DATA
        mov ss, eax
        ret
.loads_kernel:
        take DATA0
        int 0x30
.loads_own:
        take DATA | 3
        mov eax, [es:0]
        int 0x30
.past_limit:
        take DATA | 3
        mov eax, [es:0x1000]
        int 0x30
.local:
        take LOCAL
        mov eax, [es:0]
        int 0x30
.register:
        dw 0
        dd 0

;> segment=11111111 table rewritten=11111111 after a trap=11111111 loaded again=22222222
;> table cleared=22222222 after a trap=22222222 load: exception d code=38 at=5
;> the limit: ok
;> past the limit: exception d code=0 at=0
;> far past the limit: exception d code=0 at=0
;> string past the limit: exception d code=0 at=b07
;> one byte: ok
;> two bytes: exception d code=0 at=0
;> two pages: ok
;> past two pages: exception d code=0 at=0
;> expand-down, below: exception d code=0 at=0
;> expand-down, above: ok
;> read-only, read: ok
;> read-only, write: exception d code=0 at=0
;> code, read: ok
;> code, write: exception d code=0 at=0
;> execute-only, load: exception d code=38 at=5
;> not present, load: exception b code=38 at=5
;> accessed=409330 read=11111111 accessed=409230 loaded=409330
;> null segment: exception d code=0 at=0
;> beyond the table: exception d code=fff8 at=5
;> system segment: exception d code=28 at=5
;> null stack: exception d code=0 at=563
;> read-only stack: exception d code=38 at=53f
;> wrapped=11111111 odd base=11111111 after a trap=11111111
;> program loads the kernel's segment: exception d code=10 at=5
;> program loads its own: done eax=11111111
;> program past its limit: exception d code=0 at=7
;> local without LDT: exception d code=4 at=5
;> local=11111111 rewritten=11111111 loaded again=22222222
;> program, local: done eax=22222222
;> beyond the LDT: exception d code=14 at=5
;> without LDT, still loaded: ok
;> without LDT, load: exception d code=4 at=5
;> other table=22222222
;> cut short: exception d code=38 at=5
;> END
