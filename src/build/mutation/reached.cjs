// Loaded by mocha when nothing is removed: notes which mutants each test comes past, and how long it takes. Those that are come
// past outside of tests, when modules are loaded, are listed apart. Writes it to the file that RINGSIDE_REACHED names.
const fs = require('node:fs');

const always = new Set();
const tests = [];
globalThis.__reachedMutants = { now: always };

exports.mochaHooks = {
  beforeEach() {
    globalThis.__reachedMutants.now = new Set();
  },
  afterEach() {
    const { currentTest: test } = this;
    tests.push({ title: test.fullTitle(), duration: test.duration ?? 0, reached: globalThis.__reachedMutants.now });
    globalThis.__reachedMutants.now = always;
  },
};

process.on('exit', () => {
  const listed = tests.map(test => ({ ...test, reached: [...test.reached] }));
  fs.writeFileSync(process.env.RINGSIDE_REACHED, JSON.stringify({ always: [...always], listed }));
});
