// Keys as a terminal sends them, and what the guest's keyboard sends then.
import assert from 'node:assert/strict';
import { scanCodesOf } from '../../../src/cli/screen/terminalKeys';

const hex = (codes: readonly number[]): string => codes.map(code => code.toString(16).padStart(2, '0')).join(' ');

describe('keys of a terminal', () => {
  const keys: [what: string, sent: string, codes: string][] = [
    ['a letter', 'a', '1e 9e'],
    ['a capital letter', 'A', '2a 1e 9e aa'],
    ['Enter', '\r', '1c 9c'],
    ['Backspace', '\x7f', '0e 8e'],
    ['Tab', '\t', '0f 8f'],
    ['Escape', '\x1b', '01 81'],
    ['Ctrl+D', '\x04', '1d 20 a0 9d'],
    ['Ctrl+H', '\b', '1d 23 a3 9d'],
    ['Alt+x', '\x1bx', '38 2d ad b8'],
    ['Alt+X', '\x1bX', '38 2a 2d ad aa b8'],
    ['arrow up', '\x1b[A', 'e0 48 e0 c8'],
    ['arrow up in application mode', '\x1bOA', 'e0 48 e0 c8'],
    ['Shift+arrow left', '\x1b[1;2D', '2a e0 4b e0 cb aa'],
    ['Ctrl+Alt+Delete', '\x1b[3;7~', '38 1d e0 53 e0 d3 9d b8'],
    ['F1', '\x1bOP', '3b bb'],
    ['F12', '\x1b[24~', '58 d8'],
    ['a sequence of no key', '\x1b[99~', ''],
    ['a character of no key', '中', ''],
    ['several at once', 'a\x1b[Bb\x1b\x1b', '1e 9e e0 50 e0 d0 30 b0 01 81 01 81'],
  ];
  for (const [what, sent, codes] of keys)
    it(`${what} are scan codes`, () => assert.equal(hex(scanCodesOf(sent)), codes));
});
