// Clients that send anything, in any order: every request gets one answer, soon, and none is an error of Ringside's own.
import assert from 'node:assert/strict';
import { frame, FrameReader } from '../../src/adapter/framing';
import { InProcess, refusal } from '../adapter/inProcess';
import { randomFrom } from '../asm/randomSource';

type Random = (below: number) => number;
type Make = (random: Random) => unknown;

/** Far above what an answer takes on a busy machine. */
const boundMs = 10_000;

const guest = `bits 32
org 0x100000
start: mov eax, 1
 call .f
 int 0x30
 out 0xe9, al
 hlt
.f: push ebx
 rep movsd
 pop ebx
 ret
constructor: dd 1, 2, 3
msg: db 'text', 0
`;

const pick = <T>(random: Random, choices: readonly T[]): T => choices[random(choices.length)];
const listOf =
  (make: Make): Make =>
  random =>
    Array.from({ length: random(4) }, () => make(random));
const record =
  (fields: Readonly<Record<string, Make>>): Make =>
  random =>
    Object.fromEntries(Object.entries(fields).flatMap(([name, make]) => (random(4) ? [[name, make(random)]] : [])));

const odd = [
  null,
  undefined,
  '',
  'x',
  -1,
  0,
  1,
  1.5,
  2 ** 31,
  -(2 ** 53),
  1e308,
  NaN,
  true,
  [],
  {},
  [[]],
  { a: 1 },
  'é\0',
];
const number: Make = random => pick(random, [0, 1, 2, 3, 5, 1000, 1001, -1, 0x7c00, 2 ** 32, -(2 ** 40), random(5000)]);
const flag: Make = random => random(2) === 1;
const pieces =
  'eax ebx esp cs.base cr0.pe constructor msg .f $ start hw.eip + - * / % ( ) [ ] byte dword *0x7c00:u16 1 0x100000 = == && || ~ ! << , : { } {eax} % >= /4'.split(
    ' ',
  );
const text: Make = random => Array.from({ length: random(8) }, () => pick(random, pieces)).join(random(2) ? ' ' : '');
const place: Make = random =>
  pick(random, ['0x100000', 'gva:0', 'gpa:0xfffff', 'hpa:0x100000', 'gva:0xffffffff', 'x', '']);
const sourceOf = record({
  path: random => pick(random, ['guest.asm', 'other.asm', '%zz', 'file://%zz']),
  sourceReference: number,
});
const terms = { condition: text, hitCondition: text, logMessage: text };

const requests: Readonly<Record<string, Readonly<Record<string, Make>>>> = {
  initialize: { linesStartAt1: flag, columnsStartAt1: flag, supportsInvalidatedEvent: flag, supportsMemoryEvent: flag },
  launch: {
    program: () => 'guest.asm',
    technique: random => pick(random, ['none', 'trapAndEmulate']),
    stopOnEntry: flag,
    memoryMb: random => 2 + random(4),
  },
  configurationDone: {},
  restart: {},
  cancel: { requestId: number },
  continue: {},
  pause: {},
  next: { granularity: random => pick(random, ['instruction', 'line']) },
  stepIn: { granularity: random => pick(random, ['instruction', 'line']), targetId: number },
  stepOut: {},
  stepInTargets: { frameId: number },
  threads: {},
  setBreakpoints: { source: sourceOf, breakpoints: listOf(record({ line: number, ...terms })), lines: listOf(number) },
  setFunctionBreakpoints: { breakpoints: listOf(record({ name: text, ...terms })) },
  setInstructionBreakpoints: { breakpoints: listOf(record({ instructionReference: place, offset: number, ...terms })) },
  setDataBreakpoints: { breakpoints: listOf(record({ dataId: text, ...terms })) },
  dataBreakpointInfo: { name: text, variablesReference: number, bytes: number, asAddress: flag },
  setExceptionBreakpoints: {
    filters: listOf(text),
    filterOptions: listOf(record({ filterId: text, condition: text })),
  },
  breakpointLocations: { source: sourceOf, line: number, endLine: number },
  exceptionInfo: {},
  stackTrace: { startFrame: number, levels: number },
  scopes: { frameId: number },
  variables: { variablesReference: number, start: number, count: number },
  setVariable: { variablesReference: number, name: text, value: text },
  setExpression: { expression: text, value: text },
  evaluate: { expression: text, context: random => pick(random, ['repl', 'watch', 'hover']) },
  completions: { text, column: number },
  source: { source: sourceOf, sourceReference: number },
  loadedSources: {},
  readMemory: { memoryReference: place, offset: number, count: number },
  writeMemory: {
    memoryReference: place,
    offset: number,
    data: random => pick(random, ['', 'AAAA', '/+', '-']),
    allowPartial: flag,
  },
  disassemble: { memoryReference: place, offset: number, instructionOffset: number, instructionCount: number },
  guestScreen: { since: number },
  guestKeys: { codes: listOf(number) },
  guestType: { text },
  guestSerial: { text },
};

export async function fuzz(seed: number): Promise<void> {
  const random = randomFrom(seed);
  frames(random);
  const client = new InProcess({ 'guest.asm': guest });
  try {
    if (random(8)) await client.launch({ technique: pick(random, ['none', 'trapAndEmulate']), memoryMb: 2 });
    for (let left = 1 + random(60); left > 0; left--) await ask(client, random);
  } finally {
    client.end();
  }
}

async function ask(client: InProcess, random: Random): Promise<void> {
  const command = pick(random, Object.keys(requests));
  const args = record(requests[command])(random) as Record<string, unknown>;
  // one argument in some is of a wrong kind
  if (random(6) === 0) args[pick(random, Object.keys(args)) ?? 'x'] = pick(random, odd);
  const before = performance.now();
  const text = refusal(await client.send(command, random(40) ? args : pick(random, odd)));
  const took = performance.now() - before;
  const said = () => `${command} ${JSON.stringify(args)}: ${text}`;
  assert.ok(!/error of Ringside's own/.test(text), said());
  assert.ok(took < boundMs, `${took} ms for ${said()}`);
}

/** Bytes that hold some messages and much that is none: those that come after a break of noise are found. */
function frames(random: Random): void {
  const noise = (): string => String.fromCharCode(...Array.from({ length: random(400) }, () => random(256)));
  const lies = [
    'Content-Length: 5\r\n',
    'Content-Length: 99999999\r\n\r\n',
    'Content-Length:\r\n\r\n',
    '\r\n\r\n',
    '{"seq":',
  ];
  const parts = Array.from({ length: random(6) }, () =>
    Buffer.from(random(2) ? noise() : pick(random, lies), 'latin1'),
  );
  const stream = Buffer.concat([...parts, Buffer.from('\n'.repeat(1000)), frame('the last')]);
  const received: unknown[] = [];
  const reader = new FrameReader({ message: message => received.push(message), malformed: () => {} });
  for (let at = 0; at < stream.length;) {
    const size = 1 + random(600);
    reader.receive(stream.subarray(at, at + size));
    at += size;
  }
  assert.equal(received.at(-1), 'the last');
}
