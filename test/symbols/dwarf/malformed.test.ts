// Files that are damaged, or made to do harm: reading their symbols neither throws nor takes more than it may.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { readDebugInformation } from '../../../src/symbols/dwarf/debugInformation';
import { readElfSymbols } from '../../../src/symbols/elfSymbols';
import { SymbolPart } from '../../../src/symbols/symbolPart';
import { randomFrom } from '../../semantics/random';
import { hasCompiler, sampleProgram } from './compiled';

const seed = Number(process.env.FUZZ_SEED ?? 20261129);
const rounds = 300;

describe('damaged debug information', () => {
  before(() => console.log(`      FUZZ_SEED=${seed}`));

  for (const options of [
    ['-gdwarf-4', '-O2'],
    ['-gdwarf-5', '-O2'],
  ]) {
    it(`of ${options.join(' ')} never throws`, function () {
      if (!hasCompiler) this.skip();
      this.slow(10_000);
      const intact = fs.readFileSync(sampleProgram(...options));
      const random = randomFrom(seed);
      for (let round = 0; round < rounds; round++) {
        const bytes = Uint8Array.from(intact);
        for (let count = 1 + random.below(8); count > 0; count--) bytes[random.below(bytes.length)] = random.below(256);
        const cut = random.below(4) === 0 ? random.below(bytes.length) : bytes.length;
        const symbols = new SymbolPart(readElfSymbols(bytes.subarray(0, cut)).symbols, () => true);
        for (let offset = 0; offset < 0x100; offset += 7) symbols.frames?.ruleAt(0x100000 + offset);
        assert.ok([...symbols.lines.files].length < 1000, `round ${round}`);
      }
    });
  }

  /** A line program's unit of version 5, whose header goes on with `rest`. */
  const version5 = (...rest: number[]): Uint8Array => {
    const header = [1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, ...rest];
    const unit = [5, 0, 4, 0, ...word(header.length), ...header];
    return Uint8Array.from([...word(unit.length), ...unit]);
  };
  const word = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
  const endless = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
  const information = (body: number[]) => Uint8Array.from([...word(body.length + 7), 4, 0, 0, 0, 0, 0, 4, ...body]);

  const harmful: [what: string, sections: Record<string, Uint8Array>][] = [
    ['a table of files without end, of no bytes each', { '.debug_line': version5(1, 1, 0x19, ...endless) }],
    ['a table of folders without end, of no columns', { '.debug_line': version5(0, ...endless) }],
    ['a form that leads to itself', { '.debug_line': version5(1, 1, 0x16, 1, 0x16, 0x16) }],
    [
      'entries of many attributes without bytes, again and again',
      {
        '.debug_abbrev': Uint8Array.from([1, 0x2e, 0, ...new Array<number[]>(5000).fill([3, 0x19]).flat(), 0, 0, 0]),
        '.debug_info': information(new Array<number>(100_000).fill(1)),
      },
    ],
    [
      'a function that is its own origin',
      {
        '.debug_abbrev': Uint8Array.from([1, 0x11, 1, 0, 0, 2, 0x2e, 0, 0x31, 0x13, 0x11, 1, 0x12, 0x0b, 0, 0, 0]),
        '.debug_info': information([1, 2, ...word(12), ...word(0x1000), 16, 0]),
      },
    ],
    ['a number that does not end', { '.debug_line': version5(1, ...new Array<number>(100_000).fill(0xff)) }],
  ];
  for (const [what, sections] of harmful) {
    it(`survives ${what}`, () => {
      const { tables, functions } = readDebugInformation(new Map(Object.entries(sections)));
      assert.ok(tables.length <= 1);
      assert.deepEqual(functions, []);
    });
  }
});
