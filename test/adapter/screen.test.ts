// The guest's screen for a client that pulls: while the guest runs and when it stands, and what it costs the guest.
import assert from 'node:assert/strict';
import { ScreenPulls } from '../../src/adapter/screenPulls';
import type { ScreenFrame } from '../../src/devices/screenFrame';
import type { GuestScreen } from '../../src/shared/guestScreen';
import { InProcess } from './inProcess';

/** Writes A, B, C … to the first cell for ever, so that each look may find another. */
const restless = `bits 32
org 0x100000
start: mov edi, 0xb8000
 mov ax, 0x1e41
.next: mov [edi], ax
 inc al
 and al, 0x5f
 or al, 0x41
 mov ecx, 100000
.wait: loop .wait
 jmp .next
`;
const silent = 'bits 32\norg 0x100000\nstart: jmp start\n';
const once = 'bits 32\norg 0x100000\nstart: mov word [0xb8000 + 162], 0x9c48\n.here: jmp .here\n';

type Text = GuestScreen & { mode: 'text' };

async function pull(client: InProcess, since?: number): Promise<GuestScreen> {
  return client.ask<GuestScreen>('guestScreen', since === undefined ? {} : { since });
}

async function pullText(client: InProcess, since?: number): Promise<Text> {
  const screen = await pull(client, since);
  assert.ok(screen.mode === 'text', screen.mode);
  return screen;
}

const shows = (client: InProcess): number => client.events.filter(({ event }) => event === 'guestScreenShown').length;
const run = (client: InProcess): Promise<unknown> => client.ask('continue', { threadId: 1 });

describe("the guest's screen", () => {
  let client: InProcess;
  afterEach(() => client.end());

  it('is told of when something is first seen on it, and once', async () => {
    client = await InProcess.at(once);
    assert.equal(shows(client), 0);
    await client.until('guestScreenShown', () => run(client));
    await client.until('stopped', () => client.ask('pause', { threadId: 1 }));
    await client.ask('next', { threadId: 1 });
    assert.equal(shows(client), 1);
  });

  it('is told of again after a restart', async () => {
    client = await InProcess.at(once);
    await client.until('guestScreenShown', () => run(client));
    await client.until('stopped', () => client.ask('restart'));
    await client.until('guestScreenShown', () => run(client));
    assert.equal(shows(client), 2);
  });

  it('is text with attributes, colours and the cursor', async () => {
    client = await InProcess.at(once);
    await client.until('guestScreenShown', () => run(client));
    const { columns, rows, lines, attributes, blinks, cursor, palette } = await pullText(client);
    assert.deepEqual([columns, rows, blinks, palette.length], [80, 25, true, 16]);
    assert.equal(lines[1], ' H'.padEnd(80));
    assert.equal(Buffer.from(attributes, 'base64')[81], 0x9c);
    assert.deepEqual([cursor?.row, cursor?.column], [0, 0]);
  });

  it('comes while the guest runs, each time another', async () => {
    client = await InProcess.at(restless);
    await run(client);
    const seen = [await pullText(client)];
    while (seen.length < 5) seen.push(await pullText(client, seen.at(-1)?.number));
    assert.ok(
      seen
        .slice(1)
        .every(({ number, lines }, index) => number > seen[index].number && lines[0] !== seen[index].lines[0]),
    );
  });

  it('that does not change is waited for, and then it is said that it has not', async () => {
    client = await InProcess.at(silent);
    await run(client);
    const { number } = await pull(client);
    assert.deepEqual(await pull(client, number), { number, mode: 'unchanged' });
  });

  it('is waited for by one request at a time', async () => {
    client = await InProcess.at(silent);
    const { number } = await pull(client);
    const first = pull(client, number);
    const second = pull(client, number);
    const third = pull(client);
    assert.deepEqual([await first, await second], Array(2).fill({ number, mode: 'unchanged' }));
    assert.equal((await third).mode, 'text');
  });

  it('that a debugger changes is another', async () => {
    client = await InProcess.at(silent);
    const { number } = await pull(client);
    const next = pullText(client, number);
    await client.ask('writeMemory', { memoryReference: 'gpa:0xb8000', data: Buffer.from('Hi').toString('base64') });
    assert.equal((await next).lines[0][0], 'H');
  });

  it('is there after the end of the guest, until the client goes', async () => {
    client = await InProcess.at('bits 32\norg 0x100000\nstart: mov word [0xb8000], 0x0745\n cli\n hlt\n');
    await client.until('terminated', () => run(client));
    const { number, lines } = await pullText(client);
    assert.equal(lines[0][0], 'E');
    const last = client.events.find(({ event }) => event === 'guestScreenLast')?.body as Text | undefined;
    assert.deepEqual([last?.number, last?.lines], [number, lines]);
    const waiting = pull(client, number);
    await client.ask('disconnect');
    assert.equal((await waiting).mode, 'unchanged');
  });

  it('comes by itself when the session is ended', async () => {
    client = await InProcess.at(once);
    await client.until('guestScreenShown', () => run(client));
    const last = await client.until('guestScreenLast', () => client.ask('terminate'));
    assert.equal((last.body as Text).lines[1][1], 'H');
  });

  it('is refused before there is a guest', async () => {
    client = new InProcess();
    assert.equal((await client.send('guestScreen')).success, false);
  });
});

describe('looking at the screen', () => {
  const frame = (first: number): ScreenFrame => ({
    kind: 'pixels',
    width: 2,
    height: 1,
    pixels: Uint8Array.of(first, 0),
    palette: [0, 0xffffff],
  });

  it('stops once something has been seen and nobody waits', async () => {
    let looks = 0;
    const pulls = new ScreenPulls(
      () => frame(++looks),
      () => {},
    );
    pulls.look();
    for (let turn = 0; turn < 10; turn++) pulls.look();
    assert.equal(looks, 1);
    const { number } = await pulls.pull(frame(1), undefined);
    const next = pulls.pull(frame(1), number);
    pulls.look();
    assert.deepEqual(await next, {
      number: number + 1,
      mode: 'pixels',
      width: 2,
      height: 1,
      pixels: 'AgA=',
      palette: [0, 0xffffff],
    });
    pulls.look();
    assert.equal(looks, 2);
  });
});
