// The decoder against iced-x86, and what the manual says of its limits.

import assert from 'node:assert/strict';
import { decode, type Decoded } from '../../src/isa/decode';
import { opcodeRows } from '../../src/isa/opcodes';
import { compareWithIced, slotBytes } from './compareWithIced';
import { Random, seed } from './random';
import { sampleEncodings } from './sampleEncoding';

const prefixes = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3] as const;
const prefixSets = [[], [0x66], [0x67], [0x66, 0x67], [0xf2], [0xf3], [0x65], [0xf0]] as const;
const codeSizes = [16, 32] as const;

const bytes = (text: string): Uint8Array => Uint8Array.from(text.split(' ').map(byte => parseInt(byte, 16)));

/** Cases of given first bytes, each filled up with random ones. */
function corpusOf(cases: readonly (readonly number[])[], random: Random): Uint8Array {
  const corpus = Uint8Array.from({ length: cases.length * slotBytes }, () => random.next());
  cases.forEach((start, i) => corpus.set(start, i * slotBytes));
  return corpus;
}

const counting = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** Every opcode with every ModRM byte. */
const opcodesWithModrm = (prefix: readonly number[]): readonly (readonly number[])[] =>
  [[], [0x0f]].flatMap(map =>
    counting(256).flatMap(opcode => counting(256).map(modrm => [...prefix, ...map, opcode, modrm])),
  );

function randomCase(random: Random): readonly number[] {
  const chosen = counting(random.below(4)).map(() => random.pick(prefixes));
  return [...chosen, ...(random.below(3) === 0 ? [0x0f] : [])];
}

const kindOf = (decoded: Decoded): string =>
  decoded.kind === 'invalid'
    ? `invalid ${decoded.length}`
    : decoded.kind === 'instruction'
      ? `${decoded.instruction.row.mnemonic} ${decoded.instruction.length}`
      : decoded.kind;

describe('decoder', () => {
  before(() => console.log(`  seed ${seed} (set SEED for another)`));

  for (const prefix of prefixSets) {
    const title = prefix.length === 0 ? 'no prefix' : `prefix ${Buffer.from(prefix).toString('hex')}`;
    it(`agrees with iced on every opcode and ModRM byte, ${title}`, () => {
      const corpus = corpusOf(opcodesWithModrm(prefix), new Random(seed));
      for (const codeSize of codeSizes) assert.deepEqual(compareWithIced(corpus, codeSize), []);
    });
  }

  it('agrees with iced on every SIB byte', () => {
    const cases = [0x04, 0x44, 0x84].flatMap(modrm => counting(256).map(sib => [0x8b, modrm, sib]));
    const random = new Random(seed);
    assert.deepEqual(compareWithIced(corpusOf(cases, random), 32), []);
    const addressSize32 = cases.map(start => [0x67, ...start]);
    assert.deepEqual(compareWithIced(corpusOf(addressSize32, random), 16), []);
  });

  it('agrees with iced on random bytes after random prefixes', () => {
    const random = new Random(seed);
    const corpus = corpusOf(
      counting(200000).map(() => randomCase(random)),
      random,
    );
    for (const codeSize of codeSizes) assert.deepEqual(compareWithIced(corpus, codeSize), []);
  });

  it('asks for more bytes until it has all of an instruction', () => {
    for (const start of opcodeRows.flatMap(sampleEncodings)) {
      const whole = Uint8Array.from(start);
      const decoded = decode(whole, 0, whole.length, 32);
      assert(decoded.kind === 'instruction', kindOf(decoded));
      for (let available = 0; available < decoded.instruction.length; available++) {
        assert.equal(decode(whole, 0, available, 32).kind, 'incomplete');
      }
      assert.deepEqual(decode(whole, 0, decoded.instruction.length, 32), decoded);
    }
  });

  const limits: readonly (readonly [meaning: string, text: string, expected: string])[] = [
    ['15 bytes with prefixes', `${'66 '.repeat(14)}90`, 'nop 15'],
    ['16 bytes with prefixes', `${'66 '.repeat(15)}90`, 'tooLong'],
    ['16 bytes by the immediate', `${'2e '.repeat(10)}b8 01 02 03 04`, 'mov 15'],
    ['17 bytes by the immediate', `${'2e '.repeat(11)}b8 01 02 03 04`, 'tooLong'],
    ['14 prefixes and no more bytes', `${'2e '.repeat(13)}2e`, 'incomplete'],
    ['undefined opcode', '0f 04 00', 'invalid 2'],
    ['LEA of a register', '8d c0 00', 'invalid 2'],
    ['LDS of a register', 'c5 c0 00', 'invalid 2'],
    ['far call of a register', 'ff d8 00', 'invalid 2'],
    ['CMPXCHG8B of a register', '0f c7 c8 00', 'invalid 3'],
    ['MOV to CS', '8e c8 00', 'invalid 2'],
    ['MOV from CS', '8c c8 00', 'movFromSegment 2'],
    ['MOV to segment register 6', '8e f0 00', 'invalid 2'],
    ['MOV from CR1', '0f 20 c8 00', 'invalid 3'],
    ['MOV from CR0, mod 0 and rm 5: no displacement', '0f 20 05 00', 'movFromControl 3'],
    ['MOV from DR4, alias of DR6', '0f 21 e0 00', 'movFromDebug 3'],
    ['POP group with another digit', '8f c8 00', 'invalid 2'],
    ['LOCK where it is not allowed', 'f0 90', 'nop 2'],
    ['SALC', 'd6', 'salc 1'],
    ['INT1', 'f1', 'int1 1'],
  ];
  for (const [meaning, text, expected] of limits) {
    it(`${meaning}: ${expected}`, () => {
      const code = bytes(text);
      assert.equal(kindOf(decode(code, 0, code.length, 32)), expected);
    });
  }

  it('starts anywhere in the bytes', () => {
    const decoded = decode(bytes('ff ff ff 83 c4 04 ff'), 3, 4, 32);
    assert.equal(kindOf(decoded), 'add 3');
  });
});
