// Arguments of the wrong kind: every request of the table, with each of its arguments in turn being what it must not be,
// answers with a refusal that names the argument, and never with an error of Ringside's own.
import assert from 'node:assert/strict';
import { InProcess, refusal } from './inProcess';

const guest = 'bits 32\norg 0x100000\nstart: mov eax, 1\nmsg: db 1, 2, 3\nspin: jmp spin\n';

/** For each request arguments that are right; those in `wrong` are spoiled one by one. */
const requests: Record<string, { right: object; wrong: readonly string[] }> = {
  initialize: { right: {}, wrong: ['linesStartAt1', 'columnsStartAt1', 'supportsInvalidatedEvent'] },
  launch: { right: {}, wrong: ['program', 'technique', 'memoryMb', 'stopOnEntry', 'diskImage', 'boot'] },
  restart: { right: {}, wrong: ['arguments'] },
  cancel: { right: {}, wrong: ['requestId'] },
  next: { right: {}, wrong: ['granularity'] },
  stepIn: { right: {}, wrong: ['granularity', 'targetId'] },
  stepInTargets: { right: { frameId: 1 }, wrong: ['frameId'] },
  setBreakpoints: { right: { source: { path: 'guest.asm' } }, wrong: ['source', 'breakpoints', 'lines'] },
  setFunctionBreakpoints: { right: { breakpoints: [] }, wrong: ['breakpoints'] },
  setInstructionBreakpoints: { right: { breakpoints: [] }, wrong: ['breakpoints'] },
  setDataBreakpoints: { right: { breakpoints: [] }, wrong: ['breakpoints'] },
  setExceptionBreakpoints: { right: { filters: [] }, wrong: ['filters', 'filterOptions'] },
  dataBreakpointInfo: { right: { name: 'msg' }, wrong: ['name', 'variablesReference', 'bytes', 'asAddress'] },
  breakpointLocations: { right: { source: {}, line: 1 }, wrong: ['source', 'line', 'endLine'] },
  stackTrace: { right: {}, wrong: ['startFrame', 'levels'] },
  scopes: { right: { frameId: 1 }, wrong: ['frameId'] },
  variables: { right: { variablesReference: 1000 }, wrong: ['variablesReference', 'start', 'count'] },
  setVariable: {
    right: { variablesReference: 1000, name: 'eax', value: '1' },
    wrong: ['variablesReference', 'name', 'value'],
  },
  setExpression: { right: { expression: 'eax', value: '1' }, wrong: ['expression', 'value'] },
  evaluate: { right: { expression: 'eax' }, wrong: ['expression', 'context'] },
  completions: { right: { text: 'e', column: 2 }, wrong: ['text', 'column'] },
  source: { right: {}, wrong: ['source', 'sourceReference'] },
  readMemory: { right: { memoryReference: '0', count: 1 }, wrong: ['memoryReference', 'offset', 'count'] },
  writeMemory: {
    right: { memoryReference: '0', data: '' },
    wrong: ['memoryReference', 'offset', 'data', 'allowPartial'],
  },
  disassemble: {
    right: { memoryReference: '0', instructionCount: 1 },
    wrong: ['memoryReference', 'offset', 'instructionOffset', 'instructionCount'],
  },
  guestScreen: { right: {}, wrong: ['since'] },
  guestKeys: { right: { codes: [] }, wrong: ['codes'] },
  guestType: { right: { text: '' }, wrong: ['text'] },
  guestSerial: { right: { text: '' }, wrong: ['text'] },
};

/** Of no argument's type. */
const spoiled: readonly unknown[] = [{ constructor: 1 }, Number.NaN, 1e300, -0.5, [[]], 'x'.repeat(2_000_000)];
/** Some of them are of these arguments' types. */
const takesText = ['program', 'diskImage', 'name', 'value', 'expression', 'context', 'text', 'memoryReference', 'data'];
const takesObjects = ['arguments', 'source'];
const isPlain = (value: unknown): boolean => typeof value === 'object' && !Array.isArray(value);

describe('wrong arguments', () => {
  let client: InProcess;
  before(async () => (client = await InProcess.at(guest)));
  after(() => client.end());

  for (const [command, { right, wrong }] of Object.entries(requests)) {
    for (const argument of wrong) {
      it(`${command} refuses a wrong ${argument} in words`, async () => {
        for (const value of spoiled) {
          if (typeof value === 'string' && takesText.includes(argument)) continue;
          if (takesObjects.includes(argument) && isPlain(value)) continue;
          const text = refusal(await client.send(command, { program: 'guest.asm', ...right, [argument]: value }));
          assert.ok(text.includes(argument) || command === 'launch', `${String(value).slice(0, 20)}: ${text}`);
          assert.notEqual(text, '');
          assert.doesNotMatch(text, /own/);
          assert.ok(text.length < 600, text.slice(0, 700));
        }
      });
    }
  }

  const within: [what: string, command: string, args: object, message: RegExp][] = [
    [
      'a breakpoint without a line',
      'setBreakpoints',
      { source: {}, breakpoints: [{}] },
      /lacks "breakpoints\[0\].line"/,
    ],
    ['a line that is text', 'setBreakpoints', { source: {}, lines: [1, '2'] }, /"2" as "lines\[1\]".*whole number/],
    ['a breakpoint that is null', 'setFunctionBreakpoints', { breakpoints: [null] }, /lacks "breakpoints\[0\]"/],
    ['a filter that is a number', 'setExceptionBreakpoints', { filters: [5] }, /5 as "filters\[0\]".*text/],
    ['too many breakpoints', 'setBreakpoints', { source: {}, lines: Array(2000).fill(1) }, /at most 1000/],
    [
      'an access type of its own',
      'setDataBreakpoints',
      { breakpoints: [{ dataId: '0/1', accessType: 'x' }] },
      /one of/,
    ],
    ['too long an expression', 'evaluate', { expression: '1+'.repeat(50_000) }, /at most 4096 characters/],
    ['a name that every object has', 'evaluate', Object.create({ expression: 'eax' }) as object, /lacks "expression"/],
    ['arguments that are a list', 'evaluate', [], /its arguments, but it must be an object/],
  ];
  for (const [what, command, args, message] of within) {
    it(`refuse ${what}`, async () => assert.match(refusal(await client.send(command, args)), message));
  }

  it('take null for what may be left out', async () => {
    const { stackFrames } = await client.ask<{ stackFrames: object[] }>('stackTrace', {
      startFrame: null,
      levels: null,
    });
    assert.equal(stackFrames.length, 1);
  });
});
