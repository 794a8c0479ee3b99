; A DOS program that ends as those do, by a call of DOS: none answers, and it runs on into memory that is empty.
org 100h
        mov ax, 4c00h
        int 21h
