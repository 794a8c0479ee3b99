// Files that a guest's source or a launch configuration may name and that are none: they are refused, and nobody waits.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nodeFiles } from '../../src/adapter/nodeHost';
import { NoSuchFile } from '../../src/debug/files';
import { hostOf } from '../../src/debug/paths';
import { InProcess, refusal } from './inProcess';

describe('reading files', function () {
  if (process.platform === 'win32') return;
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-'));
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    fs.writeFileSync(path.join(folder, 'plain.bin'), 'plain');
    fs.writeFileSync(path.join(folder, 'sparse.bin'), '');
    fs.truncateSync(path.join(folder, 'sparse.bin'), 2 ** 40);
    fs.symlinkSync('/dev/zero', path.join(folder, 'link'));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const refused: [what: string, file: string, reason: RegExp][] = [
    ['a pipe', 'pipe', /no regular file/],
    ['a device', '/dev/zero', /no regular file/],
    ['a terminal', '/dev/tty', /no regular file/],
    ['a link to a device', 'link', /no regular file/],
    ['a folder', '.', /a folder/],
    ['a file that is too large', 'sparse.bin', /1099511627776 bytes, and at most/],
    ['a file that is not there', 'gone', /no such file/],
    ['a name that cannot be one', 'a\0b', /null bytes/],
  ];
  for (const [what, file, reason] of refused) {
    it(`refuses ${what}`, () => assert.rejects(nodeFiles.read(path.resolve(folder, file)), reason));

    it(`refuses ${what} as the program, and as what a source names`, async () => {
      const client = new InProcess({}, { files: nodeFiles });
      const program = path.resolve(folder, file);
      assert.match(refusal(await client.send('launch', { program })), /cannot be read/);
      const source = path.join(folder, 'source.asm');
      fs.writeFileSync(source, `\tincbin "${path.relative(folder, program) || '.'}"\n\tnop\n`);
      const said = refusal(await client.send('launch', { program: source }));
      assert.match(said, /does not assemble: source.asm:1:/);
      assert.match(said, file === 'gone' ? /looked in/ : reason);
      client.end();
    });
  }

  it('reads a regular file', async () => {
    assert.equal(Buffer.from(await nodeFiles.read(path.join(folder, 'plain.bin'))).toString(), 'plain');
  });

  it('refuses what is larger than asked for', () =>
    assert.rejects(nodeFiles.read(path.join(folder, 'plain.bin'), 4), /5 bytes, and at most 4/));

  it('takes from /proc no more than its files say that they have', async () => {
    assert.equal((await nodeFiles.read('/proc/self/maps')).length, 0);
  });
});

describe('files on other computers', () => {
  const hosts: [path: string, host: string | undefined][] = [
    ['/home/me/a.asm', undefined],
    ['C:\\guests\\a.asm', undefined],
    ['a.asm', undefined],
    ['file:///home/me/a.asm', undefined],
    ['file://localhost/a.asm', undefined],
    ['vscode-vfs://github/me/a.asm', undefined],
    ['\\\\Evil\\share\\a.inc', 'evil'],
    ['//evil/share/a.inc', 'evil'],
    ['\\/evil/share', 'evil'],
    ['file://evil/share/a.inc', 'evil'],
    ['file:////evil/share/a.inc', 'evil'],
    ['file:/\t/evil/share', 'evil'],
    ['FILE:\\\\evil\\share', 'evil'],
    ['\\\\?\\UNC\\evil\\share', '?'],
    ['\\\\.\\pipe\\x', '.'],
  ];
  for (const [file, host] of hosts)
    it(`${JSON.stringify(file)} is on ${host ?? 'this one'}`, () => assert.equal(hostOf(file), host));

  for (const name of ['\\\\evil\\share\\a.inc', '//evil/share/a.inc', 'file://evil/a.inc', '\\\\.\\pipe\\a']) {
    it(`are not asked for by a source: ${name}`, async () => {
      const asked: string[] = [];
      const read = async (file: string): Promise<Uint8Array> => {
        asked.push(file);
        if (file !== '/me/guest.asm') throw new NoSuchFile('there is no such file');
        return new TextEncoder().encode(`%include '${name}'\nnop\n`);
      };
      const client = new InProcess({}, { files: { read } });
      assert.match(refusal(await client.send('launch', { program: '/me/guest.asm' })), /it is on another computer/);
      assert.deepEqual(
        asked.filter(file => hostOf(file) !== undefined),
        [],
      );
      client.end();
    });
  }

  it('are read where the program itself is there', async () => {
    const client = new InProcess({ '//nas/me/guest.asm': '%include "a.inc"\n', '//nas/me/a.inc': 'nop\n' });
    assert.equal(refusal(await client.send('launch', { program: '//nas/me/guest.asm', stopOnEntry: true })), '');
    client.end();
  });
});
