; x87, MMX, SSE.
        bits 32
        fld dword [eax]
        fld qword [eax]
        fld tword [eax]
        fld st3
        fst st1
        fstp qword [eax]
        fild word [eax]
        fistp dword [eax]
        fadd
        fadd st1
        fadd to st1
        fadd st0, st3
        fadd st3, st0
        faddp
        faddp st2
        faddp st2, st0
        fsubr dword [eax]
        fdivrp st1, st0
        fmul st1
        fcom
        fcomp st2
        fcompp
        fcomi st1
        fcomip st0, st1
        fucomi st2
        fxch
        fxch st3
        fcmovb st0, st1
        fcmovne st1
        finit
        fninit
        fsave [eax]
        fnsave [eax]
        frstor [eax]
        fstcw [eax]
        fnstcw word [eax]
        fldcw [eax]
        fstsw ax
        fnstsw ax
        fstsw [eax]
        fstenv [eax]
        fldenv [eax]
        fwait
        wait
        fnclex
        fclex
        fldpi
        fsqrt
        fsincos
        fprem1
        ffree st1
        fincstp
        fnop
        fbld [eax]
        fbstp tword [eax]
        emms
        movd mm0, eax
        movq mm1, [eax]
        movq [eax], mm1
        paddb mm0, mm1
        psllw mm0, 5
        pshufw mm0, mm1, 0x1b
        movaps xmm0, xmm1
        movaps xmm0, [eax]
        movups [eax], xmm3
        movss xmm0, [eax]
        movsd xmm0, xmm1
        movsd xmm0, [eax]
        movsd
        cmpsd
        cmpsd xmm0, xmm1, 2
        cmpltsd xmm0, xmm1
        cmpneqps xmm0, [eax]
        cvtsi2sd xmm0, eax
        cvttsd2si eax, xmm0
        movd xmm0, eax
        movq xmm0, xmm1
        movq xmm0, [eax]
        movdqa xmm0, [esp+16]
        pxor xmm0, xmm0
        pshufd xmm0, xmm1, 0
        pinsrw xmm0, eax, 3
        pextrw eax, xmm0, 3
        movhlps xmm0, xmm1
        movlhps xmm0, xmm1
        ldmxcsr [eax]
        stmxcsr [eax]
        maskmovdqu xmm0, xmm1
        prefetchnta [eax]
        sfence
        clflush [eax]
        crc32 eax, byte [ebx]
        vaddps xmm0, xmm1, xmm2
        vaddpd ymm0, ymm1, [eax]
        vmovdqu ymm1, [eax]
        vzeroupper
