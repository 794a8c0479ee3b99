; Which values the control registers and model-specific registers take (SDM Vol. 3A §2.5; Vol. 2B MOV CR).

%include "harness.inc"

	begin "CR0"
	run_list cr0_values, 0, 0
	heading "CR4"
	run_list cr4_values, 0, 0
	heading "EFER and other registers that are not there"
	run_list msrs, 0, 0
	finish

between:
	push eax
	mov eax, 0x11
	mov cr0, eax
	xor eax, eax
	mov cr4, eax
	pop eax
	ret

; set name, register, value: what can be read after it
%macro set_register 3
	snippet %1
	mov eax, %3
	mov %2, eax
	mov eax, %2
	done
%endmacro

	list cr0_values
	set_register "ET is fixed at 1", cr0, 0x00000001
	set_register "reserved bits stay 0", cr0, 0x1ff8ffd1 & ~0x10000 | 0x11
	set_register "CD", cr0, 0x40000011
	set_register "CD and NW", cr0, 0x60000011
	set_register "NW without CD", cr0, 0x20000011
	set_register "PG without PE", cr0, 0x80000010
	set_register "MP, EM, TS, NE, WP, AM", cr0, 0x0005003f
	snippet "lmsw sets PE, MP, EM, TS only"
	mov eax, 0xffff
	lmsw ax
	mov eax, cr0
	done
	snippet "lmsw does not clear PE"
	xor eax, eax
	lmsw ax
	mov eax, cr0
	done
	snippet "smsw, 32 bits"
	smsw eax
	and eax, 0xffff
	done
	snippet "mov cr0 ignores the mod field"
	mov eax, 0x11
	db 0x0f, 0x22, 0x00
	mov eax, cr0
	done
	snippet "mov cr with an operand-size prefix"
	db 0x66
	mov eax, cr0
	done
	snippet "lock mov cr0"
	db 0xf0
	mov eax, cr0
	done
	end_list

	list cr4_values
	set_register "TSD, DE, PSE, MCE, PGE, PCE", cr4, 0x1dc
	set_register "bit 31", cr4, 0x80000000
	set_register "bit 20", cr4, 0x00100000
	set_register "bit 12", cr4, 0x00001000
	end_list

%macro read_msr 2
	snippet %1
	mov ecx, %2
	rdmsr
	xor eax, eax
	done
%endmacro

	list msrs
	read_msr "TSC", 0x10
	read_msr "APIC base", 0x1b
	read_msr "SYSENTER CS", 0x174
	read_msr "SYSENTER EIP", 0x176
	read_msr "none such", 0x12345678
	snippet "SYSENTER ESP keeps its bits"
	mov ecx, 0x175
	mov eax, 0x89abcdef
	xor edx, edx
	wrmsr
	xor eax, eax
	rdmsr
	done
	snippet "write to none such"
	mov ecx, 0x12345678
	wrmsr
	done
	snippet "TSC goes on from what is written"
	mov ecx, 0x10
	mov eax, 0x10000000
	xor edx, edx
	wrmsr
	rdtsc
	shr eax, 24
	done
	end_list
