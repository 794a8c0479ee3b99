// Error codes in words, against what the manual's figures 4-12 and 6-7 say.
import assert from 'node:assert/strict';
import { errorCodeText } from '../../src/debug/errorCode';
import { parseHitCondition } from '../../src/debug/hitCondition';

describe('error codes', () => {
  const texts: [vector: number, code: number, text: string | undefined][] = [
    [14, 0, 'a read from supervisor mode (CPL 0 to 2): the page is not present'],
    [14, 2, 'a write from supervisor mode (CPL 0 to 2): the page is not present'],
    [14, 7, 'a write from user mode (CPL 3): the page is present, but does not allow this'],
    [14, 9, 'a read from supervisor mode (CPL 0 to 2): a reserved bit is set in a page-table entry'],
    [13, 0, undefined],
    [13, 0x18, "the GDT, selector 0x0018, by the program's own doing"],
    [13, 0x1c, "the LDT, selector 0x001c, by the program's own doing"],
    [11, 0x81 * 8 + 3, 'the IDT, vector 0x81, while an event was being delivered'],
    [13, 0x80 * 8 + 2, "the IDT, vector 0x80, by the program's own doing"],
    [8, 0, undefined],
    [17, 0, undefined],
  ];
  for (const [vector, code, text] of texts) {
    it(`${vector}: ${code}`, () => assert.equal(errorCodeText(vector, code), text));
  }
});

describe('hit conditions', () => {
  const stops: [condition: string, hits: number[]][] = [
    ['3', [3]],
    ['== 3', [3]],
    ['=3', [3]],
    ['>= 5', [5, 6, 7]],
    ['>5', [6, 7]],
    ['< 3', [1, 2]],
    ['<=3', [1, 2, 3]],
    ['% 3', [3, 6]],
    ['%0', []],
    ['0x2', [2]],
  ];
  for (const [condition, hits] of stops) {
    it(condition, () => {
      const holds = parseHitCondition(condition);
      assert.deepEqual([1, 2, 3, 4, 5, 6, 7].filter(holds), hits);
    });
  }
  for (const wrong of ['', 'x', '> ', '3 4', '!= 3']) {
    it(`refuses "${wrong}"`, () => assert.throws(() => parseHitCondition(wrong), /is not understood/));
  }
});
