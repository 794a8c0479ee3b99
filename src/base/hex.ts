/** `value` as unsigned hexadecimal, zero-padded to `digits`, with `0x`. */
export function hex(value: number | bigint, digits = 0): string {
  const unsigned = typeof value === 'bigint' ? value : value < 0 ? value >>> 0 : value;
  return `0x${unsigned.toString(16).padStart(digits, '0')}`;
}
