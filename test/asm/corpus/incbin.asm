; Files taken in as they are.
        db 1
whole:  incbin "incbin.bin"
rest: incbin "incbin.bin", 4
part:   incbin "incbin.bin", 4, 3
longer:   incbin "incbin.bin", 10, 100
none:   incbin "incbin.bin", 100
        times 2 incbin "incbin.bin", 0, 2
        dw whole, rest, part, longer, none
