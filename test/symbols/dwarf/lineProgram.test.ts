// Line tables and functions of compiled programs: what readelf says of the same file, row for row.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { readDebugInformation } from '../../../src/symbols/dwarf/debugInformation';
import { elfSymbols } from '../../../src/symbols/elfSymbols';
import { SymbolPart } from '../../../src/symbols/symbolPart';
import { readSections, readSymbols } from '../../../src/link/elf';
import { type DecodedLine, decodedLines, hasCompiler, run, sampleProgram } from './compiled';

const matrix = ['-gdwarf-2', '-gdwarf-3', '-gdwarf-4', '-gdwarf-5'].flatMap(format =>
  ['-O0', '-Og', '-O2', '-Os'].map(level => [format, level]),
);
const more = [
  ['-gdwarf-5', '-O2', '-ffunction-sections', '-Wl,--gc-sections'],
  ['-gdwarf-4', '-O2', '-flto'],
  ['-gdwarf-5', '-O2', '-gno-as-loc-support'],
  ['-gdwarf-4', '-O2', '-gno-column-info'],
];

describe('line tables of compiled programs', function () {
  this.slow(4000);
  before(function () {
    if (!hasCompiler) this.skip();
  });

  for (const options of [...matrix, ...more]) {
    it(`are readelf's, with ${options.join(' ')}`, () => {
      const program = sampleProgram(...options);
      const expected = decodedLines(program);
      assert.ok(expected.length > 40, `${expected.length} rows`);
      const sections = readSections(fs.readFileSync(program));
      const { tables } = readDebugInformation(new Map(sections.map(({ name, bytes }) => [name, bytes])));
      const rows = tables.flatMap(({ paths, rows: own }) =>
        own.map(({ file, line, address, isStatement, endsSequence }) => ({
          file: path.basename(paths.get(file) ?? '?'),
          line: endsSequence ? undefined : line,
          address,
          isStatement: isStatement && !endsSequence,
        })),
      );
      assert.deepEqual(rows, withoutEndStatements(expected));
    });

    it(`say of each row where a debugger stops, with ${options.join(' ')}`, () => {
      const program = sampleProgram(...options);
      const sections = readSections(fs.readFileSync(program));
      const { lines } = new SymbolPart(elfSymbols(sections, readSymbols(sections)), () => true);
      const names = new Map([...lines.files].map(file => [path.basename(file), file]));
      const all = decodedLines(program);
      const ends = new Set(all.filter(({ line }) => line === undefined).map(({ address }) => address));
      // a row where its sequence ends has no code
      const hasCode = ({ address }: DecodedLine) => !ends.has(address) || lines.covers(address);
      const expected = all.filter(row => row.line !== undefined && row.line > 0 && hasCode(row));
      for (const { file, line = 0, address, isStatement } of expected) {
        const shown = lines.rowAt(address);
        assert.ok(shown, `a row at ${address.toString(16)}`);
        if (!isStatement) continue;
        const first = lines.addressesOf(names.get(file) ?? '', line);
        assert.ok(first.length > 0, `${file}:${line} can be stopped at`);
        const best = expected.filter(row => row.address === address && row.isStatement).at(-1);
        assert.equal(shown.position.line, best?.line, `the line shown at ${address.toString(16)}`);
      }
    });
  }

  it('have the functions of the symbol table', () => {
    for (const level of ['-O0', '-O2']) {
      const program = sampleProgram('-g', level);
      const symbols = (run('readelf', ['-sW', program]) ?? '').matchAll(/: ([0-9a-f]{8}) +(\d+) FUNC .* (\S+)$/gm);
      const sections = readSections(fs.readFileSync(program));
      const table = new SymbolPart(elfSymbols(sections, []), () => true);
      for (const [, address, size, name] of symbols) {
        if (Number(size) === 0 || name === '_start') continue;
        const start = parseInt(address, 16);
        assert.equal(table.functionAt(start), name.replace(/\..*/, ''), `${name} at ${address}`);
        assert.equal(table.functionAt(start + Number(size) - 1), name.replace(/\..*/, ''));
      }
    }
  });
});

/** readelf does not say of the end of a sequence whether it is a statement in all versions. */
const withoutEndStatements = <Row extends { line: number | undefined; isStatement: boolean }>(rows: readonly Row[]) =>
  rows.map(row => ({ ...row, isStatement: row.isStatement && row.line !== undefined }));
