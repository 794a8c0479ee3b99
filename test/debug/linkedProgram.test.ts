// Programs of several parts: assembly and C that are linked here run and have the lines of all parts; what is wrong is said in
// the part where it stands.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { AssemblyFailure, diagnosticText } from '../../src/debug/assembledSource';
import { parseLaunchOptions } from '../../src/debug/launch';
import { loadProgram, type Program } from '../../src/debug/program';
import { SymbolPart } from '../../src/symbols/symbolPart';
import { ProgramSymbols } from '../../src/symbols/programSymbols';
import { UserError } from '../../src/debug/userError';
import { gccObject, hasTools } from '../link/tools';
import { runGuest } from '../monitor/runGuest';

const sample = (name: string): string => fs.readFileSync(`test/link/guest/${name}`, 'utf8');

async function load(
  contents: Readonly<Record<string, string | Uint8Array>>,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Program & { readonly symbols: ProgramSymbols }> {
  const read = async (path: string): Promise<Uint8Array> => {
    const content = contents[path];
    if (content === undefined) throw new Error('there is no such file');
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  };
  const program = Object.keys(contents).filter(path => !path.endsWith('.inc'));
  const loaded = await loadProgram(parseLaunchOptions({ program, ...more }), { read });
  return {
    ...loaded,
    symbols: new ProgramSymbols(loaded.parts.map(({ symbols }) => new SymbolPart(symbols, () => true))),
  };
}

const exits = 'mov al, bl\nout 0xf4, al\njmp $\n';

describe('a program of several parts', () => {
  it('is linked from sources alone, at 1 MiB', async () => {
    const { image, symbols, sources } = await load({
      '/p/main.asm': `extern twice\nglobal _start\n_start: mov ebx, 21\ncall twice\n${exits}`,
      '/p/lib.asm': 'global twice\ntwice: add ebx, ebx\nret',
    });
    assert.equal(runGuest('none', image).exitCode, 85);
    assert.deepEqual(
      [...sources],
      [
        ['main.asm', '/p/main.asm'],
        ['lib.asm', '/p/lib.asm'],
      ],
    );
    assert.equal(symbols.valueOf('_start'), 0x100000);
    assert.match(symbols.describe((symbols.valueOf('twice') ?? 0) + 2) ?? '', /^twice\+0x2$/);
    const row = symbols.lines.rowAt(symbols.valueOf('twice') ?? 0);
    assert.deepEqual([row?.position.file, row?.position.line, row?.isCode], ['lib.asm', 2, true]);
  });

  it('stands where "address" says, also if it is one part', async () => {
    for (const address of ['0x200000', 0x200000]) {
      const { image, symbols } = await load(
        { 'a.asm': `_start: mov ebx, value\n${exits}value equ 3` },
        { program: 'a.asm', address },
      );
      assert.equal(symbols.valueOf('_start'), 0x200000);
      assert.equal(symbols.valueOf('value'), 3);
      assert.equal(runGuest('none', image).exitCode, 7);
    }
  });

  it('is a flat image at 0x7c00 if it begins in 16-bit code', async () => {
    const { image, symbols } = await load({
      'boot.asm': 'bits 16\nextern letter\nstart: mov al, [letter]\nout 0xe9, al\nmov al, 1\nout 0xf4, al\njmp $',
      'data.asm': "global letter\nsection .data\nletter db 'L'",
    });
    assert.equal(symbols.valueOf('start'), 0x7c00);
    const { exitCode, debug } = runGuest('none', image);
    assert.deepEqual([exitCode, debug], [3, 'L']);
  });

  it('keeps files of one name apart', async () => {
    const { sources, symbols } = await load({
      '/p/a/main.asm': '%include "size.inc"\nextern f\nmov eax, size\ncall f',
      '/p/b/main.asm': '%include "size.inc"\nglobal f\nf: mov eax, size\nret',
      '/p/a/size.inc': 'size equ 1',
      '/p/b/size.inc': 'size equ 2',
    });
    const names = ['main.asm', 'size.inc', '/p/b/main.asm', '/p/b/size.inc'];
    assert.deepEqual([...sources.keys()].sort(), names.sort());
    assert.equal(symbols.lines.rowAt(symbols.valueOf('f') ?? 0)?.position.file, '/p/b/main.asm');
  });

  const failures: [what: string, contents: Record<string, string | Uint8Array>, texts: string[]][] = [
    [
      'errors of all sources',
      { 'a.asm': 'nop\nmov eax, bl', 'b.asm': 'jmp gone' },
      ['a.asm:2:1: error: the operands differ in size', 'b.asm:1:5: error: `gone` is not defined'],
    ],
    [
      'a name that nobody defines',
      { 'a.asm': 'nop', 'b.asm': 'extern gone\nnop\ncall gone' },
      ['b.asm:3:1: error: `gone` is defined in no part of the program'],
    ],
    [
      'a name that two define',
      { 'a.asm': 'global f\nf: ret', 'b.asm': 'nop\nglobal f\nf: ret' },
      ['b.asm:3:1: error: `f` is also defined in a.asm'],
    ],
    [
      'org in a part',
      { 'a.asm': 'org 0x7c00\nnop', 'b.asm': 'nop' },
      ['a.asm:1:1: error: a source that is linked has no `org`'],
    ],
  ];
  for (const [what, contents, texts] of failures)
    it(`says where: ${what}`, () =>
      assert.rejects(load(contents), (error: unknown) => {
        assert.ok(error instanceof AssemblyFailure, String(error));
        const said = error.diagnostics.map(diagnosticText);
        texts.forEach((text, index) => assert.ok(said[index]?.startsWith(text), said[index]));
        assert.equal(said.length, texts.length);
        for (const { position } of error.diagnostics) assert.ok(error.sources.has(position.file));
        return true;
      }));

  const refused: [given: Record<string, unknown>, message: RegExp][] = [
    [{ program: [] }, /No program was named/],
    [{ program: ['a.asm', 3] }, /"program" is \["a.asm",3\], but it must be a path, or a list of paths/],
    [{ program: ['a.asm', 'gone.o'] }, /gone\.o cannot be read/],
    [
      { program: ['a.asm', 'flat.bin'] },
      /flat\.bin cannot be linked: it is neither an assembly source nor an ELF object/,
    ],
    [{ program: ['a.asm', 'bad.o'] }, /bad\.o cannot be linked: it is cut off within its header/],
    [{ address: 'high' }, /"address" is "high"/],
    [{ address: 2 ** 32 }, /"address" is 4294967296/],
    [{ address: '0xfffffffe' }, /does not end below 4 GiB/],
  ];
  for (const [given, message] of refused)
    it(`refuses ${JSON.stringify(given)}`, () => {
      const contents = {
        'a.asm': 'nop\nnop\nnop',
        'flat.bin': new Uint8Array(3),
        'bad.o': Uint8Array.of(0x7f, 0x45, 0x4c, 0x46),
      };
      return assert.rejects(
        (async () => load(contents, { program: 'a.asm', ...given }))(),
        (error: unknown) =>
          (error instanceof UserError || error instanceof AssemblyFailure) && message.test(error.message),
      );
    });
});

describe('a program of assembly and C', () => {
  before(function () {
    if (!hasTools()) this.skip();
  });

  it('is a Multiboot kernel, and runs alike under both techniques', async () => {
    const { image, symbols } = await load({
      'boot.asm': sample('boot.asm'),
      'kernel.o': gccObject(sample('kernel.c'), '-O1', '-g'),
      'lib.asm': sample('lib.asm'),
    });
    assert.equal(image.boot, 'multiboot');
    for (const technique of ['none', 'trapAndEmulate'] as const) {
      const { exitCode, serial } = runGuest(technique, image);
      assert.equal(exitCode, 43);
      assert.match(serial, /^from boot\.asm\nzero\none\ntwo\n.* 10 42 299 42 absent inside\n$/s);
    }
    const lines = (name: string) => symbols.lines.rowAt(symbols.valueOf(name) ?? 0)?.position;
    assert.equal(lines('_start')?.file, 'boot.asm');
    assert.equal(lines('twice')?.file, 'lib.asm');
    const line =
      sample('kernel.c')
        .split('\n')
        .findIndex(text => text.startsWith('int kmain')) + 1;
    assert.equal(lines('kmain')?.line, line);
  });

  it('says where it begins if no label does', async () => {
    const warnings = async (text: string, options: Readonly<Record<string, unknown>> = {}): Promise<string[]> =>
      (await load({ 'a.asm': text, 'b.asm': 'ret' }, options)).warnings.map(diagnosticText);
    const [warning, ...others] = await warnings('bits 32\nmain: ret');
    assert.match(warning, /^a\.asm:1:1: warning: the program has no `_start`, so it begins .* at 0x100000:/);
    assert.deepEqual(others, []);
    assert.deepEqual(await warnings('bits 32\nmain: ret', { entry: 'main' }), []);
    assert.deepEqual(await warnings('bits 32\nstart: ret'), []);
    assert.deepEqual(await warnings('bits 16\nmain: ret'), []);
  });

  it('names the function of an object in which something is missing', () =>
    assert.rejects(
      load({
        'a.asm': 'global _start\nextern f\n_start: jmp f',
        '/o/c.o': gccObject('int g(void); int f(void) { return g() + 1; }', '-fno-pic'),
      }),
      (error: unknown) => {
        assert.ok(error instanceof AssemblyFailure);
        const [text] = error.diagnostics.map(diagnosticText);
        assert.match(text, /^c\.o:1:1: error: f \(\.text\+0x[0-9a-f]+\): `g` is defined in no part of the program/);
        assert.equal(error.sources.get('c.o'), '/o/c.o');
        return true;
      },
    ));

  it('may be one object', async () => {
    const { image } = await load(
      { 'k.o': gccObject('void _start(void) { __asm__("mov $5, %al; out %al, $0xf4; jmp ."); }') },
      { program: 'k.o' },
    );
    assert.equal(runGuest('none', image).exitCode, 11);
  });
});
