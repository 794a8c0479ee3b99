// Addresses as they stand in a launch configuration: JSON has no hexadecimal numbers, so texts are taken as well.

import type { Linear } from '../base/address';
import { parseNumber } from './expressions/tokens';

/** Undefined if it is none, or does not fit 32 bits. */
export function givenAddress(given: unknown): Linear | undefined {
  const address = typeof given === 'string' ? parseNumber(given.trim()) : given;
  const isAddress = typeof address === 'number' && Number.isInteger(address) && address >= 0 && address < 2 ** 32;
  return isAddress ? address : undefined;
}
