// Whole sources against nasm -f bin: the corpus that covers the dialect, every sample, and random programs whose
// branches depend on each other.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { assemble } from '../../src/asm/assemble';
import { hasNasm, runNasm } from './nasm';
import { randomSource } from './randomSource';
import { skipBecause } from '../summary';

const root = process.cwd();

function sourcesBelow(folder: string): string[] {
  const absolute = path.join(root, folder);
  if (!fs.existsSync(absolute)) return [];
  const entries = fs.readdirSync(absolute, { recursive: true, encoding: 'utf8' });
  return entries.filter(name => name.endsWith('.asm')).map(name => path.join(absolute, name));
}

const readBytes = (name: string) => (fs.existsSync(name) ? new Uint8Array(fs.readFileSync(name)) : undefined);
const files = {
  text: (name: string) => (fs.existsSync(name) ? fs.readFileSync(name, 'utf8') : undefined),
  bytes: readBytes,
};

/** Where two images part, with the source line that ours has there. */
function compare(file: string, expected: Uint8Array | undefined, nasmMessages: string, sources = files) {
  const { image, diagnostics } = assemble(file, sources, { longMode: true });
  const errors = diagnostics.filter(diagnostic => diagnostic.severity === 'error');
  assert.deepEqual(
    errors.map(({ position, message }) => `${position.file}:${position.line}: ${message}`),
    [],
  );
  assert.ok(expected, `nasm refuses what we assemble: ${nasmMessages.slice(0, 500)}`);
  if (!image || Buffer.compare(image.bytes, expected) === 0) return;
  const at = expected.findIndex((byte, index) => byte !== image.bytes[index]);
  const where = at < 0 ? expected.length : at;
  const line = image.lines.findLast(({ imageOffset = Infinity }) => imageOffset <= where);
  const shown = (bytes: Uint8Array) => Buffer.from(bytes.subarray(where, where + 12)).toString('hex');
  assert.fail(
    `at 0x${where.toString(16)} (line ${line?.position.line}): nasm ${shown(expected)}, ours ${shown(image.bytes)}`,
  );
}

describe('whole sources, against nasm', () => {
  before(function () {
    if (!hasNasm()) skipBecause(this, 'nasm is not installed');
  });

  for (const file of [...sourcesBelow('test/asm/corpus'), ...sourcesBelow('media/samples')]) {
    it(path.relative(root, file), () => {
      const { bytes, messages } = runNasm(fs.readFileSync(file, 'utf8'), path.dirname(file));
      compare(file, bytes, messages);
    });
  }

  it('120 random programs', () => {
    const refused: number[] = [];
    for (let seed = 1; seed <= 120; seed++) {
      const source = randomSource(seed, 30);
      const { bytes, messages } = runNasm(source);
      const sources = {
        text: (name: string) => (name === `seed ${seed}` ? source : undefined),
        bytes: () => undefined,
      };
      if (bytes) compare(`seed ${seed}`, bytes, messages, sources);
      else if (assemble(`seed ${seed}`, sources, { longMode: true }).image) refused.push(seed);
    }
    assert.deepEqual(refused, [], 'seeds that nasm refuses and we do not');
  });
});
