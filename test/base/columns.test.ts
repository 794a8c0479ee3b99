// How much room texts take in a terminal, and how they are made to fit.
import assert from 'node:assert/strict';
import { columnsOf, cut, padded, wrapped } from '../../src/base/columns';

describe('columns of a terminal', () => {
  it('are two for an East Asian character', () => {
    assert.deepEqual(['', 'ring', '拦截', 'CPL 为 3，', '→ …', '⟦x⟧'].map(columnsOf), [0, 4, 4, 10, 3, 3]);
  });

  it('are filled up, and never cut by that', () => {
    assert.deepEqual(
      ['拦截', 'emulate', 'long enough'].map(text => `${padded(text, 7)}|`),
      ['拦截   |', 'emulate|', 'long enough|'],
    );
  });

  it('are cut before a character that has no room', () => {
    assert.deepEqual([cut('按键发送', 5), cut('abc', 5), cut('ab客a', 3)], ['按键', 'abc', 'ab']);
  });

  it('hold text that is broken between words and between Chinese characters, but not before punctuation', () => {
    assert.deepEqual(wrapped('runs a guest to its end', 10), ['runs a', 'guest to', 'its end']);
    assert.deepEqual(wrapped('运行客户机，输出到 COM1（串口）。', 11), [
      '运行客户',
      '机，输出到',
      'COM1（串',
      '口）。',
    ]);
    assert.deepEqual(wrapped('', 10), ['']);
  });
});
