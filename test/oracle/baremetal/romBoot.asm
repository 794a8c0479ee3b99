; A boot ROM in place of a BIOS, for emulators that load no Multiboot images: 64 KiB at FFFF0000, holding the image of a
; guest, which it copies to 1 MiB and starts in flat protected mode.

org 0
ROM equ 0xffff0000
IMAGE equ 0x100000

image:
	incbin "guest.bin"
image_end:

bits 16
real_mode:
	cli
	in al, 0x92                 ; A20
	or al, 2
	out 0x92, al
	o32 lgdt [cs:gdt_register]
	mov eax, cr0
	or al, 1
	and eax, 0x9fffffff         ; caches on, as a BIOS leaves them
	mov cr0, eax
	jmp dword 8:(ROM + flat)

bits 32
flat:
	mov eax, 16
	mov ds, eax
	mov es, eax
	mov ss, eax
	mov esi, ROM + image
	mov edi, IMAGE
	mov ecx, (image_end - image + 3) / 4
	rep movsd
	mov eax, 0x2badb002
	jmp [IMAGE + 28]            ; the header's entry address

	align 8
gdt:
	dd 0, 0
	dd 0x0000ffff, 0x00cf9b00
	dd 0x0000ffff, 0x00cf9300
gdt_register:
	dw gdt_register - gdt - 1
	dd ROM + gdt

	times 0xfff0 - ($ - $$) db 0xff
bits 16
	jmp real_mode
	times 0x10000 - ($ - $$) db 0xff
