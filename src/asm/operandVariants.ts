// What NASM lets a source leave out or turn around: x87 stack registers, the repeated operand of imul, the order of
// xchg's and test's operands, aam's base (NASM manual Appendix B). Each variant is tried until one fits.
import type { Bits } from './opcodeFacts';
import type { Operand, RegisterOperand } from './match';
import { registerNamed, sameNumberIn } from './registers';

const st0 = registerNamed('st0');
const st1 = registerNamed('st1');

function stack(register: typeof st0, like: Operand | undefined): RegisterOperand[] {
  if (!register) return [];
  const extent = like?.extent ?? { position: { file: '', line: 0, column: 0 } };
  return [{ kind: 'register', register, strict: false, to: false, extent }];
}

const arithmetic = /^f(add|sub|subr|mul|div|divr)$/;
const popping = /^f(add|sub|subr|mul|div|divr)p$/;
const withTop = /^f(com|comp|comi|comip|ucom|ucomp|ucomi|ucomip|xch|cmov(b|e|be|u|nb|ne|nbe|nu))$/;
const oneRegister = /^f(ld|st|stp|free|freep)$/;

export interface Variant {
  readonly mnemonic: string;
  readonly operands: readonly Operand[];
}

function x87(mnemonic: string, operands: readonly Operand[]): Variant[] {
  const [first] = operands;
  const top = stack(st0, first);
  if (operands.length === 0) {
    const next = stack(st1, first);
    if (arithmetic.test(mnemonic)) return [{ mnemonic: `${mnemonic}p`, operands: [...next, ...top] }];
    if (popping.test(mnemonic)) return [{ mnemonic, operands: [...next, ...top] }];
    if (withTop.test(mnemonic)) return [{ mnemonic, operands: [...top, ...next] }];
    return oneRegister.test(mnemonic) ? [{ mnemonic, operands: next }] : [];
  }
  if (operands.length === 1 && first.kind === 'register') {
    const toRegister = { mnemonic, operands: [{ ...first, to: false }, ...top] };
    if (popping.test(mnemonic) || (arithmetic.test(mnemonic) && first.to)) return [toRegister];
    if (arithmetic.test(mnemonic) || withTop.test(mnemonic)) return [{ mnemonic, operands: [...top, first] }];
  }
  if (mnemonic === 'fxch' && operands.length === 2) return [{ mnemonic, operands: [operands[1], first] }];
  return [];
}

/** What else `mnemonic` with `operands` can mean, if no form takes them as they are. */
export function operandVariants(mnemonic: string, operands: readonly Operand[]): Variant[] {
  const [first, second] = operands;
  if (mnemonic.startsWith('f')) return x87(mnemonic, operands);
  if (mnemonic === 'imul' && operands.length === 2) return [{ mnemonic, operands: [first, first, second] }];
  if (mnemonic === 'movsx') return [{ mnemonic: 'movsxd', operands }];
  if (mnemonic === 'test' && operands.length === 2) return [{ mnemonic, operands: [second, first] }];
  if (/^aa[md]$/.test(mnemonic) && operands.length === 0) return [{ mnemonic, operands: [ten] }];
  if (mnemonic === 'monitor' || mnemonic === 'mwait') return [{ mnemonic, operands: [] }];
  if (/^(loop(n?[ez])?|j[er]?cxz)$/.test(mnemonic) && operands.length === 2) return [{ mnemonic, operands: [first] }];
  return [];
}

const isAccumulator = (operand: Operand | undefined) =>
  operand?.kind === 'register' && /^[er]?ax$/.test(operand.register.name);

/** What comes before the operands as written: xchg's short form with the accumulator, or its first register in `reg`. */
function exchange(operands: readonly Operand[]): Variant[] {
  const [first, second] = operands;
  const bothRegisters = first.kind === 'register' && second?.kind === 'register';
  const swapped = { mnemonic: 'xchg', operands: [second, first] };
  if (bothRegisters && !isAccumulator(second)) return [swapped];
  return second?.kind === 'memory' ? [swapped] : [];
}

/** `mov rax,5` is shorter as `mov eax,5`, and `mov rax,-5` with the value sign-extended. */
function narrowMove(operands: readonly Operand[]): Variant[] {
  const [first, second] = operands;
  if (first?.kind !== 'register' || first.register.class !== 'r64' || second?.kind !== 'immediate' || second.strict)
    return [];
  if ((second.sizeBits ?? 64) !== 64 || !(second.unknown || second.scalar)) return [];
  const narrow = { ...second, sizeBits: 32 };
  if (second.value >= 0n && second.value <= 0xffffffffn) {
    return [{ mnemonic: 'mov', operands: [{ ...first, register: sameNumberIn('r32', first.register) }, narrow] }];
  }
  return BigInt.asIntN(32, second.value) === second.value ? [{ mnemonic: 'mov', operands: [first, narrow] }] : [];
}

/** What NASM tries before the operands as they are written. */
export function preferredVariants(mnemonic: string, operands: readonly Operand[], bits: Bits): Variant[] {
  if (mnemonic === 'xchg' && operands.length === 2) return exchange(operands);
  return mnemonic === 'mov' && bits === 64 ? narrowMove(operands) : [];
}

const ten: Operand = {
  kind: 'immediate',
  value: 10n,
  scalar: true,
  unknown: false,
  strict: false,
  to: false,
  sameSection: false,
  distanceFromHere: 0n,
  extent: { position: { file: '', line: 0, column: 0 } },
};
