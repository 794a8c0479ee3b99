; struc, istruc, absolute structures.
        bits 32
struc point
.x:     resd 1
.y:     resd 1
endstruc
struc rect, 4
  .corner: resb point_size
  .flags   resw 1
           alignb 4
  .name:   resb 8
endstruc
        dd point_size, point.x, point.y, rect_size, rect.corner, rect.flags, rect.name, rect
origin: istruc point
          at point.x, dd 5
          at point.y, dd -5
        iend
box:    istruc rect
          at rect.flags
          dw 1
          at rect.name, db "box"
        iend
partly: istruc point
        at .y, dd 1
        iend
        mov eax, [ebx + point.y]
        mov eax, [origin + point.y]
        mov ecx, point_size * 3
        lea edx, [ebx + rect.name + 1]
        times point_size db 1
struc   empty
endstruc
        db empty_size
