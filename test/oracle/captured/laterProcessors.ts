// Where a processor after the 80286 differs from it, each with the reason and the number of captured cases that show it
// (SDM Vol. 3B §23, "Architecture Compatibility", and the manuals of the 80286 and 80386). A case belongs to a row by what
// it is and by how the outcome differs, so that any other difference in the same case still fails.
import type { CapturedCase, CapturedForm } from './cases';

export interface LaterDifference {
  reason: string;
  /** Is it such a case? Judged by the captured case alone. */
  applies(captured: CapturedCase, form: CapturedForm): boolean;
  /** How every line of difference must look. */
  outcome: RegExp;
  /** cases in which it shows */
  cases: number;
}

const prefixes = new Set([0x26, 0x2e, 0x36, 0x3e, 0xf0, 0xf2, 0xf3]);
const lockPrefix = 0xf0;

const prefixCount = (bytes: number[]): number => bytes.findIndex(byte => !prefixes.has(byte));
const isLocked = ({ bytes }: CapturedCase): boolean => bytes.slice(0, prefixCount(bytes)).includes(lockPrefix);

/** Forms that a 386 and later let LOCK stand before, with a destination in memory (SDM Vol. 2A, LOCK). */
const lockable = new Set([
  ...['00', '01', '08', '09', '10', '11', '18', '19', '20', '21', '28', '29', '30', '31', '86', '87'],
  ...['80', '81', '82', '83'].flatMap(opcode => [0, 1, 2, 3, 4, 5, 6].map(reg => `${opcode}.${reg}`)),
  ...['F6.2', 'F6.3', 'F7.2', 'F7.3', 'FE.0', 'FE.1', 'FF.0', 'FF.1'],
]);

function mayBeLocked({ bytes }: CapturedCase, { name }: CapturedForm): boolean {
  const modrm = bytes[prefixCount(bytes) + 1];
  return lockable.has(name) && modrm < 0xc0;
}

/** The captured instruction raised a segment overrun, which a 286 always reports as interrupt 13. */
const isOverrun = ({ exception }: CapturedCase): boolean => exception?.number === 13;

const stringForms = new Set(['6D', '6F', 'A5', 'A7', 'AB', 'AD', 'AF']);

export const laterDifferences: readonly LaterDifference[] = [
  {
    reason: 'LOCK is invalid but before some instructions that write memory; a 286 lets it stand before any',
    applies: (captured, form) => isLocked(captured) && !mayBeLocked(captured, form),
    outcome: /^vector 6, expected /,
    cases: 949,
  },
  {
    reason: 'an instruction may have 15 bytes; on a 286 more than 10 raise interrupt 13',
    applies: captured => isOverrun(captured) && captured.bytes.length - 1 > 10,
    outcome: /./,
    cases: 7,
  },
  {
    reason: 'a word beyond the end of the stack segment is #SS (12); on a 286 in real mode interrupt 13',
    applies: isOverrun,
    outcome: /^vector 12, expected 13$/,
    cases: 30,
  },
  {
    reason: 'a faulting string instruction leaves its registers as they were; a 286 has moved them already',
    applies: (captured, form) => isOverrun(captured) && stringForms.has(form.name),
    outcome: /^(cx|si|di) /,
    cases: 75,
  },
  {
    reason: 'POP into memory that faults leaves SP as it was; a 286 has added 2 already',
    applies: (captured, form) => isOverrun(captured) && form.name === '8F',
    outcome: /^(sp|memory) /,
    cases: 1,
  },
  {
    reason: 'FS and GS exist since the 386',
    applies: ({ bytes, exception }, { name }) =>
      name === '8E' && exception?.number === 6 && [4, 5].includes((bytes[prefixCount(bytes) + 1] >> 3) & 7),
    outcome: /./,
    cases: 1,
  },
  {
    reason: 'this processor has no x87, and says so by #NM (7); a 286 passes over its instructions',
    applies: (_, { name }) => name === 'D8',
    outcome: /^vector 7, expected (undefined|13)$/,
    cases: 157,
  },
  {
    reason: 'IDIV overflows with #DE; a 286 misses it here (8C60h / 67h is -287, and gives 80h)',
    applies: ({ idx }, { name }) => name === 'F6.7' && idx === 1085,
    outcome: /^vector 0, expected undefined$/,
    cases: 1,
  },
];
