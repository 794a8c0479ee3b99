// Where included files are found: beside the source that names them, beside the main one, in the folders that the user
// names; and macros that are defined before the first line.
import assert from 'node:assert/strict';
import { assemble, type AssemblyOptions } from '../../src/asm/assemble';

const encoder = new TextEncoder();

/** Files that are there and cannot be read, and why. */
const problems: Readonly<Record<string, string>> = { '/project/locked.inc': 'access is denied' };

function assembled(files: Record<string, string>, options: AssemblyOptions, main = 'main.asm') {
  const bytes = (name: string) => (Object.hasOwn(files, name) ? encoder.encode(files[name]) : undefined);
  const { image, diagnostics } = assemble(
    main,
    { text: name => files[name], bytes, problem: name => problems[name] },
    options,
  );
  return { bytes: image && [...image.bytes], messages: diagnostics.map(({ message }) => message), image };
}

describe('the search for included files', () => {
  const includePaths = ['/project', '/project/include'];
  const rows: [what: string, files: Record<string, string>, bytes: number[]][] = [
    [
      'looks beside the source first',
      { 'main.asm': '%include "a.inc"', 'a.inc': 'db 1', '/project/a.inc': 'db 2' },
      [1],
    ],
    [
      'looks in the folders in their order',
      { 'main.asm': '%include "a.inc"', '/project/a.inc': 'db 2', '/project/include/a.inc': 'db 3' },
      [2],
    ],
    ['looks in each folder', { 'main.asm': '%include "a.inc"', '/project/include/a.inc': 'db 3' }, [3]],
    [
      'finds a path from the root of the project, in an included file too',
      {
        'main.asm': '%include "boot/a.inc"',
        '/project/boot/a.inc': '%include "boot/b.inc"',
        '/project/boot/b.inc': 'db 4',
      },
      [4],
    ],
    [
      'finds what lies beside the included file',
      { 'main.asm': '%include "boot/a.inc"', '/project/boot/a.inc': '%include "b.inc"', '/project/boot/b.inc': 'db 5' },
      [5],
    ],
    [
      'is that of %pathsearch, which gives the path',
      { 'main.asm': '%pathsearch p "a.inc"\ndb p\n%include p', '/project/include/a.inc': 'db 7' },
      [...encoder.encode('/project/include/a.inc'), 7],
    ],
    [
      'finds the files of incbin alike',
      { 'main.asm': 'incbin "data/x.bin"', '/project/include/data/x.bin': '\x06' },
      [6],
    ],
  ];
  for (const [what, files, bytes] of rows) {
    it(what, () => {
      const result = assembled(files, { includePaths });
      assert.deepEqual(result.messages, []);
      assert.deepEqual(result.bytes, bytes);
    });
  }

  const failures: [what: string, files: Record<string, string>, options: AssemblyOptions, message: RegExp][] = [
    [
      'names every folder',
      { 'main.asm': '%include "a.inc"' },
      { folder: '/project/boot/', includePaths: ['/project', 'inc', 'C:\\more'] },
      /cannot read `a\.inc` \(looked in \/project\/boot, \/project, \/project\/boot\/inc, C:\\more\): .*include paths/,
    ],
    [
      'names the folder of the including file',
      { 'main.asm': '%include "sub/x.inc"', 'sub/x.inc': 'incbin "none"' },
      { folder: '/project/' },
      /cannot read `none` \(looked in \/project\/sub, \/project\)/,
    ],
    [
      'says why one that is there cannot be read',
      { 'main.asm': '%include "locked.inc"' },
      { includePaths },
      /cannot read `\/project\/locked\.inc`: access is denied/,
    ],
    [
      'names no folder for an absolute path',
      { 'main.asm': '%include "/x/a.inc"' },
      { includePaths },
      /`\/x\/a\.inc`: check/,
    ],
  ];
  for (const [what, files, options, message] of failures) {
    it(`${what} when there is no file to read`, () =>
      assert.match(assembled(files, options).messages.join('\n'), message));
  }
});

describe('definitions from outside', () => {
  const rows: [text: string, source: string, bytes: number[]][] = [
    ['', '%ifdef NAME\ndb 1\n%endif', [1]],
    ['2', 'db NAME', [2]],
    ['later', '%define later 3\ndb NAME', [3]],
    ['"ab"', 'db NAME, 0', [0x61, 0x62, 0]],
    ['4', '%undef NAME\n%ifndef NAME\ndb 5\n%endif', [5]],
  ];
  for (const [text, source, bytes] of rows) {
    it(`NAME as ${JSON.stringify(text)} in ${JSON.stringify(source)}`, () => {
      const { image, messages } = assembledWith(text, source);
      assert.deepEqual(messages, []);
      assert.deepEqual(image && [...image.bytes], bytes);
    });
  }

  it('with a broken text are refused by name', () =>
    assert.match(assembledWith('%[a', 'db 1').messages[0], /the text that `NAME` is defined as: unterminated/));

  it('with an open string are refused where they are used', () => {
    assert.deepEqual(assembledWith('"a', 'db 1').messages, []);
    assert.match(assembledWith('"a', 'db NAME').messages[0], /unterminated string/);
  });

  const assembledWith = (text: string, source: string) =>
    assembled({ 'main.asm': source }, { defines: [{ name: 'NAME', text }] });
});
