// Every text that a user sees exists in each language: package.json's %keys%, the editor's l10n.t messages, and the texts of
// all else, t`…` and marked`…` (src/base/localization.ts). `UPDATE_CATALOGUE=1` adds to the catalogue what is missing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { keyOf, speak, english, t, marked, translated } from '../src/base/localization';
import { languageOf } from '../src/adapter/languages';
import { handlerFiles, statementsOf } from '../src/monitor/statements';
import '../src/monitor/techniques';
import { glossary } from './glossary';

const read = (file: string) => JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, string>;
const placeholders = (text: string) => [...new Set(text.match(/\{\d+\}/g))].sort();
const catalogueFile = 'media/l10n/bundle.l10n.zh-cn.json';
const tags: readonly string[] = [t.name, marked.name];

/** The texts of `file`: the first argument of every `….l10n.t('…')`, and every template with one of our tags. */
function textsIn(file: string): string[] {
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText().endsWith('l10n.t')) {
      const [text] = node.arguments;
      assert.ok(ts.isStringLiteral(text), `${file}: l10n.t needs a literal, not ${text.getText()}`);
      found.push(text.text);
    }
    if (ts.isTaggedTemplateExpression(node) && tags.includes(node.tag.getText()))
      found.push(templateKey(node.template));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const templateKey = (template: ts.TemplateLiteral): string =>
  ts.isNoSubstitutionTemplateLiteral(template)
    ? template.text
    : keyOf([template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)]);

/** What the comments in the monitor's source are called that group its lines. */
const headings = (): string[] =>
  handlerFiles().flatMap(file => statementsOf(file).flatMap(({ heading }) => heading?.title ?? []));

const sourceFiles = (folder: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => path.join(folder, name));

describe('localization', () => {
  const englishNames = read('package.nls.json');
  const chineseNames = read('package.nls.zh-cn.json');
  const catalogue = read(catalogueFile);

  it('package.nls.json has exactly the %keys% that package.json uses', () => {
    const used = [...fs.readFileSync('package.json', 'utf8').matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key);
    assert.deepEqual(Object.keys(englishNames).sort(), [...new Set(used)].sort());
  });

  it('package.nls.zh-cn.json has the same keys', () => {
    assert.deepEqual(Object.keys(chineseNames).sort(), Object.keys(englishNames).sort());
  });

  it('the catalogue has exactly the texts of the source, in alphabetical order', () => {
    const used = [...new Set([...sourceFiles('src').flatMap(textsIn), ...headings()])].sort();
    // what is new is written with an empty translation, for somebody to fill in
    if (process.env.UPDATE_CATALOGUE) {
      const texts = Object.fromEntries(used.map(text => [text, catalogue[text] ?? '']));
      fs.writeFileSync(catalogueFile, `${JSON.stringify(texts, undefined, 2)}\n`);
    }
    assert.deepEqual(Object.keys(catalogue), used);
  });

  it('the catalogue has a translation for each', () => {
    assert.deepEqual(
      Object.keys(catalogue).filter(text => catalogue[text] === ''),
      [],
    );
  });

  it('translations keep the placeholders', () => {
    for (const [text, own] of Object.entries(catalogue)) assert.deepEqual(placeholders(own), placeholders(text), text);
  });
});

/** What of a text is not code: what stands in quotes keeps its English. */
const prose = (text: string): string => text.replace(/`[^`]*`|"[^"]*"/g, ' ');

describe('the glossary', () => {
  const chineseNames = read('package.nls.zh-cn.json');
  const contributed = Object.entries(read('package.nls.json')).map(([key, text]) => [text, chineseNames[key]]);
  const texts = [...contributed, ...Object.entries(read(catalogueFile))];

  it('has no term twice', () => {
    const terms = glossary.map(([term]) => term);
    assert.deepEqual(terms, [...new Set(terms)]);
    assert.ok(terms.length >= 60);
  });

  for (const [term, ...own] of glossary) {
    it(`${term}: ${own.join(', ')}`, () => {
      const word = new RegExp(`(?<![-%\\w])${term}(s|es)?(?![-\\w])`, 'i');
      const others = texts.filter(
        ([text, chinese]) => word.test(prose(text)) && chinese !== '' && !own.some(said => chinese.includes(said)),
      );
      assert.deepEqual(others, [], 'says it in other words');
    });
  }
});

describe('languages', () => {
  afterEach(() => speak(english));

  it('are found by the names that editors and environments give them', () => {
    const named = ['zh-CN', 'zh_CN.UTF-8', 'zh', 'zh-Hans', 'zh-TW', 'de', 'C.UTF-8', '', 'qps-ploc'];
    assert.deepEqual(
      named.map(name => languageOf(name).locale),
      ['zh-cn', 'zh-cn', 'zh-cn', 'zh-cn', 'en', 'en', 'en', 'en', 'qps-ploc'],
    );
  });

  it('put values where the translation wants them', () => {
    const mark = marked`a thing`;
    const say = () => [t`${1} of ${'{0}'}`, translated(mark)];
    assert.deepEqual(say(), ['1 of {0}', 'a thing']);
    speak({ locale: 'test', textFor: key => ({ '{0} of {1}': '{1}: {0}', 'a thing': 'ein Ding' })[key] });
    assert.deepEqual(say(), ['{0}: 1', 'ein Ding']);
  });
});
