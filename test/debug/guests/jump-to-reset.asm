; Goes to the address where a processor comes out of RESET, with a disk that no one could boot from.
org 100h
        jmp 0xffff:0
