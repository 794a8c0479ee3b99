// Which main source a file belongs to that others include.
import assert from 'node:assert/strict';
import { mainsIncluding } from '../../src/editor/includeGraph';

const sources = new Map(
  Object.entries({
    '/w/boot/main.asm': '  %include "boot/print.inc"\n%INCLUDE \'gdt.inc\' ; tables\n',
    '/w/boot/print.inc': '%include "../common/defs.inc"\n',
    '/w/boot/gdt.inc': 'dq 0\n',
    '/w/kernel/kernel.asm': '%include "common/defs.inc"\n; %include "gdt.inc"\n',
    '/w/common/defs.inc': '%include "circle.inc"\n',
    '/w/common/circle.inc': '%include "defs.inc"\n',
    '/w/other/gdt.inc': '',
    '/w/alone.asm': 'nop',
  }),
);

describe('the sources that include a file', () => {
  const rows: [file: string, mains: string[]][] = [
    ['/w/boot/gdt.inc', ['/w/boot/main.asm']],
    ['/w/boot/print.inc', ['/w/boot/main.asm']],
    ['/w/common/defs.inc', ['/w/boot/main.asm', '/w/kernel/kernel.asm']],
    ['/w/common/circle.inc', ['/w/boot/main.asm', '/w/kernel/kernel.asm']],
    ['/w/boot/main.asm', []],
    ['/w/alone.asm', []],
    ['/w/nowhere.inc', []],
  ];
  for (const [file, mains] of rows) it(`${file}`, () => assert.deepEqual(mainsIncluding(file, sources), mains));
});
