// Floating-point literals to IEEE 754 and x87 bit patterns (SDM Vol. 1 §4.2), exact and rounded to nearest even.
// Left out: bfloat16.

interface Format {
  readonly exponentBits: number;
  /** Bits after the binary point. */
  readonly fractionBits: number;
  /** x87 extended precision writes the bit before the point too. */
  readonly explicitOne: boolean;
}

const formats: Record<number, Format> = {
  1: { exponentBits: 4, fractionBits: 3, explicitOne: false },
  2: { exponentBits: 5, fractionBits: 10, explicitOne: false },
  4: { exponentBits: 8, fractionBits: 23, explicitOne: false },
  8: { exponentBits: 11, fractionBits: 52, explicitOne: false },
  10: { exponentBits: 15, fractionBits: 63, explicitOne: true },
  16: { exponentBits: 15, fractionBits: 112, explicitOne: false },
};

/** Sizes in bytes that a float can have. */
export const isFloatSize = (sizeBytes: number) => sizeBytes in formats;

/** What it takes to round a number with a large exponent. */
export const stepsOfFloat = 200;

const longestDigits = 2000;
const largestExponent = 6000;

interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

function ratio(literal: string): Ratio | undefined {
  const text = literal.replace(/_/g, '').toLowerCase();
  if (text.length > longestDigits) return undefined;
  const hexadecimal = /^0[xh]([\da-f]*)\.?([\da-f]*)(?:p([-+]?\d+))?$/.exec(text);
  const decimal = /^(\d*)\.?(\d*)(?:e([-+]?\d+))?$/.exec(text);
  const [, whole = '', fraction = '', exponentText = '0'] = hexadecimal ?? decimal ?? [];
  const exponent = Number(exponentText);
  if (whole + fraction === '' || Math.abs(exponent) > largestExponent) return undefined;
  const digits = BigInt(`${hexadecimal ? '0x' : ''}${whole}${fraction}`);
  const scale = hexadecimal ? exponent - 4 * fraction.length : exponent - fraction.length;
  const power = (hexadecimal ? 2n : 10n) ** BigInt(Math.abs(scale));
  return scale >= 0 ? { numerator: digits * power, denominator: 1n } : { numerator: digits, denominator: power };
}

const bitLength = (value: bigint) => value.toString(2).length;

/** Numerator over denominator times 2^-scale, rounded to nearest even. */
function roundedQuotient({ numerator, denominator }: Ratio, scale: number): bigint {
  const n = scale < 0 ? numerator << BigInt(-scale) : numerator;
  const d = scale > 0 ? denominator << BigInt(scale) : denominator;
  const quotient = n / d;
  const twice = (n % d) * 2n;
  const up = twice > d || (twice === d && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

function pack(
  biasedExponent: number,
  significand: bigint,
  { exponentBits, fractionBits, explicitOne }: Format,
): bigint {
  const infinity = (1 << exponentBits) - 1;
  if (biasedExponent >= infinity)
    return (
      pack(infinity - 1, 0n, { exponentBits, fractionBits, explicitOne }) +
      (explicitOne ? (1n << 64n) | (1n << 63n) : 1n << BigInt(fractionBits))
    );
  const width = BigInt(fractionBits + (explicitOne ? 1 : 0));
  const kept = explicitOne ? significand : BigInt.asUintN(fractionBits, significand);
  return (BigInt(biasedExponent) << width) | kept;
}

function bitPattern(value: Ratio, format: Format): bigint {
  if (value.numerator === 0n) return 0n;
  const bias = 2 ** (format.exponentBits - 1) - 1;
  let exponent = bitLength(value.numerator) - bitLength(value.denominator);
  if (roundedQuotient(value, exponent) === 0n || roundDown(value, exponent) === 0n) exponent--;
  const smallest = 1 - bias;
  const used = Math.max(exponent, smallest);
  let significand = roundedQuotient(value, used - format.fractionBits);
  let biased = used + bias;
  if (significand >> BigInt(format.fractionBits + 1)) {
    significand >>= 1n;
    biased++;
  }
  if (significand >> BigInt(format.fractionBits) === 0n) biased = 0;
  return pack(biased, significand, format);
}

function roundDown({ numerator, denominator }: Ratio, scale: number): bigint {
  return scale >= 0 ? numerator / (denominator << BigInt(scale)) : (numerator << BigInt(-scale)) / denominator;
}

function specialPattern(literal: string, { exponentBits, fractionBits, explicitOne }: Format): bigint | undefined {
  const name = /^__\??(infinity|nan|qnan|snan)\??__$/i.exec(literal)?.[1].toLowerCase();
  if (!name) return undefined;
  const ones = BigInt((1 << exponentBits) - 1) << BigInt(fractionBits + (explicitOne ? 1 : 0));
  const one = explicitOne ? 1n << BigInt(fractionBits) : 0n;
  const quiet = 1n << BigInt(fractionBits - 1);
  return ones | one | (name === 'infinity' ? 0n : name === 'snan' ? 1n : quiet);
}

/** Whether a name stands for infinity or a NaN (NASM manual §3.4.6). */
export const isFloatName = (name: string) => /^__\??(infinity|nan|qnan|snan)\??__$/i.test(name);

/** Little-endian bytes of a literal such as `1.5`, `-1e10` or `__?Infinity?__`; undefined if it cannot be read. */
export function floatBytes(literal: string, negative: boolean, sizeBytes: number): Uint8Array | undefined {
  const format = formats[sizeBytes];
  const value = ratio(literal);
  let bits = specialPattern(literal, format) ?? (value && bitPattern(value, format));
  if (bits === undefined) return undefined;
  if (negative) bits |= 1n << BigInt(sizeBytes * 8 - 1);
  return Uint8Array.from({ length: sizeBytes }, (_, index) => Number((bits >> BigInt(8 * index)) & 0xffn));
}

/** The packed decimal of `12p` or `0p1234` (SDM Vol. 1 §4.7): 18 digits, then the sign; undefined if it is none. */
export function packedDecimal(literal: string, negative: boolean): Uint8Array | undefined {
  const digits = /^(?:0p([\d_]+)|(\d[\d_]*)p)$/i.exec(literal)?.slice(1).join('').replace(/_/g, '');
  if (digits === undefined || digits.length > 18) return undefined;
  const padded = digits.padStart(18, '0');
  return Uint8Array.from({ length: 10 }, (_, index) =>
    index === 9 ? (negative ? 0x80 : 0) : parseInt(padded.slice(16 - 2 * index, 18 - 2 * index), 16),
  );
}
