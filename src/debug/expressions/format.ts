// Values as people read them.

import { hex } from '../../base/hex';
import type { Evaluation } from './evaluate';

/** `0x0000002a`, a truth value or single bit as `0` or `1`. */
export function formatValue({ value, bits }: Pick<Evaluation, 'value' | 'bits'>): string {
  if (bits <= 2) return String(value);
  return hex(value, Math.ceil(bits / 4));
}

/** The same with the decimal value beside it, and the signed one where it differs. */
export function formatInFull(evaluation: Pick<Evaluation, 'value' | 'bits'>): string {
  const { value, bits } = evaluation;
  const short = formatValue(evaluation);
  if (bits <= 2) return short;
  const signed = bits <= 32 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  return value < 10 ? short : `${short} (${value}${signed === value ? '' : `, ${signed}`})`;
}
