// The shape of a row of the opcode tables: what SDM Vol. 2 says of an instruction, as data. Checks that are common to
// all instructions (privilege, mode, LOCK, intercepts) are made from these columns, in one place (`ir/translate.ts`).

import type { Condition, Mnemonic } from './mnemonics';

/**
 * Operand codes after SDM Vol. 2D Appendix A.2: addressing method, then operand type.
 * `Zv`/`Zb` is the register in the opcode's low three bits; `sIb` a byte immediate sign-extended to the operand size;
 * `1` the constant one; register names stand for themselves (`eAX` is AX or EAX by operand size).
 */
export type OperandCode =
  | 'Eb' | 'Ew' | 'Ev' | 'Ed' | 'Gb' | 'Gw' | 'Gv' | 'Gd' | 'Rd' | 'Zb' | 'Zv'
  | 'M' | 'Mb' | 'Mw' | 'Mv' | 'Md' | 'Mq' | 'Mp' | 'Ma' | 'Ms'
  | 'Ib' | 'Iw' | 'Iz' | 'sIb' | 'Jb' | 'Jz' | 'Ap' | 'Ob' | 'Ov'
  | 'Sw' | 'Cd' | 'Dd' | 'Xb' | 'Xv' | 'Yb' | 'Yv'
  | 'AL' | 'CL' | 'AX' | 'eAX' | 'DX' | '1'
  | 'ES' | 'CS' | 'SS' | 'DS' | 'FS' | 'GS'; // prettier-ignore

/** What an instruction needs in order not to fault, beyond its operands. */
export type Privilege =
  /** CPL 0, else #GP(0) */
  | 'cpl0'
  /** CPL ≤ IOPL, else #GP(0): CLI, STI */
  | 'iopl'
  /** CPL ≤ IOPL or a clear bit in the TSS's I/O map: IN, OUT, INS, OUTS */
  | 'io'
  /** in virtual-8086 mode only: IOPL = 3, else #GP(0): PUSHF, POPF, INT n, IRET */
  | 'v86Iopl'
  /** CPL 0 if CR4.TSD is set: RDTSC */
  | 'cr4.tsd'
  /** CPL 0 unless CR4.PCE is set: RDPMC */
  | 'cr4.pce';

/** Where control goes, if not to the next instruction; SYSENTER and SYSEXIT leave nothing on a stack and are none of these. */
export type ControlFlow = 'jump' | 'branch' | 'call' | 'return' | 'interrupt' | 'exception';

export interface OpcodeRow {
  /** as the SDM writes it, lower case: `00`, `80 /0`, `0f a2`, `0f 01 /4`; `0f 01 /7 m`, `8d m` only with a memory operand, `r` only with a register; `+r` rows, for eight opcodes, carry `Zv` or `Zb` */
  readonly opcode: string;
  readonly mnemonic: Mnemonic;
  readonly operands: readonly OperandCode[];
  /** of Jcc, SETcc, CMOVcc */
  readonly condition?: Condition;
  readonly privilege?: Privilege;
  /** one of the 18 that read or change privileged state without trapping (Robin & Irvine 2000): why a guest pushed out of ring 0 goes wrong */
  readonly sensitive?: string;
  /** #UD in real and virtual-8086 mode */
  readonly protectedModeOnly?: true;
  /** control may go elsewhere than to the next instruction, or who runs blocks must look up before going on: see `facts.ts` */
  readonly endsBlock?: true;
  readonly flow?: ControlFlow;
  /** may take LOCK when its destination is memory */
  readonly lockable?: true;
  /** which repeat prefixes have a meaning: `rep` (INS, OUTS, MOVS, LODS, STOS) or `repe` (CMPS, SCAS: also REPNE) */
  readonly repeatable?: 'rep' | 'repe';
}
