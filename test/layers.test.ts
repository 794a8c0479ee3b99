// Every file of src/ against the layers, and all of them for circles; and the checks themselves against files made up to break
// each rule.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { circles } from './imports';
import { violations } from './layers';

const sources = new Map(
  fs
    .readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => [file.split(path.sep).join('/'), fs.readFileSync(path.join('src', file), 'utf8')]),
);

describe('layers', () => {
  it('hold in every file of src/', () => {
    assert.ok(sources.size > 0);
    const broken = [...sources].flatMap(([file, text]) => violations(file, text));
    assert.deepEqual(broken, []);
  });

  const wrong: [rule: string, file: string, text: string][] = [
    ['an import of a higher layer', 'isa/x.ts', `import { step } from '../cpu/step';`],
    ['a type-only import of a higher layer', 'cpu/memory/x.ts', `import type { Exit } from '../../monitor/exit';`],
    ['a dynamic import of a higher layer', 'base/x.ts', `const m = await import('../cpu/step');`],
    ['a re-export of a higher layer', 'base/index.ts', `export * from '../isa/table';`],
    ['a device that knows the processor', 'devices/pic.ts', `import { Cpu } from '../cpu/cpu';`],
    ['an assembler that knows the machine', 'asm/x.ts', `import { load } from '../machine/load';`],
    ['a disassembler on the execution path', 'cpu/memory/x.ts', `import { Decoder } from 'iced-x86';`],
    ['vscode outside the editor', 'adapter/x.ts', `import * as vscode from 'vscode';`],
    ['an editor that reaches into the machine', 'editor/x.ts', `import { Machine } from '../machine/machine';`],
    ['an extension that reaches into the adapter', 'extension.ts', `import { Session } from './adapter/session';`],
    ['a Node module in the engine', 'debug/x.ts', `import fs from 'node:fs';`],
    ['a Node module without its prefix', 'adapter/x.ts', `import { join } from 'path';`],
    ['a Node module in the web-capable editor', 'editor/x.ts', `import { Worker } from 'node:worker_threads';`],
    ['require', 'machine/x.ts', `const fs = require('fs');`],
    ['a Node global', 'cpu/memory/x.ts', `const n = Buffer.alloc(4);`],
    ['the DOM', 'adapter/x.ts', `document.title = 'x';`],
    ['the wall clock', 'devices/rtc.ts', `const now = Date.now();`],
    ['randomness', 'machine/x.ts', `const seed = Math.random();`],
    ['an import from outside src/', 'cli/x.ts', `import sample from '../../media/samples/x.asm';`],
    ['a folder that is in no layer', 'utils/x.ts', ``],
    ['a file of the processor that is in no room', 'cpu/x.ts', ``],
    ['a room of the processor that imports a higher one', 'cpu/registers/x.ts', `import { Tlb } from '../memory/tlb';`],
    ['memory that knows the core', 'cpu/memory/x.ts', `import type { Core } from '../core';`],
    ['a core that knows the machinery', 'cpu/core.ts', `import { cpuid } from './privileged/cpuid';`],
    ['machinery that knows the tiers', 'cpu/privileged/transfers/x.ts', `import { Tiers } from '../../tiers/tiers';`],
    ['a tier that knows the processor', 'cpu/tiers/x.ts', `import type { Processor } from '../processor';`],
  ];
  for (const [rule, file, text] of wrong) {
    it(`refuse ${rule}`, () => assert.notDeepEqual(violations(file, text), []));
  }

  const right: [rule: string, file: string, text: string][] = [
    ['an import of a lower layer', 'cpu/memory/x.ts', `import { hex } from '../../base/hex';`],
    ['a lower room of the processor', 'cpu/tiers/x.ts', `import { cpuid } from '../privileged/cpuid';`],
    ['the processor from above', 'monitor/x.ts', `import { Processor } from '../cpu/processor';`],
    ['Node in an entry point', 'adapter/stdio.ts', `import net from 'node:net'; process.exit(0);`],
    [
      'vscode and shared messages in the editor',
      'editor/x.ts',
      `import 'vscode'; import type { M } from '../shared/m';`,
    ],
    [
      'variables that are called like globals',
      'cpu/memory/x.ts',
      `const f = ({ document }) => document; f({ document: 1 });`,
    ],
    [
      'members that are called like globals',
      'cpu/memory/x.ts',
      `const x = { window: 1, process() {} }; x.window; x.process();`,
    ],
  ];
  for (const [rule, file, text] of right) {
    it(`allow ${rule}`, () => assert.deepEqual(violations(file, text), []));
  }
});

describe('circles of files', () => {
  it('are nowhere in src/', () => {
    assert.deepEqual(circles(sources), []);
  });

  const trees: [what: string, tree: Record<string, string>, found: string[][]][] = [
    ['none', { 'a.ts': `import './b'; import './c';`, 'b.ts': `import './c';`, 'c.ts': `import 'fs';` }, []],
    [
      'two files',
      { 'x/a.ts': `import { b } from '../y/b';`, 'y/b.ts': `import { a } from '../x/a';` },
      [['x/a.ts', 'y/b.ts']],
    ],
    ['types', { 'a.ts': `import type { B } from './b';`, 'b.ts': `export * from './a';` }, [['a.ts', 'b.ts']]],
    ['a file and itself', { 'a.ts': `import './a';` }, [['a.ts']]],
    [
      'by way of a folder and of a third file',
      { 'a.ts': `import './b';`, 'b/index.ts': `import '../c';`, 'c.ts': `import './a'; import './d';`, 'd.ts': '' },
      [['a.ts', 'b/index.ts', 'c.ts']],
    ],
  ];
  for (const [what, tree, found] of trees) {
    it(`are found: ${what}`, () => assert.deepEqual(circles(new Map(Object.entries(tree))), found));
  }
});
