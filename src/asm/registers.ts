// The registers a source can name: class, number and width (SDM Vol. 1 §3.4, Vol. 2 Table 3-1).

export type RegisterClass =
  'r8' | 'r16' | 'r32' | 'r64' | 'seg' | 'cr' | 'dr' | 'tr' | 'st' | 'mm' | 'xmm' | 'ymm' | 'zmm' | 'k' | 'bnd' | 'tmm';

export interface Register {
  readonly name: string;
  readonly class: RegisterClass;
  /** Position within the class, in iced's order: for r8 that is al…bl, ah…bh, spl…dil, r8b…r15b. */
  readonly index: number;
  readonly sizeBits: number;
  /** Rank in the alphabet of all register names: NASM sums registers in an address in this order. */
  readonly order: number;
}

const numbered = (prefix: string, count: number, suffix = '') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}${suffix}`);
const extended = (suffix: string) => numbered('r', 16, suffix).slice(8);

const classes: readonly [RegisterClass, number, readonly string[]][] = [
  ['r8', 8, [...'al cl dl bl ah ch dh bh spl bpl sil dil'.split(' '), ...extended('b')]],
  ['r16', 16, [...'ax cx dx bx sp bp si di'.split(' '), ...extended('w')]],
  ['r32', 32, [...'eax ecx edx ebx esp ebp esi edi'.split(' '), ...extended('d')]],
  ['r64', 64, [...'rax rcx rdx rbx rsp rbp rsi rdi'.split(' '), ...extended('')]],
  ['seg', 16, 'es cs ss ds fs gs'.split(' ')],
  ['cr', 0, numbered('cr', 16)],
  ['dr', 0, numbered('dr', 16)],
  ['tr', 0, numbered('tr', 8)],
  ['st', 80, numbered('st', 8)],
  ['mm', 64, numbered('mm', 8)],
  ['xmm', 128, numbered('xmm', 32)],
  ['ymm', 256, numbered('ymm', 32)],
  ['zmm', 512, numbered('zmm', 32)],
  ['k', 0, numbered('k', 8)],
  ['bnd', 0, numbered('bnd', 4)],
  ['tmm', 0, numbered('tmm', 8)],
];

const alphabet = classes.flatMap(([, , names]) => names).sort();
const ranks = new Map(alphabet.map((name, rank) => [name, rank]));

const registers: ReadonlyMap<string, Register> = new Map(
  classes.flatMap(([registerClass, sizeBits, names]) =>
    names.map((name, index): [string, Register] => [
      name,
      { name, class: registerClass, index, sizeBits, order: ranks.get(name) ?? 0 },
    ]),
  ),
);

/** The register of that name (any case), or undefined. */
export function registerNamed(name: string): Register | undefined {
  return registers.get(name) ?? registers.get(name.toLowerCase());
}

/** The register of the same number in another class: rcx for ecx. */
export function sameNumberIn(registerClass: string, register: Register): Register {
  if (register.class === registerClass) return register;
  const names = classes.find(([name]) => name === registerClass)?.[2];
  return registers.get(names?.[register.index] ?? '') ?? register;
}

const generalPurpose: ReadonlySet<RegisterClass> = new Set<RegisterClass>(['r8', 'r16', 'r32', 'r64']);
const vector: ReadonlySet<RegisterClass> = new Set<RegisterClass>(['xmm', 'ymm', 'zmm']);

export const isGeneralPurpose = (register: Register) => generalPurpose.has(register.class);
export const isVectorClass = (registerClass: RegisterClass) => vector.has(registerClass);

/** Number as encoded in ModR/M: ah…bh and spl…dil share 4…7. */
export function encodedNumber(register: Register): number {
  return register.class === 'r8' && register.index >= 8 ? register.index - 4 : register.index;
}
