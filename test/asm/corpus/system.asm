; System instructions of a kernel and a monitor.
        bits 32
kernel: cli
        lgdt [gdtr]
        lidt [eax]
        sgdt [esp]
        sidt [esp+4]
        lldt ax
        ltr bx
        str cx
        str eax
        sldt dx
        sldt [eax]
        smsw ax
        smsw eax
        smsw [eax]
        lmsw ax
        clts
        mov eax, cr0
        mov cr3, eax
        mov eax, cr4
        mov cr2, ebx
        mov eax, dr6
        mov dr7, eax
        mov eax, tr6
        invlpg [eax]
        invd
        wbinvd
        rdmsr
        wrmsr
        rdtsc
        rdpmc
        cpuid
        sysenter
        sysexit
        hlt
        iret
        iretd
        iretw
        o16 iret
        int 0x80
        int3
        into
        int1
        pushfd
        popfd
        pushf
        popf
        pushfw
        popa
        pushad
        push cs
        push ds
        pop ds
        push fs
        pop gs
        push word ds
        mov ds, ax
        mov ds, eax
        mov ax, ss
        mov eax, ss
        mov [eax], ss
        mov word [eax], es
        mov es, [eax]
        lar eax, ebx
        lar eax, bx
        lsl ax, bx
        verr ax
        verw [eax]
        arpl ax, bx
        les eax, [ebx]
        lss esp, [stack]
        lds si, [eax]
        bound eax, [ebx]
        in al, 0x60
        in eax, dx
        out 0x20, al
        out dx, ax
        insb
        rep outsd
        cmpxchg8b [eax]
        lock cmpxchg [eax], ebx
        lock xadd [eax], ebx
        lock dec dword [eax]
        xchg [eax], ebx
        lock xchg [eax], ebx
        bswap edx
        vmxon [eax]
        vmxoff
        vmclear [eax]
        vmptrld [eax]
        vmptrst [eax]
        vmlaunch
        vmresume
        vmcall
        vmread eax, ebx
        vmread [eax], ebx
        vmwrite eax, ebx
        vmwrite eax, [ebx]
        invept eax, [ebx]
        invvpid eax, [ebx]
        vmfunc
        rsm
        monitor
        mwait
        pause
        ud2
        fxsave [eax]
        fxrstor [eax]
        xgetbv
        xsetbv
        xsave [eax]
        swapgs_not: nop
        retf
        retf 8
        ret
        ret 4
        retn
        enter 16, 0
        leave
        xlatb
        cs xlatb
        es lodsb
        fs movsd
        rep movsd
        repne scasb
        repe cmpsw
        rep es movsb
        a16 lodsb
        a16 rep stosd
        o16 push 5
        mov eax, [fs:0]
        mov eax, [gs:eax+ebx*4]
        cs mov eax, [ebx]
        mov [es:di], al
        gs
        nop
        lock
        inc dword [eax]
        rep
gdtr:   dw 0
        dd kernel
stack:  dd 0x1000
        dw 0x10
        cpu 686
        default abs
