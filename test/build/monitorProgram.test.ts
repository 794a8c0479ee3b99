// The form of handlers that can stop before every statement, made of small ones: where it stops, what it shows there, what
// it calls and does; and what is refused because it could not be stepped.

import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import type { Exit } from '../../src/monitor/exit';
import * as statements from '../../src/monitor/statements';
import { type Sentences, Visit } from '../../src/monitor/visit';

interface Builder {
  withSteppingForms(text: string, name: string): { text: string; problems: string[] };
}
type Handle = (did: unknown[]) => void;

const file = 'monitor/made/handlers.ts';
const exit: Exit = { kind: 'emulation' };

async function made(text: string): Promise<{ text: string; problems: string[] }> {
  const builder = (await import(pathToFileURL(path.resolve('src/build/monitorProgram.mjs')).href)) as Builder;
  return builder.withSteppingForms(text, file);
}

/** The handler `handle` of `text`, with its stepping form set. */
async function compiled(text: string): Promise<Handle> {
  const { text: stepping, problems } = await made(text);
  assert.deepEqual(problems, []);
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const program = ts.transpileModule(stepping, { compilerOptions: options }).outputText;
  const exports: { handle?: Handle } = {};
  const run = compileFunction(program, ['exports', 'require']) as (exports: object, require: () => object) => void;
  run(exports, () => statements);
  if (!exports.handle) throw new Error('no handle');
  return exports.handle;
}

const visitOf = (handle: Handle, did: unknown[], sentences: Sentences = {}): Visit =>
  Visit.by(
    {
      exit,
      purpose: () => 'guest',
      cause: () => '',
      trapped: () => undefined,
      pushed: () => undefined,
      about: undefined,
      sentences,
      localTexts: {},
    },
    handle,
    did,
  );

interface Stepped {
  /** `line: local=value …` of each stop; callers behind, if there are any */
  readonly stops: readonly string[];
  readonly did: readonly unknown[];
}

function stepped(handle: Handle): Stepped {
  const did: unknown[] = [];
  const stops: string[] = [];
  const visit = visitOf(handle, did);
  while (visit.next(() => true, false)) {
    const frames = visit.stack.map(({ statement, locals }) => {
      const shown = Object.entries(locals).filter(([name]) => name !== 'did');
      return `${statement.line}:${shown.map(([name, value]) => ` ${name}=${String(value)}`).join('')}`;
    });
    stops.push(frames.join(' < '));
  }
  return { stops, did };
}

const rows: [what: string, lines: string[], stops: string[]][] = [
  ['statements in their order', ['did.push(1);', 'did.push(2);'], ['2:', '3:']],
  [
    'locals as they come to be',
    ['const a = 1;', 'const { b, c: [d] } = { b: 2, c: [3] };', 'did.push(a + b + d);'],
    ['2:', '3: a=1', '4: a=1 b=2 d=3'],
  ],
  [
    'branches with and without braces',
    ['const a = did.length;', 'if (a === 0) did.push(1);', 'else if (a > 9) did.push(2);', 'else { did.push(3); }'],
    ['2:', '3: a=0', '3: a=0'],
  ],
  [
    'an `else if` where it is reached',
    ['if (did.length > 0) did.push(1);', 'else if (did.length > 1) did.push(2);', 'else did.push(3);'],
    ['2:', '3:', '4:'],
  ],
  [
    'loops, with their variable',
    ['for (let i = 0; i < 2; i++) did.push(i);', 'for (const x of [7]) {', '  did.push(x);', '}'],
    ['2:', '2: i=0', '2: i=1', '3:', '4: x=7'],
  ],
  [
    'a switch, but not its breaks',
    ['switch (did.length) {', '  case 0:', '    did.push(1);', '    break;', '  default:', '    did.push(2);', '}'],
    ['2:', '4:'],
  ],
  [
    'what is thrown and caught',
    ['try {', '  throw 5;', '} catch (error) {', '  did.push(error);', '}'],
    ['2:', '3:', '5: error=5'],
  ],
  [
    'calls, with the caller behind, and what they give',
    ['const a = 1;', 'const b = twice(did, a) + twice(did, 2);', 'did.push(b);'],
    ['2:', '3: a=1', '7: n=1 < 3: a=1', '8: n=1 m=2 < 3: a=1', '7: n=2 < 3: a=1', '8: n=2 m=4 < 3: a=1', '4: a=1 b=6'],
  ],
  ['nothing in callbacks', ['did.push([1, 2].map(x => x + 1).length);'], ['2:']],
];

describe('stepping forms', () => {
  for (const [what, lines, stops] of rows) {
    it(`stop at ${what}`, async () => {
      const handle = await compiled(`export function handle(did: unknown[]): void {
${lines.join('\n')}
}
${'\n'.repeat(Math.max(0, 3 - lines.length))}function twice(did: unknown[], n: number): number {
  const m = n * 2;
  return (did.push(n), m);
}
`);
      const plain: unknown[] = [];
      handle(plain);
      const { stops: found, did } = stepped(handle);
      assert.deepEqual(found, stops);
      assert.deepEqual(did, plain);
    });
  }

  const headed = `export function handle(did: unknown[]): void {
  // check: is there
  // anything?
  const a = 1;
  did.push(a);

  did.push(2);
  for (const x of [1, 2]) {
    // emulate: once each
    did.push(x);
  }
}
`;
  const sentences: Sentences = {
    handle: {
      check: {
        before: ({ did }) => (did as unknown[]).length,
        tell: ({ a }, before) => `${String(before)} ${String(a)}`,
      },
      emulate: { tell: ({ x }) => ({ kind: 'inject', text: String(x) }) },
    },
  };

  it('know the headings of their lines, up to the next empty one', async () => {
    const visit = visitOf(await compiled(headed), []);
    const found: (string | undefined)[] = [];
    while (visit.next(() => true, false)) found.push(visit.heading && `${visit.heading.kind}: ${visit.heading.title}`);
    const check = 'check: is there anything?';
    assert.deepEqual(found, [check, check, undefined, undefined, 'emulate: once each', 'emulate: once each']);
  });

  it('leave a sentence for every stage when its lines are passed, to whoever watches', async () => {
    const handle = await compiled(headed);
    const watched = visitOf(handle, [], sentences);
    assert.equal(
      watched.next(() => false, true),
      false,
    );
    assert.deepEqual(watched.stages, [
      { kind: 'check', text: '0 1' },
      { kind: 'inject', text: '1' },
      { kind: 'inject', text: '2' },
    ]);
    const unwatched = visitOf(handle, [], sentences);
    unwatched.next(() => true, false);
    unwatched.finish();
    assert.deepEqual(unwatched.stages, []);
    assert.equal(unwatched.isUnderWay, false);
  });

  it('stop only where they are asked to, and can be left to themselves from there', async () => {
    const did: unknown[] = [];
    const visit = visitOf(await compiled(headed), did);
    assert.equal(
      visit.next(({ line }) => line === 7, false),
      true,
    );
    assert.deepEqual(did, [1]);
    assert.equal(visit.position, 3);
    visit.finish();
    assert.deepEqual(did, [1, 2, 1, 2]);
    visit.finish();
    assert.deepEqual(did, [1, 2, 1, 2]);
  });

  it('leave the source as it is, so that its lines keep their numbers', async () => {
    const { text } = await made(headed);
    assert.ok(text.startsWith(headed));
  });

  const refused: [what: string, lines: string, problem: RegExp][] = [
    ['a generator', 'function* handle() {}', /:1: .*generator/],
    ['an async handler', 'async function handle() {}', /:1: .*async/],
    ['a handler in a callback', 'function handle() { [1].map(() => handle()); }', /:1: .*callback: handle/],
    ['a callback with statements', 'function handle() { [1].map(x => { return x; }); }', /:1: .*expression only/],
    ['a handler that is handed around', 'function handle() {}\nconst h = handle;', /:2: .*only be called/],
    ['a call from outside', 'function handle() {}\nconst h = () => handle();', /:2: only a handler may call/],
    ['functions within', 'function handle() {\n  function inner() {}\n}', /:2: functions, classes and labels/],
    ['var', 'function handle() {\n  var a = 1;\n}', /:2: `var`/],
    ['one stage twice', 'function handle() {\n  // check: a\n  f();\n  // check: b\n  g();\n}', /:5: .*second "check"/],
  ];
  for (const [what, lines, problem] of refused) {
    it(`refuse ${what}`, async () => assert.match((await made(lines)).problems.join('\n'), problem));
  }

  it('refuse headings that name no stage', async () =>
    assert.rejects(
      compiled('export function handle(did: unknown[]): void {\n  // wonder: why?\n  did.pop();\n}'),
      /names no stage/,
    ));

  it('know handlers of other files', async () => {
    const { text, problems } = await made(`import { other } from '../handlers/other';
import { helper } from '../helper';
export function handle() { other(1); helper(2); }`);
    assert.deepEqual(problems, []);
    assert.match(text, /\(yield\* \$visit\.call\(other, 1\)\)/);
    assert.match(text, /yield; helper\(2\)/);
  });
});
