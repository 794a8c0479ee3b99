; Ringside's BIOS: the services that boot sectors call (IBM PC/AT Technical Reference, "System BIOS"; Phoenix EDD 1.1 for
; INT 13h extensions; ACPI 6.5 §15 for E820). It is ordinary guest code at F000:F000, and does everything by memory and ports.
; The loader puts this image in memory, the vectors of `vectors` in the interrupt table and the BIOS data area at 0040:0000; there
; is no power-on self-test. Hard disks 80h and 81h are those of the primary ATA channel; floppies 0 and 1 are reached in the same
; way, at ports of our own.
; Left out: formatting, text in graphics modes, graphics modes other than 13h, serial and printer services, INT 15h's protected-mode calls, more than one page.

%include "definitions.inc"

	bits 16
	org 0xf000

; Vector and offset, for the loader; 0xffff ends.
vectors:
	dw 0x00, exception_00
	dw 0x06, exception_06
	dw 0x08, timer_interrupt
	dw 0x09, keyboard_interrupt
	dw 0x0c, interrupt_0c
	dw 0x0d, interrupt_0d
	dw 0x10, video_service
	dw 0x11, equipment_service
	dw 0x12, memory_service
	dw 0x13, disk_service
	dw 0x15, system_service
	dw 0x16, keyboard_service
	dw 0x18, no_boot_disk
	dw 0x19, boot
	dw 0x1a, time_service
	dw 0x1e, diskette_parameters
	dw 0x70, clock_interrupt
	dw 0xffff

; All other vectors of the first 256.
default_vector:
	dw nothing, end_master, end_slave

%include "boot.inc"
%include "timer.inc"
%include "keyboard.inc"
%include "modes.inc"
%include "video.inc"
%include "disk.inc"
%include "system.inc"

	times 0xff0 - ($ - $$) db 0
	jmp 0xf000:boot             ; where RESET leads
	db "01/01/26"               ; at F000:FFF5
	db 0
	db 0xfc                     ; model: AT
	db 0
