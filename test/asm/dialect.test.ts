// Small sources in the manners found in the wild, each judged by nasm -f bin on its own: bytes, acceptance and refusal.
// They stand in test/asm/dialect/*.cases, one behind the other, each below a line `;= what it is about`.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { assemble } from '../../src/asm/assemble';
import { hasNasm, runNasm } from './nasm';

const folder = path.join(process.cwd(), 'test/asm/dialect');

interface Case {
  readonly title: string;
  readonly source: string;
}

function casesIn(file: string): Case[] {
  const [, ...blocks] = fs.readFileSync(path.join(folder, file), 'utf8').split(/^;= /m);
  return blocks.map(block => {
    const end = block.indexOf('\n');
    return { title: block.slice(0, end), source: block.slice(end + 1) };
  });
}

/** Sources where we differ from nasm with intent say so in their title. */
const deliberate = /\((taken|refused) here\)$/;

function judge({ title, source }: Case) {
  const { bytes, messages } = runNasm(source);
  const files = { text: (name: string) => (name === 'main.asm' ? source : undefined), bytes: () => undefined };
  const { image, diagnostics } = assemble('main.asm', files, { longMode: true });
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(error => error.message);
  const intent = deliberate.exec(title)?.[1];
  if (intent) {
    assert.equal(bytes === undefined, intent === 'taken', 'nasm is expected to judge otherwise');
    return assert.equal(image !== undefined, intent === 'taken', errors.join('\n'));
  }
  assert.deepEqual(errors, bytes ? [] : errors, 'nasm takes it');
  assert.ok(bytes ?? !image, `nasm refuses it: ${messages}`);
  assert.equal(hex(image?.bytes), hex(bytes));
}

const hex = (bytes: Uint8Array | undefined) => (bytes ? Buffer.from(bytes).toString('hex') : undefined);

describe('the dialect, against nasm', () => {
  before(function () {
    if (!hasNasm()) this.skip();
  });

  const files = fs.readdirSync(folder);
  for (const file of files) {
    describe(file, () => {
      for (const each of casesIn(file)) it(each.title, () => judge(each));
    });
  }

  it('is shown by at least 300 sources', () => {
    assert.ok(files.flatMap(casesIn).length >= 300);
  });
});
