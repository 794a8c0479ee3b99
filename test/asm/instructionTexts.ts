// Writes every instruction that iced can encode as NASM source: each form with several choices for each operand.
// One operand is varied at a time, so that the number of lines stays in the tens of thousands.
import { type Form, instructionsOf } from '../../src/asm/mnemonics';
import { type Bits, mnemonics } from '../../src/asm/opcodeFacts';

type Choices = readonly string[];

const registers: Record<string, Choices> = {
  r8: ['cl', 'al', 'bh'],
  r16: ['cx', 'ax', 'di'],
  r32: ['ecx', 'eax', 'edi'],
  r64: ['rcx', 'rax', 'rdi', 'r12'],
  seg: ['ds', 'fs'],
  cr: ['cr3', 'cr0'],
  dr: ['dr7'],
  tr: ['tr6'],
  st: ['st3', 'st0'],
  mm: ['mm1', 'mm0'],
  xmm: ['xmm1', 'xmm0'],
  ymm: ['ymm1', 'ymm3'],
  zmm: ['zmm1'],
  k: ['k1'],
  bnd: ['bnd1'],
  tmm: ['tmm1'],
};
const registers64: Record<string, Choices> = {
  r8: ['cl', 'al', 'sil', 'r9b'],
  r16: ['cx', 'ax', 'r10w'],
  r32: ['ecx', 'eax', 'r11d'],
  xmm: ['xmm1', 'xmm0', 'xmm9'],
  ymm: ['ymm1', 'ymm9'],
  cr: ['cr3', 'cr8'],
};
const registersOf = (name: string, bits: Bits): Choices =>
  (bits === 64 ? registers64[name] : undefined) ?? registers[name] ?? [];

const addresses: Record<Bits, Choices> = {
  16: ['[bx+si+8]', '[0x1234]', '[ebx+ecx*4]'],
  32: ['[ebx+ecx*4+8]', '[0x12345678]', '[bp+di]'],
  64: ['[rbx+r9*4+8]', '[0x12345678]', '[ebx]'],
};
const sizes: Record<number, string> = {
  8: 'byte',
  16: 'word',
  32: 'dword',
  64: 'qword',
  80: 'tword',
  128: 'oword',
  256: 'yword',
};

function memoryChoices(form: Form, bits: Bits): string[] {
  const size = sizes[form.memoryType.startsWith('SegPtr') ? Number(form.memoryType.slice(6)) : form.memoryBits];
  const [first, ...others] = addresses[bits];
  const far = form.memoryType.startsWith('SegPtr') && /^(Call|Jmp)/.test(form.name) ? 'far ' : '';
  const sized = size ? [`${size} ${far}${first}`] : [];
  return [...sized, `${far}${first}`, ...others.map(address => `${size ? `${size} ` : ''}${far}${address}`)];
}

const immediates: Record<number, Choices> = {
  8: ['5', '1', '-1', '127', '200', 'byte 5', 'strict byte 5', 'byte 1'],
  16: ['0x1234', '5', '-1', '0xfff0', 'word 5', 'strict word 5', '200'],
  32: ['0x12345678', '5', '-1', '128', '0xfffffff0', '0x80000000', 'dword 5', 'strict dword 5', 'byte 5', '1'],
  64: [
    '0x123456789abcdef0',
    '5',
    '-1',
    '0xffffffff',
    '0x80000000',
    '0x7fffffff',
    'dword 5',
    'qword 5',
    'strict qword 5',
    'strict dword 5',
    '-0x80000000',
  ],
};

function operandChoices(form: Form, index: number, bits: Bits): string[] | undefined {
  const kind = form.kinds[index];
  switch (kind.type) {
    case 'register':
      return [...registersOf(kind.class, bits)];
    case 'registerOrMemory':
      return [...registersOf(kind.class, bits), ...memoryChoices(form, bits)];
    case 'memory':
      return kind.vector ? [`[${bits === 64 ? 'rax' : 'eax'}+${kind.vector}2*4+16]`] : memoryChoices(form, bits);
    case 'offset':
      return [
        `[0x1234]`,
        `[es:0x1234]`,
        ...(bits === 64
          ? ['[qword 0x123456789abcdef]', '[a32 0x1234]', 'byte [0x1234]']
          : ['[dword 0x1234]', '[word 0x1234]']),
      ];
    case 'fixed':
      return [kind.register];
    case 'immediate':
      return kind.one ? ['1', 'byte 1'] : [...immediates[kind.extendedTo ?? kind.bits]];
    case 'branch':
      return kind.short
        ? ['$', '$+5', 'short $-10']
        : ['$+0x1000', 'near $', 'word $+0x1000', 'dword $+0x1000', 'strict near $'];
    case 'farPointer':
      return ['0x1234:0x5678', 'word 0x1234:0x5678', 'dword 0x1234:0x5678', '8:0x123456'];
    case 'implied':
      return [];
    case 'unsupported':
      return undefined;
  }
}

function formTexts(mnemonic: string, form: Form, bits: Bits, drop: number): string[] {
  const choices: string[][] = [];
  for (let index = 0; index < form.kinds.length; index++) {
    const operand = operandChoices(form, index, bits);
    if (!operand) return [];
    if (operand.length > 0) choices.push(operand);
  }
  const base = choices.slice(0, choices.length - drop).map(([first]) => first);
  const text = (operands: readonly string[]) => `${mnemonic} ${operands.join(',')}`.trim();
  const varied = base.flatMap((_, index) =>
    choices[index].map(choice => text(base.map((other, i) => (i === index ? choice : other)))),
  );
  return [text(base), ...varied];
}

/** Source lines for every mnemonic, without duplicates, in the given mode. */
export function instructionTexts(bits: Bits, mnemonics: Iterable<string>): string[] {
  const texts = new Set<string>();
  for (const mnemonic of mnemonics) {
    const instructions = instructionsOf(mnemonic);
    for (const form of instructions?.forms ?? []) {
      if (!form.modes[bits]) continue;
      for (const text of formTexts(mnemonic, form, bits, instructions?.immediate === undefined ? 0 : 1))
        texts.add(text);
    }
  }
  return [...texts];
}

const conditions = 'o no b c nae ae nb nc e z ne nz be na a nbe s ns p pe np po l nge ge nl le ng g nle'.split(' ');

/** NASM's own names, beside iced's. */
const otherNames =
  'sal loopz loopnz xlat fwait icebp int01 int03 ud2a pushf popf pusha popa iret pushfw popfw pushaw popaw iretw ' +
  'retn retw retd retq retnw retnd retnq retfw retfd retfq cmpeqps cmpltsd cmpunordss cmpordpd pclmullqhqdq';

/** Every mnemonic worth trying: iced's, NASM's aliases, and all conditions. */
export const mnemonicsToTry = (): string[] => [
  ...mnemonics(),
  ...otherNames.split(' '),
  ...conditions.flatMap(condition => [`j${condition}`, `set${condition}`, `cmov${condition}`]),
];

/** Operands that are left out or turned around, prefixes, and address forms: what the opcode tables do not show. */
export const handWrittenTexts: Record<Bits | 'all', readonly string[]> = {
  all: [
    ...'fadd fsub fsubr fmul fdiv fdivr faddp fsubp fsubrp fmulp fdivp fdivrp fcom fcomp fcomi fcomip fucom fucomp fucomi fucomip fxch'
      .split(' ')
      .flatMap(name => [name, `${name} st2`, `${name} st0,st2`, `${name} st2,st0`, `${name} to st2`]),
    ...'fld fst fstp ffree ffreep fcmovb fcmove fcmovnu'.split(' ').flatMap(name => [name, `${name} st2`, `${name} st0,st2`]),
    'aam', 'aad', 'aam 16', 'xchg ax,cx', 'xchg cx,ax', 'xchg eax,ecx', 'xchg ecx,eax', 'xchg ecx,edx', 'xchg ax,ax', 'xchg eax,eax',
    'xchg eax,[0x1234]', 'xchg [0x1234],eax', 'test eax,[0x1234]', 'test [0x1234],ecx', 'imul eax,5', 'imul eax,ecx,5', 'imul ecx,0x1234',
    'imul ax,[0x1234],5', 'imul eax', 'nop', 'pause', 'rep movsb', 'rep stosd', 'repne scasb', 'repe cmpsw', 'lock add [0x1234],eax',
    'lock inc dword [0x1234]', 'rep ret', 'o16 nop', 'o32 nop', 'a16 nop', 'a32 nop', 'a32 movsb', 'a16 movsb', 'es movsb', 'es rep movsb',
    'rep es movsb', 'a32 rep movsd', 'es lodsb', 'fs xlatb', 'mov ax,[es:0x1234]', 'es mov ax,[0x1234]', 'mov eax,[fs:ecx]', 'mov [gs:ecx*8+4],edx',
    'loop $', 'loop $,ecx', 'loop $,cx', 'loope $,ecx', 'jcxz $', 'jecxz $', 'jmp short $', 'jmp near $', 'call $', 'call near $', 'call 0x1000',
    'in al,dx', 'out dx,eax', 'int3', 'int 3', 'int 0x80', 'enter 8,1', 'ret 8', 'retf', 'retf 8', 'bswap eax', 'wait', 'fstsw ax', 'fnstsw ax',
    'lgdt [0x1234]', 'sidt [0x1234]', 'lldt ax', 'lldt [0x1234]', 'ltr cx', 'str ax', 'str eax', 'str [0x1234]', 'sldt cx', 'sldt ecx', 'smsw ax', 'smsw eax',
    'smsw [0x1234]', 'lmsw ax', 'verr ax', 'verw [0x1234]', 'lar eax,cx', 'lar eax,ecx', 'lar ax,cx', 'lsl eax,[0x1234]', 'mov ds,ax', 'mov ds,eax', 'mov ax,ds',
    'mov eax,ds', 'mov [0x1234],ds', 'mov word [0x1234],ds', 'mov es,[0x1234]', 'mov es,word [0x1234]', 'push ds', 'pop es', 'push fs', 'pop gs',
    'push word 5', 'push dword 5', 'push byte 5', 'push 5', 'push 1000', 'push -1', 'push strict word 5', 'push strict dword 5', 'push word 1000',
    'mov eax,cr0', 'mov cr4,eax', 'mov dr7,eax', 'movzx eax,byte [0x1234]', 'movzx eax,word [0x1234]', 'movzx ax,byte [0x1234]', 'movsx eax,cl', 'movsx ax,cl',
    'shl eax,1', 'shl eax,cl', 'shl byte [0x1234],1', 'shld eax,ecx,5', 'shld eax,ecx,cl', 'bt eax,5', 'bt [0x1234],ecx', 'bt dword [0x1234],5',
    'cmpxchg8b [0x1234]', 'invlpg [0x1234]', 'invlpg byte [0x1234]', 'lea eax,[ecx+4]', 'lea ax,[ecx+4]', 'lea eax,[0x1234]', 'les ax,[0x1234]', 'lss esp,[0x1234]',
    'mov [0x1234],byte 5', 'mov [0x1234],word 5', 'mov [0x1234],dword 5', 'mov byte [0x1234],5', 'add [0x1234],byte 5', 'add [0x1234],dword 5', 'cmp [0x1234],word 5',
    'add dword [0x1234],byte 5', 'add eax,byte 5', 'and eax,0xfffffff0', 'or ax,0xfff0', 'sub esp,byte 16', 'mov al,[0x1234]', 'mov [0x1234],al', 'mov cl,[0x1234]',
    'mov eax,[eax]', 'mov eax,[eax+0]', 'mov eax,[byte eax+0]', 'mov eax,[dword eax+0]', 'mov eax,[ebp]', 'mov eax,[esp]', 'mov eax,[esp+4]', 'mov eax,[ebp+eax]',
    'mov eax,[eax+ebp]', 'mov eax,[eax*2]', 'mov eax,[nosplit eax*2]', 'mov eax,[eax*3]', 'mov eax,[eax*5+4]', 'mov eax,[eax*9]', 'mov eax,[eax*4]', 'mov eax,[eax*8+0x1000]',
    'mov eax,[eax+eax]', 'mov eax,[eax+ecx*1]', 'mov eax,[eax*1+ecx]', 'mov eax,[ecx+eax+3]', 'mov eax,[ecx+eax+1+2]', 'mov eax,[eax+esp]', 'mov eax,[nosplit eax*1]',
    'mov eax,[ecx-4]', 'mov eax,[ecx+127]', 'mov eax,[ecx+128]', 'mov eax,[ecx-128]', 'mov eax,[ecx-129]', 'mov eax,[ecx+eax*2-1]', 'mov eax,[4+ecx]', 'mov eax,[ecx+0xfffffffc]',
    'vmcall', 'vmlaunch', 'vmresume', 'vmxoff', 'vmxon [0x1234]', 'vmptrld [0x1234]', 'vmptrst [0x1234]', 'vmclear [0x1234]', 'vmxon qword [0x1234]', 'vmfunc',
    'rdmsr', 'wrmsr', 'cpuid', 'rdtsc', 'rdtscp', 'sysenter', 'sysexit', 'clts', 'hlt', 'wbinvd', 'invd', 'rsm', 'ud2', 'int1', 'salc', 'monitor', 'mwait', 'xgetbv', 'swapgs',
    'movd mm0,eax', 'movd xmm1,eax', 'movd eax,xmm1', 'movq xmm1,xmm2', 'movq xmm1,[0x1234]', 'movq [0x1234],xmm1', 'movq mm0,mm1', 'movq mm0,[0x1234]',
    'cvtsi2sd xmm1,eax', 'cvtsi2sd xmm1,[0x1234]', 'cvtsi2sd xmm1,dword [0x1234]', 'movsd xmm1,xmm2', 'movsd', 'cmpsd', 'cmpsd xmm1,xmm2,3', 'pinsrw xmm1,eax,2', 'pextrw eax,xmm1,2',
    'call [0x1234]', 'call word [0x1234]', 'call dword [0x1234]', 'call far [0x1234]', 'call word far [0x1234]', 'call dword far [0x1234]', 'jmp [0x1234]', 'jmp far [0x1234]', 'jmp dword far [0x1234]',
    'jmp eax', 'jmp ax', 'call ecx', 'call near [0x1234]', 'push dword [0x1234]', 'push word [0x1234]', 'push [0x1234]', 'pop dword [0x1234]', 'pop [0x1234]', 'inc [0x1234]', 'fld [0x1234]', 'not [0x1234]',
    'o32 iret', 'o16 iret', 'o32 retf', 'o16 retf', 'o32 pushf', 'o16 push es', 'o32 push es', 'o32 lgdt [0x1234]', 'o16 lgdt [0x1234]', 'o32 call $', 'o16 pusha',
    'push imm', 'mov eax,[ax]', 'mov eax,[esp*2]', 'mov eax,cl', 'add al,256', 'add al,-129', 'mov ax,0x12345', 'shl eax,256', 'int 256', 'nop eax', 'nop dword [0x1234]',
    'jne $', 'jne $+130', 'jne near $', 'jne short $', 'jne word $+1000', 'jne dword $+1000', 'jmp $+129', 'jmp $+130', 'jmp $-126', 'jmp $-127', 'jmp $-128', 'bnd jmp $', 'xacquire lock add [0x1234],eax',
    'setz [0x1234]', 'setz byte [0x1234]', 'sgdt [0x1234]', 'fldcw [0x1234]', 'fnsave [0x1234]', 'fsave [0x1234]', 'fstenv [0x1234]', 'frstor [0x1234]', 'fxsave [0x1234]', 'fbld [0x1234]', 'fild word [0x1234]',
    'fist dword [0x1234]', 'fistp qword [0x1234]', 'fld tword [0x1234]', 'fstp tword [0x1234]', 'arpl ax,cx', 'arpl [0x1234],cx', 'bound eax,[0x1234]', 'xlat', 'into', 'daa', 'lahf', 'prefetchnta [0x1234]', 'clflush [0x1234]',
  ], // prettier-ignore
  16: ['mov ax,[bx]', 'mov ax,[bp]', 'mov ax,[si]', 'mov ax,[di+4]', 'mov ax,[bx+di]', 'mov ax,[di+bx]', 'mov ax,[bp+si-1]', 'mov ax,[bx+128]', 'mov ax,[byte bx+0]', 'mov ax,[word bx+0]',
    'mov ax,[dword 0x1234]', 'mov ax,[a32 0x1234]', 'a32 mov ax,[0x1234]', 'mov ax,[bx+bp]', 'mov ax,[cx]', 'mov ax,[bx*2]', 'mov ax,[0xfffc]', 'mov ax,[bx+0xfffc]', 'invept eax,[0x1234]', 'vmread eax,ecx', 'vmread [0x1234],ecx',
    'vmwrite eax,ecx', 'mov eax,[bx]', 'lea eax,[bx]', 'add ax,-1', 'add ax,0xffff', 'jmp 0x7c0:5', 'jmp dword 8:0x12345', 'call 8:9', 'a32 loop $', 'mov [eax],bx'],
  32: ['mov eax,[bx]', 'mov eax,[word 0x1234]', 'mov eax,[a16 0x1234]', 'a16 mov eax,[0x1234]', 'invept eax,[0x1234]', 'invvpid eax,[0x1234]', 'vmread eax,ecx', 'vmread [0x1234],ecx', 'vmwrite eax,ecx', 'vmwrite ecx,[0x1234]',
    'add eax,-1', 'add eax,0xffffffff', 'jmp 8:0x12345', 'jmp word 8:5', 'call 8:9', 'a16 loop $', 'mov [bx+si],al', 'monitor eax,ecx,edx', 'mwait eax,ecx'],
  64: ['mov rax,[rbx]', 'mov eax,[rbp]', 'mov eax,[r12]', 'mov eax,[r13]', 'mov eax,[r13+rax]', 'mov eax,[rsp]', 'mov eax,[rax+r13*8]', 'mov rax,5', 'mov rax,-1', 'mov rax,0xffffffff', 'mov rax,0x80000000', 'mov rax,0x7fffffff',
    'mov rax,0x123456789', 'mov rax,strict qword 5', 'mov rax,strict dword 5', 'mov qword [rbx],5', 'mov qword [rbx],-1', 'add rax,5', 'add rax,0x12345678', 'add rax,-1', 'add rax,0xffffffff', 'add rcx,0x12345678', 'cmp rax,0x7fffffff',
    'push rax', 'push r12', 'pop rbx', 'push 5', 'push 0x12345678', 'push qword 5', 'push qword [rbx]', 'push word 5', 'mov rax,cr3', 'mov cr8,rax', 'mov eax,[rel $+100]', 'mov eax,[abs 0x1234]', 'mov rax,[qword 0x123456789abcdef]',
    'mov eax,[qword 0x123456789abcdef]', 'mov [qword 0x123456789abcdef],al', 'mov sil,5', 'mov ah,5', 'movsxd rax,ecx', 'movsx rax,cx', 'movzx rax,cl', 'syscall', 'sysret', 'o64 sysret', 'iretq', 'iret', 'retf', 'o64 retf', 'swapgs',
    'cmpxchg16b [rbx]', 'bswap r9', 'xchg rax,r8', 'xchg eax,eax', 'xchg r8,rax', 'lgdt [rbx]', 'invept rax,[rbx]', 'vmread rax,rcx', 'vmread [rbx],rcx', 'vmwrite rcx,[rbx]', 'jmp rax', 'call r9', 'jmp [rbx]', 'jmp far [rbx]', 'jmp qword far [rbx]',
    'jmp dword far [rbx]', 'loop $,rcx', 'loop $,ecx', 'jrcxz $', 'jecxz $', 'a32 lodsb', 'stosq', 'rep movsq', 'mov fs,ax', 'mov fs,rax', 'mov rax,fs', 'mov ax,fs', 'str rax', 'sldt rax', 'smsw rax', 'lar rax,ecx', 'mov eax,[fs:0x10]', 'mov rax,[gs:0]',
    'mov rax,[gs:rax]', 'movq rax,xmm0', 'movq xmm0,rax', 'movq mm0,rax', 'cvtsi2sd xmm0,rax', 'cvtsi2sd xmm0,qword [rbx]', 'cvttsd2si rax,xmm0', 'pextrq rax,xmm0,1', 'imul rax,rcx,5', 'imul rax,5', 'test rax,5', 'test rax,[rbx]', 'lea rax,[rel $]', 'lea eax,[rip]',
    'wrfsbase rax', 'rdgsbase eax', 'xsave64 [rbx]', 'fxsave64 [rbx]', 'xchg ah,al', 'mov r8b,ah', 'enter 8,0', 'leave', 'in al,dx', 'mov dr7,rax', 'shl rax,1', 'shld rax,rcx,5', 'bt rax,5', 'popcnt rax,rcx', 'movnti [rbx],rax', 'call far [rbx]'],
}; // prettier-ignore
