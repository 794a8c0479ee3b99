// A session in another language says everything in it. Under the pseudo-locale whatever is not translated stands out; under zh-cn the
// tour's sentences are a transcript to be read (`UPDATE_GOLDEN=1` writes it anew).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { english, speak } from '../../src/base/localization';
import { bareText } from '../bareText';
import { LocaleTour, type Said, sampleNames } from './localeTour';

const techniques = ['none', 'trapAndEmulate'];

/** Guests that end as the sample does not. */
const ends: Readonly<Record<string, string>> = {
  'a triple fault': ' bits 32\n org 0x100000\n lidt [none]\n int3\nnone: dw 0, 0, 0\n',
  'a halt': ' bits 32\n org 0x100000\n cli\n hlt\n',
  'a wait for ever':
    ' bits 32\n org 0x100000\n lidt [none]\n mov al, 0xff\n out 0x21, al\n sti\n hlt\nnone: dw 0, 0, 0\n',
  'an exit': ' bits 32\n org 0x100000\n mov al, 3\n out 0xf4, al\n',
};

/** What is code in an expression or on a stack, though it looks like words. */
const codeNames = [
  ...sampleNames,
  ...['cpl', 'iopl', 'vector', 'error', 'from', 'to', 'count', 'in', 'gva', 'gpa', 'hpa', 'launch', 'program', 'gone'],
  ...[
    'technique',
    'defines',
    'symbols',
    'disks',
    'floppies',
    'entry',
    'boot',
    'address',
    'token',
    'handlers',
    'none',
    'int',
    'greeting',
  ],
];

/** The conditions of filters may ask for the ring by that name. */
const isFilter = /^filter \w+$/;

const bareIn = (said: readonly Said[]): string[] =>
  said.flatMap(({ where, text }) => {
    const bare = bareText(text, isFilter.test(where) ? [...codeNames, 'ring'] : codeNames);
    return bare.length === 0 ? [] : [`${where}: "${bare.join(' ')}" in ${text}`];
  });

describe('a session in another language', function () {
  this.slow(10_000);
  afterEach(() => speak(english));

  for (const technique of techniques) {
    it(`leaves nothing in English, under ${technique}`, async () => {
      assert.deepEqual(bareIn(await LocaleTour.ofSample('qps-ploc', technique)), []);
    });

    it(`is what it was in Chinese, under ${technique}`, async () => {
      compare(`locale-tour.zh-cn.${technique}.txt`, await LocaleTour.ofSample('zh-cn', technique));
    });

    for (const [end, source] of Object.entries(ends))
      it(`says of ${end} nothing in English, under ${technique}`, async () => {
        assert.deepEqual(bareIn(await LocaleTour.ofGuest('qps-ploc', technique, source)), []);
      });
  }

  it('leaves nothing in English at an instruction that is sensitive and silent', async () => {
    const source = ' bits 32\n org 0x100000\n nop\n pushf\n hlt\n';
    assert.deepEqual(bareIn(await LocaleTour.ofStop('qps-ploc', 'sensitive', 'trapAndEmulate', source)), []);
  });
});

/** A line for each text that has something translated in it, but for variables, which are many. */
function compare(name: string, said: readonly Said[]): void {
  const lines = said
    .filter(({ text, isVariable }) => !isVariable && /\p{Script=Han}/u.test(text))
    .map(({ where, text }) => `${where} · ${text}`);
  const file = path.resolve('test/adapter/golden', name);
  const text = `${[...new Set(lines)].join('\n')}\n`;
  if (process.env.UPDATE_GOLDEN) fs.writeFileSync(file, text);
  assert.equal(text, fs.readFileSync(file, 'utf8'));
}
