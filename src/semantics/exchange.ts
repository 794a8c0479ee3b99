// Exchanges, the ground of locks (SDM Vol. 2: CMPXCHG, CMPXCHG8B, XADD, XCHG).

import { Gpr } from '../isa/registers';
import { readAccumulator, readAccumulatorPair, writeAccumulatorPair } from './accumulator';
import { add, subtract } from './arithmetic';
import { modify } from './operands';
import type { Semantic, SemanticTable } from './semantic';
import { highHalf, joinHalves } from './values';

const xchg: Semantic = (b, { operands: [destination, source] }) =>
  modify(b, destination, old => {
    const replacement = b.read(source);
    b.write(source, old);
    return replacement;
  });

const xadd: Semantic = (b, { operands: [destination, source] }) =>
  modify(b, destination, old => {
    const sum = add(b, old, b.read(source));
    b.write(source, old);
    return sum;
  });

/** The destination is written in either case, if only with what it held. */
const cmpxchg: Semantic = (b, { operands: [destination, source] }) =>
  modify(b, destination, old => {
    const expected = readAccumulator(b, old.width);
    const replacement = b.read(source);
    subtract(b, expected, old);
    const equal = b.equal(expected, old);
    b.writeRegister(Gpr.eax, b.select(equal, expected, old));
    return b.select(equal, replacement, old);
  });

/** Compares EDX:EAX, and stores ECX:EBX; of the flags only ZF changes. */
const cmpxchg8b: Semantic = (b, { operands: [destination] }) =>
  modify(b, destination, old => {
    const expected = readAccumulatorPair(b, 32);
    const replacement = joinHalves(b, b.readRegister(Gpr.ebx, 32), b.readRegister(Gpr.ecx, 32));
    const equal = b.equal(expected, old);
    const seen = b.select(equal, expected, old);
    writeAccumulatorPair(b, b.truncate(seen, 32), highHalf(b, seen));
    b.writeFlag('zf', equal);
    return b.select(equal, replacement, old);
  });

export const exchange = { xchg, xadd, cmpxchg, cmpxchg8b } satisfies SemanticTable;
