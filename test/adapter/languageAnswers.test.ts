// What the language worker tells the editor about a source that is a part of a larger program.
import assert from 'node:assert/strict';
import { answer } from '../../src/adapter/language';

function messages(text: string): string[] {
  const sources = { folder: '/p', cwd: '/p', includePaths: [], defines: [] };
  const found = answer({
    kind: 'assemble',
    id: 1,
    main: 'a.asm',
    files: new Map([['a.asm', text]]),
    listing: false,
    locale: 'en',
    sources,
  });
  assert.equal(found.kind, 'assembled');
  return found.kind === 'assembled' ? found.diagnostics.map(({ message }) => message.replace(/:.*/, '')) : [];
}

describe('checking a source while it is typed', () => {
  it('does not complain about symbols of other parts, only about what no part can have', () => {
    assert.deepEqual(messages('extern print\nglobal main\nmain: call print\ncommon room 4\nmov [room], eax\nret'), []);
    assert.deepEqual(messages('common room 4\nsection .data\ndd 5'), []);
    assert.deepEqual(messages('extern print\ncall print\ncall gone'), ['`gone` is not defined']);
  });

  it('judges a source that stands alone as a flat image', () => {
    assert.deepEqual(messages('org 0x7c00\nextern unused\nmov ax, 5'), []);
  });
});
