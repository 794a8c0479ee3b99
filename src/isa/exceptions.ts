// Exceptions and interrupts (SDM Vol. 3A table 6-1; classes for double faults: table 6-5).

import { hex } from '../base/hex';
import { marked, translated } from '../base/localization';
import { Eflags } from './flags';

export type ExceptionKind = 'fault' | 'trap' | 'faultOrTrap' | 'abort' | 'interrupt';
/** How an exception combines with another into a double fault (SDM Vol. 3A table 6-5). */
export type DoubleFaultClass = 'benign' | 'contributory' | 'pageFault' | 'doubleFault';

export interface ExceptionRow {
  readonly vector: number;
  readonly mnemonic: string;
  readonly name: string;
  readonly kind: ExceptionKind;
  readonly hasErrorCode: boolean;
  readonly doubleFaultClass: DoubleFaultClass;
}

const row = (
  vector: number,
  mnemonic: string,
  name: string,
  kind: ExceptionKind,
  hasErrorCode: boolean,
  doubleFaultClass: DoubleFaultClass = 'benign',
): ExceptionRow => ({ vector, mnemonic, name, kind, hasErrorCode, doubleFaultClass });

export const exceptionRows: readonly ExceptionRow[] = [
  row(0, '#DE', marked`divide error`, 'fault', false, 'contributory'),
  row(1, '#DB', marked`debug exception`, 'faultOrTrap', false),
  row(2, 'NMI', marked`non-maskable interrupt`, 'interrupt', false),
  row(3, '#BP', marked`breakpoint`, 'trap', false),
  row(4, '#OF', marked`overflow`, 'trap', false),
  row(5, '#BR', marked`BOUND range exceeded`, 'fault', false),
  row(6, '#UD', marked`invalid opcode`, 'fault', false),
  row(7, '#NM', marked`device not available`, 'fault', false),
  row(8, '#DF', marked`double fault`, 'abort', true, 'doubleFault'),
  row(10, '#TS', marked`invalid TSS`, 'fault', true, 'contributory'),
  row(11, '#NP', marked`segment not present`, 'fault', true, 'contributory'),
  row(12, '#SS', marked`stack-segment fault`, 'fault', true, 'contributory'),
  row(13, '#GP', marked`general protection`, 'fault', true, 'contributory'),
  row(14, '#PF', marked`page fault`, 'fault', true, 'pageFault'),
  row(16, '#MF', marked`x87 floating-point error`, 'fault', false),
  row(17, '#AC', marked`alignment check`, 'fault', true),
  row(18, '#MC', marked`machine check`, 'abort', false),
];

export const Vector = {
  divideError: 0,
  debug: 1,
  nmi: 2,
  breakpoint: 3,
  overflow: 4,
  boundRange: 5,
  invalidOpcode: 6,
  deviceNotAvailable: 7,
  doubleFault: 8,
  invalidTss: 10,
  segmentNotPresent: 11,
  stackFault: 12,
  generalProtection: 13,
  pageFault: 14,
  floatingPoint: 16,
  alignmentCheck: 17,
  machineCheck: 18,
} as const;

const rowByVector = new Map(exceptionRows.map(exception => [exception.vector, exception]));

export const exceptionRow = (vector: number): ExceptionRow | undefined => rowByVector.get(vector);

/** `page fault`, in the user's language; undefined for a vector that is no exception. */
export function exceptionName(vector: number): string | undefined {
  const name = rowByVector.get(vector)?.name;
  return name === undefined ? undefined : translated(name);
}

/** RF in the image of EFLAGS that delivery pushes: faults set it, so that no instruction breakpoint is met again on return (SDM Vol. 3B §17.3.1.1). */
export const pushedResumeFlag = (vector: number): number => (exceptionRow(vector)?.kind === 'fault' ? Eflags.rf : 0);

/** `#GP`, `#PF`, …; for a vector that is no exception, `INT 0x21`. */
export const vectorName = (vector: number): string => rowByVector.get(vector)?.mnemonic ?? `INT ${hex(vector, 2)}`;

/** `#GP(0)`, `#PF(0x6)`, `#DE`: a vector with its error code, if it has one. */
export const exceptionText = (vector: number, errorCode: number | undefined): string =>
  errorCode === undefined
    ? vectorName(vector)
    : `${vectorName(vector)}(${errorCode < 10 ? errorCode : hex(errorCode)})`;

/** Page-fault error code (SDM Vol. 3A §4.7). */
export const PageFaultError = { present: 1, write: 2, user: 4, reserved: 8, fetch: 16 } as const;

/** Selector error code (SDM Vol. 3A §6.13). */
export const SelectorError = { external: 1, idt: 2, ldt: 4 } as const;
