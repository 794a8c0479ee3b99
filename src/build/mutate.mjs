// Removes guards of the privileged machinery and of the fast paths, one at a time, and expects that a test fails.
//
//   npm run mutate -- [words] [--open] [--shard I/N] [--sample N [--seed N]] [--seconds N] [--list]
//
// words: parts of what --list shows, which only says which mutants there are. --open: only those of the open places. --shard: the
// I-th of N parts. --sample: so many, at random, without first finding out which test comes past which mutant. --seconds: stops
// after that time. A mutant is killed by a test that fails, which is shown. One that hangs, or ends its process, is shown as such:
// on a busy machine a hang may be none.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { knownMutants, openPlaces } from './mutation/knownMutants.mjs';
import { findMutants } from './mutation/mutants.mjs';
import { suites } from './mutation/suites.mjs';
import { bundleWithMutants, isPassed, TestRuns, testsOf } from './mutation/testRuns.mjs';
import { filesBelow, root } from './testBundles.mjs';

/** A mutant hangs that takes so much longer than the original, and longer than so many milliseconds. */
const patience = 20;
const leastPatienceMs = 120_000;
/** What a sample runs: which test comes past which mutant takes too long to find out. */
const allTests = { lists: undefined, durationMs: 0, isEarly: true };

const notTried = { fate: 'not tried' };

/** Of the tests' bundles, which serve one run at a time. */
const folder = path.join(root, 'out/mutation');
const claim = path.join(folder, 'running');

const { values, positionals: words } = parseArgs({
  options: {
    sample: { type: 'string' },
    seed: { type: 'string' },
    shard: { type: 'string', default: '1/1' },
    seconds: { type: 'string', default: 'Infinity' },
    open: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const end = Date.now() + Number(values.seconds) * 1000;

/** Texts of the source files with their mutants, by path. */
const texts = new Map();
const mutants = allMutants();
const shown = ({ file, line, place, change }) => `${file}:${line} ${place}: ${change}`;
const isThat = (known, { file, place, change }) =>
  file.endsWith(known.file) && place === known.place && change.includes(known.change);
const isKnown = mutant => knownMutants.some(known => isThat(known, mutant));
const isOpen = ({ file, place }) => openPlaces.some(open => `${file} ${place}`.startsWith(open));
const gone = knownMutants.filter(known => !mutants.some(mutant => isThat(known, mutant)));

const chosen = choose(mutants.filter(mutant => !isKnown(mutant)));
console.log(
  `${mutants.length} mutants, of which ${mutants.filter(isKnown).length} are known to survive; ${chosen.length} chosen`,
);
for (const { file, place, change } of gone) console.log(`known, but not there: ${file} ${place}: ${change}`);
if (values.list) for (const mutant of chosen) console.log(shown(mutant));
else if (claimFolder()) process.exitCode = await judgeAll();
else process.exitCode = 1;

/** False, and why, if another run has the folder: two would overwrite each other's bundles. */
function claimFolder() {
  fs.mkdirSync(folder, { recursive: true });
  const other = fs.existsSync(claim) ? Number(fs.readFileSync(claim, 'utf8')) : 0;
  if (other > 0 && isAlive(other)) {
    console.error(`process ${other} removes guards here already: wait for it, or end it`);
    return false;
  }
  fs.writeFileSync(claim, String(process.pid));
  process.on('exit', () => fs.rmSync(claim, { force: true }));
  return true;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function allMutants() {
  const names = filesBelow(path.join(root, 'src'), '.ts').map(file =>
    path.relative(root, file).replaceAll(path.sep, '/'),
  );
  const found = [];
  for (const name of names.filter(file => suites.some(({ covers }) => covers.test(file))).sort()) {
    const file = path.join(root, name);
    const { text, mutants: own } = findMutants(name, fs.readFileSync(file, 'utf8'), found.length);
    texts.set(file, text);
    found.push(...own);
  }
  return found;
}

function choose(all) {
  const [part, parts] = values.shard.split('/').map(Number);
  const isNamed = mutant => words.length === 0 || words.some(word => shown(mutant).includes(word));
  const named = all.filter(mutant => isNamed(mutant) && (isOpen(mutant) || !values.open));
  const own = named.filter((_, index) => index % parts === part - 1);
  if (values.sample === undefined) return own;
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  console.log(`a sample, seed ${seed}`);
  const judged = own.filter(mutant => !isOpen(mutant));
  return shuffled(judged, seed).slice(0, Number(values.sample));
}

function shuffled(list, seed) {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  return list
    .map(item => ({ item, key: Math.imul(next() ^ (state >>> 15), 0x2c1b3c6d) >>> 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

async function judgeAll() {
  const runs = await makeRuns();
  const fates = { killed: [], hung: [], exited: [], survived: [], 'not tried': [] };
  for (const mutant of chosen) {
    const { fate, failed } = Date.now() > end ? notTried : await judge(mutant, runs.get(suiteOf(mutant)));
    fates[fate].push(mutant);
    if (fate !== 'not tried') console.log(`${fate}: ${shown(mutant)}${failed ? ` [${failed}]` : ''}`);
  }
  for (const each of runs.values()) each.stop();
  const { killed, hung, exited, survived } = fates;
  for (const fate of ['hung', 'exited', 'survived'])
    if (fates[fate].length > 0) console.log(`\n${fate}:\n${fates[fate].map(shown).join('\n')}`);
  const passed = killed.length + hung.length + exited.length;
  const wrong = survived.length + gone.length;
  console.log(`${passed} passed, ${wrong} failed, ${fates['not tried'].length} skipped`);
  return wrong > 0 ? 1 : 0;
}

function suiteOf({ file }) {
  return suites.find(({ covers }) => covers.test(file));
}

/** Those of each suite's tests, in the order of the table. */
async function makeRuns() {
  const tests = filesBelow(path.join(root, 'test'), '.test.ts', ['e2e', 'bench']);
  const used = suites.filter(suite => chosen.some(mutant => suiteOf(mutant) === suite));
  const filesOf = suite => suite.tests.flatMap(word => tests.filter(file => file.includes(word)));
  const files = [...new Set(used.flatMap(filesOf))];
  const bundles = await bundleWithMutants(files, texts, folder);
  const runsOf = suite => new TestRuns(filesOf(suite).map(file => bundles[files.indexOf(file)]));
  return new Map(used.map(suite => [suite, runsOf(suite)]));
}

/** What becomes of a mutant, and the test that fails for it. */
async function judge({ number }, runs) {
  const left = end - Date.now();
  const { lists, durationMs, isEarly } = values.sample === undefined ? testsReaching(number, runs) : allTests;
  const mostMs = Math.max(leastPatienceMs, patience * durationMs);
  const result = await runs.run(number, lists, Math.min(mostMs, left), isEarly);
  if (isPassed(result)) return { fate: 'survived' };
  if (result.failed) return { fate: 'killed', failed: result.failed };
  if (result.exited) return { fate: 'exited' };
  return left < mostMs ? notTried : { fate: 'hung' };
}

function testsReaching(number, { bundles }) {
  const tests = bundles.flatMap(testsOf).filter(({ reached }) => reached.has(number));
  return {
    lists: quickestFirst(tests),
    durationMs: tests.reduce((sum, { duration }) => sum + duration, 0),
    isEarly: tests.some(({ early }) => early.has(number)),
  };
}

/** Lists of titles, each with tests that take up to twice as long as those of the list before. */
function quickestFirst(tests) {
  const byScale = [];
  for (const { title, duration } of tests) (byScale[Math.ceil(Math.log2(Math.max(duration, 50)))] ??= []).push(title);
  return byScale.filter(titles => titles !== undefined);
}
