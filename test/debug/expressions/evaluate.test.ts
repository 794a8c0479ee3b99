// Expressions against a small made-up machine: values, errors and assignments as tables.
import assert from 'node:assert/strict';
import { errors, UserError } from '../../../src/debug/userError';
import { evaluate, execute, type ExpressionContext } from '../../../src/debug/expressions/evaluate';
import { parse } from '../../../src/debug/expressions/parse';
import { formatInFull, formatValue } from '../../../src/debug/expressions/format';

/** 64 KiB whose bytes are the low eight bits of their addresses, and four names. */
function machine(): ExpressionContext & { values: Record<string, number>; memory: Map<number, number> } {
  const values: Record<string, number> = { eax: 0xffffffff, ebx: 16, msg: 0x7c10, 'es.base': 0x100, al: 0x80 };
  const memory = new Map<number, number>();
  const byte = (address: number): number | undefined =>
    address >= 0x10000 ? undefined : (memory.get(address) ?? address & 0xff);
  return {
    values,
    memory,
    lookUp(name) {
      if (!(name in values)) throw errors.unknownName(name, []);
      const bits = name === 'al' ? 8 : 32;
      const read = (): number => values[name];
      return name === 'msg' ? { bits, read } : { bits, read, write: value => void (values[name] = value) };
    },
    read(linear, bytes) {
      const found = Array.from({ length: bytes }, (_, index) => byte(linear + index));
      return found.includes(undefined) ? undefined : found.reduceRight<number>((v, b) => v * 256 + (b ?? 0), 0);
    },
    segmentBase: selector => selector * 16,
    write(linear, bytes, value) {
      if (linear >= 0x10000) return false;
      for (let index = 0; index < bytes; index++) memory.set(linear + index, (value >>> (8 * index)) & 0xff);
      return true;
    },
  };
}

describe('expressions', () => {
  const values: [text: string, value: number][] = [
    ['42', 42],
    ['0x7c0:0x10', 0x7c10],
    ['es:ebx + 1', 0x111],
    ['0x2a', 42],
    ['2ah', 42],
    ['$2a', 42],
    ['0h2a', 42],
    ['101010b', 42],
    ['0b10_1010', 42],
    ['0b1h', 0xb1],
    ['52o', 42],
    ['0q52', 42],
    ['42d', 42],
    ["'A'", 0x41],
    ["'AB'", 0x4241],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 / 2', 3],
    ['7 % 4', 3],
    ['1 << 4 | 1', 17],
    ['0xf0 >> 4', 15],
    ['6 & 3 ^ 1', 3],
    ['-1', 0xffffffff],
    ['~0', 0xffffffff],
    ['!5', 0],
    ['!!5', 1],
    ['eax == -1', 1],
    ['eax + 1', 0],
    ['eax * eax', 1],
    ['ebx - 17 == -1', 1],
    ['0x100000000 + 1', 0x100000001],
    ['ebx > 15 && ebx < 17', 1],
    ['0 && [0x99999999]', 0],
    ['1 || [0x99999999]', 1],
    ['[0x10]', 0x13121110],
    ['byte [ebx + 4 * 2]', 0x18],
    ['word ptr [16]', 0x1110],
    ['dword [msg]', 0x13121110],
    ['byte [es:ebx]', 0x10],
    ['*0x80:u8', 0x80],
    ['*0x80:i8', 0xffffff80],
    ['*(ebx+1):u16', 0x1211],
    ['*ebx', 0x13121110],
    ['[byte [ebx]]', 0x13121110],
  ];
  for (const [text, value] of values) {
    it(`${text} is ${value}`, () => assert.equal(evaluate(parse(text), machine()).value, value));
  }

  const mistakes: [text: string, message: RegExp][] = [
    ['', /expected at column 1/],
    ['1 +', /expected at column 4/],
    ['1 2', /operator or the end is expected at column 3/],
    ['(1', /"\)" is expected at column 3/],
    ['[eax', /"\]" is expected at column 5/],
    ['byte eax', /"\[" is expected/],
    ['9z', /"9z" is not a number at column 1/],
    ['1 # 2', /"#" has no meaning at column 3/],
    ['*1:u9', /u8, u16, u32/],
    ['[xs:1]', /segment register is expected/],
    ['1 / 0', /Division by zero/],
    ['nowhere', /"nowhere" is neither a register nor a label/],
    ['[0x20000]', /0x00020000 cannot be read/],
    ['eax = 1', /Debug Console/],
    ['('.repeat(200), /nested too deeply/],
  ];
  for (const [text, message] of mistakes) {
    it(`${text.slice(0, 20)} is refused`, () =>
      assert.throws(
        () => evaluate(parse(text), machine()),
        (error: unknown) => error instanceof UserError && message.test(error.message),
      ));
  }

  it('assigns to registers and memory', () => {
    const context = machine();
    assert.equal(execute(parse('ebx = ebx + 1'), context).value, 17);
    assert.equal(context.values.ebx, 17);
    assert.equal(execute(parse('word [0x100] = 0x1234'), context).value, 0x1234);
    assert.deepEqual([context.memory.get(0x100), context.memory.get(0x101)], [0x34, 0x12]);
    assert.equal(execute(parse('al = -1'), context).value, 0xff);
  });

  const refused: [text: string, message: RegExp][] = [
    ['5 = 1', /cannot be changed/],
    ['msg = 1', /"msg" cannot be changed/],
    ['al = 256', /0x100 does not fit 8 bits/],
    ['al = -129', /does not fit 8 bits/],
    ['[0x20000] = 1', /cannot be written/],
  ];
  for (const [text, message] of refused) {
    it(`${text} is refused`, () => assert.throws(() => execute(parse(text), machine()), message));
  }

  it('are shown at their width', () => {
    assert.equal(formatValue({ value: 42, bits: 32 }), '0x0000002a');
    assert.equal(formatValue({ value: 1, bits: 1 }), '1');
    assert.equal(formatInFull({ value: 0xff, bits: 8 }), '0xff (255, -1)');
    assert.equal(formatInFull({ value: 42, bits: 32 }), '0x0000002a (42)');
  });
});
