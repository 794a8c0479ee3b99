// Every text that a user sees exists in each language: package.json's %keys% and the code's l10n.t messages.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import ts from 'typescript';

const read = (file: string) => JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, string>;
const placeholders = (text: string) => (text.match(/\{\d+\}/g) ?? []).sort();

/** The first argument of every call `….l10n.t('…')` in `file`; anything but a literal could not be translated. */
function messages(file: string): string[] {
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText().endsWith('l10n.t')) {
      const [text] = node.arguments;
      assert.ok(ts.isStringLiteral(text), `${file}: l10n.t needs a literal, not ${text.getText()}`);
      found.push(text.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('localization', () => {
  const english = read('package.nls.json');
  const chinese = read('package.nls.zh-cn.json');

  it('package.nls.json has exactly the %keys% that package.json uses', () => {
    const used = [...fs.readFileSync('package.json', 'utf8').matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key);
    assert.deepEqual(Object.keys(english).sort(), [...new Set(used)].sort());
  });

  it('package.nls.zh-cn.json has the same keys', () => {
    assert.deepEqual(Object.keys(chinese).sort(), Object.keys(english).sort());
  });

  it('the bundles have exactly the messages that the editor shows', () => {
    const sources = fs.readdirSync('src/editor').map(name => `src/editor/${name}`);
    const used = [...new Set(sources.flatMap(messages))].sort();
    assert.deepEqual(Object.keys(read('media/l10n/bundle.l10n.json')).sort(), used);
    assert.deepEqual(Object.keys(read('media/l10n/bundle.l10n.zh-cn.json')).sort(), used);
  });

  it('translations keep the placeholders', () => {
    for (const [text, translated] of Object.entries(read('media/l10n/bundle.l10n.zh-cn.json'))) {
      assert.deepEqual(placeholders(translated), placeholders(text), text);
    }
  });
});
