// Every instruction that the processor knows. The semantics are a table over exactly these names.

export const mnemonics = [
  'aaa', 'aad', 'aam', 'aas', 'adc', 'add', 'and', 'arpl', 'bound', 'bsf', 'bsr', 'bswap', 'bt', 'btc', 'btr', 'bts',
  'callNear', 'callFar', 'cbw', 'cdq', 'clc', 'cld', 'cli', 'clts', 'cmc', 'cmovcc', 'cmp', 'cmps', 'cmpxchg', 'cmpxchg8b', 'cpuid',
  'daa', 'das', 'dec', 'div', 'enter', 'esc', 'hlt', 'idiv', 'imul1', 'imul2', 'imul3', 'in', 'inc', 'ins', 'int', 'int1', 'int3', 'into',
  'invd', 'invlpg', 'iret', 'jcc', 'jcxz', 'jmpNear', 'jmpFar', 'lahf', 'lar', 'lds', 'lea', 'leave', 'les', 'lfs', 'lgdt', 'lgs',
  'lidt', 'lldt', 'lmsw', 'lods', 'loop', 'loope', 'loopne', 'lsl', 'lss', 'ltr', 'mov', 'movFromControl', 'movFromDebug',
  'movFromSegment', 'movToControl', 'movToDebug', 'movToSegment', 'movs', 'movsx', 'movzx', 'mul', 'neg', 'nop', 'not', 'or',
  'out', 'outs', 'pop', 'popSegment', 'popa', 'popf', 'push', 'pushSegment', 'pusha', 'pushf', 'rcl', 'rcr', 'rdmsr', 'rdpmc', 'rdtsc',
  'retNear', 'retFar', 'rol', 'ror', 'sahf', 'salc', 'sar', 'sbb', 'scas', 'setcc', 'sgdt', 'shl', 'shld', 'shr', 'shrd', 'sidt', 'sldt',
  'smsw', 'stc', 'std', 'sti', 'stos', 'str', 'sub', 'sysenter', 'sysexit', 'test', 'ud', 'verr', 'verw', 'wait', 'wbinvd', 'wrmsr', 'x87Probe', 'xadd',
  'xchg', 'xlat', 'xor',
] as const; // prettier-ignore
export type Mnemonic = (typeof mnemonics)[number];

/** Conditions in encoding order (SDM Vol. 2 Appendix B.1.4.7); the low four opcode bits of Jcc, SETcc and CMOVcc. */
export const conditions = [
  'o',
  'no',
  'b',
  'nb',
  'z',
  'nz',
  'be',
  'nbe',
  's',
  'ns',
  'p',
  'np',
  'l',
  'nl',
  'le',
  'nle',
] as const;
export type Condition = (typeof conditions)[number];
