// Paths of every kind that a client may send.
import assert from 'node:assert/strict';
import { beside, fileName, isSameFile } from '../../src/debug/paths';

describe('paths', () => {
  const besides: [path: string, name: string, expected: string][] = [
    ['/a/b/main.asm', 'more.inc', '/a/b/more.inc'],
    ['/a/b/main.asm', 'sub/more.inc', '/a/b/sub/more.inc'],
    ['/a/b/main.asm', '../more.inc', '/a/more.inc'],
    ['/a/b/main.asm', './more.inc', '/a/b/more.inc'],
    ['/a/b/main.asm', '/c/more.inc', '/c/more.inc'],
    ['main.asm', 'more.inc', 'more.inc'],
    ['../x/main.asm', '../more.inc', '../more.inc'],
    ['C:\\a\\main.asm', 'more.inc', 'C:\\a\\more.inc'],
    ['C:\\a\\main.asm', 'D:\\more.inc', 'D:\\more.inc'],
    ['vscode-vfs://github/me/main.asm', 'more.inc', 'vscode-vfs://github/me/more.inc'],
    ['vscode-vfs://github/me/main.asm', 'a b.inc', 'vscode-vfs://github/me/a%20b.inc'],
    ['memfs:/x/main.asm', '../more.inc', 'memfs:/more.inc'],
  ];
  for (const [path, name, expected] of besides) {
    it(`${name} beside ${path}`, () => assert.equal(beside(path, name), expected));
  }

  const same: [a: string, b: string, expected: boolean][] = [
    ['/a/b.asm', '/a/b.asm', true],
    ['/a/b.asm', '/a/B.asm', false],
    ['/a/x/../b.asm', '/a/b.asm', true],
    ['C:\\A\\b.asm', 'c:/a/B.asm', true],
    ['vscode-vfs://github/a%20b.asm', 'vscode-vfs://github/a b.asm', true],
    ['/b.asm', 'memfs:/b.asm', false],
  ];
  for (const [a, b, expected] of same) {
    it(`${a} and ${b} are ${expected ? '' : 'not '}the same`, () => assert.equal(isSameFile(a, b), expected));
  }

  it('have a last part', () => {
    assert.equal(fileName('/a/b.asm'), 'b.asm');
    assert.equal(fileName('C:\\a\\b.asm'), 'b.asm');
    assert.equal(fileName('memfs:/a%20b.asm'), 'a b.asm');
  });
});
