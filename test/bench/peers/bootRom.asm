; A ROM of 512 KiB in place of a BIOS, for machines that load no Multiboot images: it copies the guest's image to 1 MiB
; and starts it in flat protected mode.

org 0
ROM      equ 0xfff80000
ROM_TOP  equ 0x80000
LAST_64K equ 0x70000                     ; of the last 64 KiB, which real mode can see
IMAGE    equ 0x100000

image:
	incbin "guest.bin"
image_end:
	times LAST_64K - ($ - $$) db 0xff

bits 16
real_mode:
	cli
	in al, 0x92                     ; A20
	or al, 2
	out 0x92, al
	o32 lgdt [cs:gdt_register - LAST_64K]
	mov eax, cr0
	or al, 1
	and eax, 0x9fffffff             ; caches on, as a BIOS leaves them
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
	mov eax, 0x2badb002             ; the loader's magic number
	jmp [IMAGE + 28]                ; the entry address in the image's header

	align 8
gdt:
	dd 0, 0
	dd 0x0000ffff, 0x00cf9b00
	dd 0x0000ffff, 0x00cf9300
gdt_register:
	dw gdt_register - gdt - 1
	dd ROM + gdt

	times ROM_TOP - 16 - ($ - $$) db 0xff
bits 16
	jmp real_mode
	times ROM_TOP - ($ - $$) db 0xff
