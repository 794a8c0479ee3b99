// The writer of the WebAssembly binary format, judged by the engine that reads it.

import assert from 'node:assert/strict';
import { ByteWriter, encodeModule, type FunctionBody, ValueType, Wasm } from '../../../src/ir/wasm/binary';
import { LocalPool, RegionTooLarge } from '../../../src/ir/wasm/localPool';
import { randomFrom } from '../../semantics/random';

const memoryPages = 1;
const memory = new WebAssembly.Memory({ initial: memoryPages, maximum: memoryPages });

function instantiate(
  bodies: readonly FunctionBody[],
  imports: Parameters<typeof encodeModule>[0] = [],
  functions: WebAssembly.ModuleImports = {},
): Readonly<Record<string, (...parameters: number[]) => number>> {
  const bytes = encodeModule(imports, bodies, { memoryPages }) as BufferSource;
  assert.ok(WebAssembly.validate(bytes));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, ...functions } });
  return exports as Record<string, (...parameters: number[]) => number>;
}

function body(write: (code: ByteWriter) => void, parameters = 0): FunctionBody {
  const code = new ByteWriter();
  write(code);
  const type = {
    parameters: new Array<typeof ValueType.i32>(parameters).fill(ValueType.i32),
    results: [ValueType.i32],
  };
  return { type, locals: [], code: code.finish() };
}

const edges = [
  0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8192, -8193, 0x7fffffff, -0x80000000, 0xfffff, -0x100000,
];

describe('the WebAssembly binary format', () => {
  it('signed numbers', () => {
    const random = randomFrom(1);
    const numbers = [...edges, ...Array.from({ length: 200 }, () => random.word() >> random.below(32))];
    const constants = numbers.map(number =>
      body(code => {
        code.byte(Wasm.i32Const);
        code.signed(number);
      }),
    );
    const exports = instantiate(constants);
    numbers.forEach((number, index) => assert.equal(exports[`f${index}`](), number | 0));
  });

  it('unsigned numbers', () => {
    const offsets = [0, 1, 127, 128, 16383, 16384, 65535];
    offsets.forEach(offset => (new Uint8Array(memory.buffer)[offset] = (offset % 251) + 1));
    const loads = offsets.map(offset =>
      body(code => {
        code.byte(Wasm.i32Const);
        code.signed(0);
        code.byte(Wasm.i32Load8U);
        code.unsigned(0);
        code.unsigned(offset);
      }),
    );
    const exports = instantiate(loads);
    offsets.forEach((offset, index) => assert.equal(exports[`f${index}`](), (offset % 251) + 1));
  });

  it('more bytes than a writer begins with', () => {
    const additions = 5000;
    const { f0 } = instantiate([
      body(code => {
        code.byte(Wasm.i32Const);
        code.signed(0);
        for (let count = 0; count < additions; count++) {
          code.byte(Wasm.i32Const);
          code.signed(count);
          code.byte(Wasm.i32Add);
        }
      }),
    ]);
    assert.equal(f0(), (additions * (additions - 1)) / 2);
  });

  it('bytes that are appended in one piece', () => {
    const writer = new ByteWriter();
    const piece = Uint8Array.from({ length: 1000 }, (_, index) => index);
    writer.byte(7);
    writer.append(piece);
    writer.append(piece.subarray(0, 3));
    assert.deepEqual([...writer.finish()], [7, ...piece, 0, 1, 2]);
  });

  it('imports come before the functions of the module, and locals have their types', () => {
    const code = new ByteWriter();
    // f0(x) = twice(x) + wrap(i64 local)
    code.byte(Wasm.localGet);
    code.unsigned(0);
    code.byte(Wasm.call);
    code.unsigned(0);
    code.byte(Wasm.localGet);
    code.unsigned(2);
    code.byte(Wasm.i32WrapI64);
    code.byte(Wasm.i32Add);
    const type = { parameters: [ValueType.i32], results: [ValueType.i32] };
    const locals = [
      { count: 1, type: ValueType.i32 },
      { count: 3, type: ValueType.i64 },
    ];
    const exports = instantiate([{ type, locals, code: code.finish() }], [{ name: 'twice', type }], {
      twice: (x: number) => x * 2,
    });
    assert.equal(exports.f0(21), 42);
  });
});

describe('the pool of locals', () => {
  it('numbers the 64-bit ones before the 32-bit ones, and gives back what is released', () => {
    const pool = new LocalPool(2, 10);
    const wide = pool.take(64);
    const narrow = pool.take(32);
    const mark = pool.mark();
    assert.equal(pool.take(8), narrow + 1);
    pool.release(mark);
    assert.equal(pool.take(1), narrow + 1);
    assert.equal(wide, 10);
    const [fixed, wides, narrows] = pool.declarations;
    assert.deepEqual([fixed.count, fixed.type], [8, ValueType.i32]);
    assert.equal(wides.type, ValueType.i64);
    assert.equal(narrow, 10 + wides.count);
    assert.equal(narrows.count, 2);
  });

  it('has an end', () => {
    const pool = new LocalPool(2, 2);
    assert.throws(() => {
      for (let count = 0; count < 1000; count++) pool.take(64);
    }, RegionTooLarge);
  });
});
