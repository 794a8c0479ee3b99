// A process that has loaded bundles of tests, named by its parameters, and runs tests of them with one mutant after the other:
// `{ mutant, titles }` comes in, the title of the first that fails goes out, or none.
const Mocha = require('mocha');

const mocha = new Mocha({ reporter: class {}, timeout: 0, bail: true });
mocha.cleanReferencesAfterRun(false);
for (const file of process.argv.slice(2)) mocha.addFile(file);
mocha.loadFiles();

const escaped = title => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

process.on('message', ({ mutant, titles, otherThan }) => {
  for (const set of globalThis.__setMutant) set(mutant);
  mocha.options.invert = titles === undefined;
  mocha.grep(new RegExp(titles === undefined ? otherThan : `^(${titles.map(escaped).join('|')})$`));
  const result = {};
  mocha.run(() => process.send(result)).once('fail', test => (result.failed = test.fullTitle()));
});
