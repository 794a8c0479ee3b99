// Where frames are, by call frame information: what readelf says of the same file, at each place that it names.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { readElfSymbols } from '../../../src/symbols/elfSymbols';
import { hasCompiler, run, sampleProgram } from './compiled';

const rows = [
  ['-O0'],
  ['-O2'],
  ['-O2', '-fno-omit-frame-pointer'],
  ['-Os'],
  ['-g', '-O2', '-fno-asynchronous-unwind-tables'],
];

describe('call frames of compiled programs', function () {
  this.slow(2000);
  before(function () {
    if (!hasCompiler) this.skip();
  });

  for (const options of rows) {
    it(`are readelf's, with ${options.join(' ')}`, () => {
      const program = sampleProgram(...options);
      const { symbols } = readElfSymbols(fs.readFileSync(program));
      const text = run('readelf', ['-W', '--debug-dump=frames-interp', program]) ?? '';
      let count = 0;
      for (const table of text.split(/\n\n/).filter(part => / FDE /.test(part))) {
        const [head = '', ...places] = table
          .split('\n')
          .filter(line => /^ {3}LOC|^[0-9a-f]{8} (?:esp|ebp|exp)/.test(line));
        const columns = head.trim().split(/ +/);
        for (const place of places) {
          const cells = place.trim().split(/ +/);
          const [location, frame] = cells;
          const saved = /^c([+-]\d+)$/.exec(cells[columns.indexOf('ebp')] ?? '')?.[1];
          const rule = symbols.frames?.ruleAt(parseInt(location, 16));
          const text = rule && `${rule.register}+${rule.offset}`;
          assert.equal(text, frame === 'exp' ? undefined : frame, `at ${location}`);
          assert.equal(rule?.savedEbp, saved === undefined ? undefined : Number(saved), `EBP at ${location}`);
          count++;
        }
      }
      assert.ok(count > 10, `${count} places`);
    });
  }
});
