// Text to be typed, in as many requests as it takes.
import assert from 'node:assert/strict';
import { longestText, typeRequests } from '../../src/shared/guestInput';
import { typed } from '../../src/shared/scanCodes';

describe('text to be typed', () => {
  const texts: [what: string, text: string, requests: number][] = [
    ['nothing', '', 0],
    ['as much as one request takes', 'x'.repeat(longestText), 1],
    ['more', 'x'.repeat(longestText + 1), 2],
    ['a line that ends between two requests', `${'x'.repeat(longestText - 1)}\r\ny`, 2],
  ];
  for (const [what, text, count] of texts)
    it(`goes in ${count} requests if it is ${what}`, () => {
      const requests = typeRequests(text);
      assert.equal(requests.length, count);
      assert.ok(requests.every(request => request.text.length <= longestText));
      assert.deepEqual(
        requests.flatMap(request => typed(request.text).codes),
        typed(text).codes,
      );
    });
});
