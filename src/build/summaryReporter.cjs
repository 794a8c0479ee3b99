// Mocha's usual report, closed by what the tests themselves have to say (`test/summary.ts`) and by the one line that scripts read.
const { reporters } = require('mocha');

const notesBelow = suite => [...(suite.notes ?? []), ...suite.suites.flatMap(notesBelow)];

module.exports = class SummaryReporter extends reporters.Spec {
  epilogue() {
    super.epilogue();
    for (const note of new Set(notesBelow(this.runner.suite))) console.log(`  ${note}`);
    const { passes, failures, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
  }
};
