// Bits within operands (SDM Vol. 2: BT, BTC, BTR, BTS, BSF, BSR, BSWAP).

import type { MemoryOperand, Operand } from '../isa/instruction';
import type { Builder, Value } from './builder';
import { memoryWidth, modify, modifyAt } from './operands';
import type { Semantic, SemanticTable } from './semantic';
import { isZero, resize, resizeSigned } from './values';

type BitChange = (b: Builder, word: Value, mask: Value) => Value;

const bt: Semantic = (b, { operands: [base, index] }) => {
  const word = hasBitString(base, index)
    ? b.load(base.segment, wordOffset(b, base, index), memoryWidth(base))
    : b.read(base);
  setCarryToBit(b, word, bitPosition(b, word, index));
};

/** BTS, BTR, BTC: the bit as it was goes to CF; the other flags stay. */
const bitChanging =
  (change: BitChange): Semantic =>
  (b, { operands: [base, index] }) => {
    const changed = (word: Value): Value => {
      const position = bitPosition(b, word, index);
      setCarryToBit(b, word, position);
      return change(b, word, b.shiftLeft(b.constant(word.width, 1), position));
    };
    if (hasBitString(base, index)) modifyAt(b, base, wordOffset(b, base, index), changed);
    else modify(b, base, changed);
  };

/** With its index in a register, a bit in memory may lie anywhere around the operand's address. */
const hasBitString = (base: Operand, index: Operand): base is MemoryOperand =>
  base.kind === 'memory' && index.kind === 'register';

/** Offset of the operand-sized word in which a signed bit index falls. */
function wordOffset(b: Builder, base: MemoryOperand, index: Operand): Value {
  const width = memoryWidth(base);
  const words = b.shiftRightSigned(b.read(index), b.constant(8, Math.log2(width)));
  const offset = b.effectiveAddress(base);
  return b.add(offset, b.mul(resizeSigned(b, words, base.addressSize), b.constant(base.addressSize, width / 8)));
}

const bitPosition = (b: Builder, word: Value, index: Operand): Value =>
  b.and(resize(b, b.read(index), 8), b.constant(8, word.width - 1));

const setCarryToBit = (b: Builder, word: Value, position: Value): void =>
  b.writeFlag('cf', b.truncate(b.shiftRight(word, position), 1));

/** BSF, BSR. A source of zero leaves the destination, as processors do and AMD documents; other flags than ZF stay. */
const bitScan =
  (find: (b: Builder, source: Value) => Value): Semantic =>
  (b, { operands: [destination, sourceOperand] }) => {
    const source = b.read(sourceOperand);
    const none = isZero(b, source);
    b.write(destination, b.select(none, b.read(destination), find(b, source)));
    b.writeFlag('zf', none);
  };

const bswap: Semantic = (b, { operands: [register] }) => {
  const x = b.read(register);
  b.write(register, x.width === 32 ? reversedBytes(b, x) : b.constant(x.width, 0)); // undefined at 16 bits: clears
};

function reversedBytes(b: Builder, x: Value): Value {
  const evenBytes = b.constant(32, 0x00ff00ff);
  const eight = b.constant(8, 8);
  const sixteen = b.constant(8, 16);
  const pairs = b.or(b.shiftLeft(b.and(x, evenBytes), eight), b.and(b.shiftRight(x, eight), evenBytes));
  return b.or(b.shiftLeft(pairs, sixteen), b.shiftRight(pairs, sixteen));
}

export const bit = {
  bt,
  bts: bitChanging((b, word, mask) => b.or(word, mask)),
  btr: bitChanging((b, word, mask) => b.and(word, b.not(mask))),
  btc: bitChanging((b, word, mask) => b.xor(word, mask)),
  bsf: bitScan((b, source) => b.countTrailingZeros(source)),
  bsr: bitScan((b, source) => b.sub(b.constant(source.width, source.width - 1), b.countLeadingZeros(source))),
  bswap,
} satisfies SemanticTable;
