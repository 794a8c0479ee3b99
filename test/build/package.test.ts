// What is shipped: the files of the package, and the licences of all that is bundled in them. It judges dist/ as it was built.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { listFiles } from '@vscode/vsce';

/** Of what an installed extension reads nothing else is its own. */
const shipped = [
  /^(README|CHANGELOG)\.md$/,
  /^LICENSE$/,
  /^package(\.nls(\.[\w-]+)?)?\.json$/,
  /^dist\/[\w.]+\.(css|js|json|wasm)$/,
  /^dist\/NOTICES\.txt$/,
  /^media\/(icon\.png$|(l10n|samples|walkthrough)\/)/,
  /^syntaxes\//,
];

const packageOf = (source: string): string | undefined =>
  /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1];

/** The packages whose code is in the bundles of dist/, by their source maps; the disassembler is a bundle of its own. */
function bundledPackages(): Set<string> {
  const maps = fs.readdirSync('dist').filter(file => file.endsWith('.map'));
  const sources = maps.flatMap(file => {
    return (JSON.parse(fs.readFileSync(path.join('dist', file), 'utf8')) as { sources: string[] }).sources;
  });
  return new Set(['iced-x86', ...sources.flatMap(source => packageOf(source) ?? [])]);
}

describe('the package', () => {
  let files: string[];
  before(async () => (files = await listFiles({ cwd: process.cwd(), dependencies: false } as never)));

  it('holds what an installed extension reads, and nothing else', () => {
    assert.deepEqual(
      files.filter(file => !shipped.some(pattern => pattern.test(file))),
      [],
    );
  });

  it('holds all that the manifest and the bundles name', () => {
    for (const file of [
      'extension.js',
      'extension.web.js',
      'adapter.js',
      'language.js',
      'worker.web.js',
      'iced_x86.js',
      ...['memory', 'rings', 'screen'].flatMap(page => [`${page}.css`, `${page}.js`]),
      'page.css',
      'ownSources.json',
    ])
      assert.ok(files.includes(`dist/${file}`), file);
    for (const file of ['dist/iced_x86_bg.wasm', 'media/icon.png', 'media/samples/first-trap/first-trap.asm'])
      assert.ok(files.includes(file), file);
  });
});

describe("README.md's pictures", () => {
  it('are there, and small', () => {
    const pictures = [...fs.readFileSync('README.md', 'utf8').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(
      ([, file]) => file,
    );
    assert.deepEqual(pictures.map(file => path.basename(file)).sort(), fs.readdirSync('media/pictures').sort());
    const bytes = pictures.reduce((sum, file) => sum + fs.statSync(file).size, 0);
    assert.ok(bytes < 250_000, `${bytes} bytes`);
  });
});

describe('the notices', () => {
  const notices = fs.readFileSync('dist/NOTICES.txt', 'utf8');
  for (const name of bundledPackages()) {
    it(`hold the licence of ${name}, whose code is bundled`, () => {
      const folder = path.join('node_modules', name);
      const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string };
      const licence = fs.readdirSync(folder).find(file => /^licen[cs]e/i.test(file));
      assert.ok(licence !== undefined, 'the package has a licence file');
      const text = fs.readFileSync(path.join(folder, licence), 'utf8').trim();
      assert.ok(notices.includes(`${name} ${version}\n\n${text}`));
    });
  }

  it('hold the licences of the crates within the WebAssembly that is bundled', () => {
    const wasm = fs.readFileSync('node_modules/iced-x86/iced_x86_bg.wasm', 'latin1');
    const crates = [...wasm.matchAll(/registry\/src\/[^/]+\/([a-z_-]+)-\d/g)].map(([, crate]) => crate);
    assert.ok(crates.length > 0, 'paths in its messages name them');
    for (const crate of [...crates, "Rust's standard library", 'wasm-bindgen'])
      assert.match(notices, new RegExp(`^${crate}\n\nCopyright .*\n\nPermission is hereby granted`, 'm'));
  });

  it('are of more than one package', () => assert.ok(bundledPackages().size > 1));
});
