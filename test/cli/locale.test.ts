// Which language the command line speaks: what its own words say, else the environment.
import assert from 'node:assert/strict';
import { localeOf, takeLocale } from '../../src/cli/locale';

describe('the locale', () => {
  const taken: readonly (readonly [words: string, locale: string | undefined, rest: string])[] = [
    ['run a.asm', undefined, 'run a.asm'],
    ['--locale zh-cn run a.asm', 'zh-cn', 'run a.asm'],
    ['run --locale zh-cn a.asm --memory 2', 'zh-cn', 'run a.asm --memory 2'],
    ['run a.asm --locale=zh-cn', 'zh-cn', 'run a.asm'],
    ['run --locales a.asm', undefined, 'run --locales a.asm'],
  ];
  for (const [words, locale, rest] of taken)
    it(words, () => assert.deepEqual(takeLocale(words.split(' ')), { locale, words: rest.split(' ') }));

  it('is asked for where only the option stands', () => {
    for (const words of [
      ['run', '--locale'],
      ['run', '--locale='],
    ])
      assert.throws(() => takeLocale(words), /The option "--locale" needs a value/);
  });

  it('is what POSIX says of the environment, an empty variable being none', () => {
    const environments = [
      { LC_ALL: 'zh_CN.UTF-8', LC_MESSAGES: 'en_US', LANG: 'de_DE' },
      { LC_ALL: '', LC_MESSAGES: 'en_US', LANG: 'de_DE' },
      { LANG: 'de_DE' },
      {},
    ];
    assert.deepEqual(environments.map(localeOf), ['zh_CN.UTF-8', 'en_US', 'de_DE', 'en']);
  });
});
