// What a user gives a guest: keys, pasted text and serial bytes, to guests that read them by the BIOS, by an interrupt handler of
// their own, by polling, or not at all.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { AdapterHost } from '../../src/adapter/host';
import { letEventsIn } from '../../src/adapter/nodeHost';
import { techniqueNames } from '../../src/monitor/system';
import { InProcess, refusal } from './inProcess';

/** Ends by the debug-exit port after so many characters, each of which went to the debug port. */
const byBios = (read: string): string => `bits 16
org 0x7c00
start: xor ax, ax
 mov ds, ax
.next: ${read}
 out 0xe9, al
 dec word [left]
 jnz .next
 mov al, 0
 out 0xf4, al
left dw COUNT
 times 510 - ($ - $$) db 0
 dw 0xaa55
`;
const waiting = byBios('mov ah, 0\n int 0x16');
const polling = byBios('mov ah, 1\n int 0x16\n jz .next\n mov ah, 0\n int 0x16');
/** Reads slowly: what it does between two keys is long enough for the ring to be full. */
const slow = byBios('mov ah, 0\n int 0x16\n mov ecx, 20000\n.wait: dec ecx\n jnz .wait');

const serialEcho = `bits 32
org 0x100000
start: mov dx, 0x3fd
 in al, dx
 test al, 1
 jz start
 mov dx, 0x3f8
 in al, dx
 out 0xe9, al
 dec dword [left]
 jnz start
 mov al, 0
 out 0xf4, al
left dd COUNT
`;
const sleeper = fs.readFileSync('test/debug/guests/sleeper.asm', 'utf8');
const deaf = 'bits 32\norg 0x100000\nstart: jmp start\n';

const characters = 10_000;
const pasted = Array.from({ length: characters }, (_, index) => String.fromCharCode(0x20 + ((index * 7) % 95))).join(
  '',
);

async function at(text: string, technique: string, count: number): Promise<InProcess> {
  return InProcess.at(text, { technique, defines: [`COUNT=${count}`] });
}

describe('text that is pasted', function () {
  this.slow(5000);
  const guests: [what: string, guest: string, technique: string, characters: number][] = [
    ['waits for keys by the BIOS', waiting, 'none', characters],
    ['waits for keys by the BIOS', waiting, 'trapAndEmulate', 1000],
    ['asks the BIOS again and again', polling, 'none', 100],
    ['reads slowly', slow, 'none', 200],
  ];
  for (const [what, guest, technique, count] of guests)
    it(`arrives whole and in order at a guest that ${what}, under ${technique}`, async () => {
      const client = await at(guest, technique, count);
      const text = pasted.slice(0, count);
      await client.ask('continue', { threadId: 1 });
      await client.until('terminated', async () => {
        assert.deepEqual(await client.ask('guestType', { text }), { leftOut: 0 });
      });
      assert.ok(client.printed('console').includes(text));
      client.end();
    });

  it('tells how many of its characters the keyboard does not have', async () => {
    const client = await at(deaf, 'none', 0);
    assert.deepEqual(await client.ask('guestType', { text: 'naïve 中文' }), { leftOut: 3 });
    client.end();
  });
});

describe('keys', () => {
  it('reach a guest that stands, once it goes on', async () => {
    const client = await at(waiting, 'none', 2);
    await client.ask('guestKeys', { codes: [0x1e, 0x9e] });
    await client.ask('guestKeys', { codes: [0x2a, 0x30, 0xb0, 0xaa] });
    await client.until('terminated', () => client.ask('continue', { threadId: 1 }));
    assert.match(client.printed('console'), /aB/);
    client.end();
  });

  it('that nobody reads are refused once many wait', async () => {
    const client = await at(deaf, 'none', 0);
    const text = 'A'.repeat(30_000);
    await client.ask('guestType', { text });
    await client.ask('guestType', { text });
    assert.match(refusal(await client.send('guestType', { text })), /does not read its keyboard: 240000 scan codes/);
    await client.ask('guestKeys', { codes: [1] });
    client.end();
  });
});

describe('serial input', () => {
  it('arrives whole and in order', async () => {
    const client = await at(serialEcho, 'none', characters);
    await client.until('terminated', async () => {
      await client.ask('guestSerial', { text: pasted });
      await client.ask('continue', { threadId: 1 });
    });
    assert.ok(client.printed('console').includes(pasted));
    client.end();
  });

  it('is UTF-8', async () => {
    const client = await at(serialEcho, 'trapAndEmulate', 5);
    await client.ask('guestSerial', { text: 'é中' });
    await client.until('terminated', () => client.ask('continue', { threadId: 1 }));
    assert.ok(client.printed('console').includes('é中'));
    client.end();
  });

  it('that nobody reads is refused once much waits', async () => {
    const client = await at(deaf, 'none', 0);
    const text = 'A'.repeat(32_000);
    for (let count = 0; count < 8; count++) await client.ask('guestSerial', { text });
    assert.match(refusal(await client.send('guestSerial', { text })), /does not read its serial port: 25\d{4} bytes/);
    client.end();
  });
});

describe('a guest that sleeps until there is input', () => {
  const waits = /waits for a key or for a byte/;
  const [timerOff, allOff] = [0xed, 0xff];

  async function asleep(technique: string, host: Partial<AdapterHost> = {}): Promise<InProcess> {
    const client = await InProcess.at(sleeper, { technique, defines: [`MASK=${timerOff}`] }, host);
    await client.until('output', () => client.ask('continue', { threadId: 1 }));
    assert.match(client.printed('console'), waits);
    return client;
  }

  const inputs: [what: string, request: string, args: object][] = [
    ['a key', 'guestKeys', { codes: [0x48] }],
    ['a serial byte', 'guestSerial', { text: 'H' }],
  ];
  for (const technique of techniqueNames)
    for (const [what, request, args] of inputs)
      it(`is woken by ${what}, under ${technique}`, async () => {
        const client = await asleep(technique);
        await client.until('terminated', () => client.ask(request, args));
        assert.ok(client.printed('console').includes('H'));
        client.end();
      });

  it('is paused, says once that it waits, and is woken after that', async () => {
    const client = await asleep('none');
    for (let times = 0; times < 2; times++) {
      await client.until('stopped', () => client.ask('pause', { threadId: 1 }));
      await client.ask('continue', { threadId: 1 });
    }
    await client.until('terminated', () => client.ask('guestSerial', { text: 'H' }));
    assert.equal(client.printed('console').split(waits).length, 2);
    client.end();
  });

  it('is ended, or started again, while it waits', async () => {
    const client = await asleep('trapAndEmulate');
    await client.until('stopped', () => client.ask('restart'));
    await client.until('output', () => client.ask('continue', { threadId: 1 }));
    await client.until('terminated', () => client.ask('terminate'));
    client.end();
  });

  it('takes no turns while it waits', async () => {
    let turns = 0;
    const client = await asleep('none', { letEventsIn: () => (turns++, letEventsIn()) });
    const before = turns;
    for (let times = 0; times < 50; times++) await letEventsIn();
    assert.equal(turns, before);
    client.end();
  });

  it('has come to its end if no input could wake it either', async () => {
    const client = await InProcess.at(sleeper, { defines: [`MASK=${allOff}`] });
    await client.until('terminated', () => client.ask('continue', { threadId: 1 }));
    assert.match(client.printed('stderr'), /no device will ever raise one/);
    client.end();
  });
});

describe('input', () => {
  it('is refused before there is a guest', async () => {
    const client = new InProcess();
    for (const [request, args] of [
      ['guestKeys', { codes: [1] }],
      ['guestType', { text: 'a' }],
      ['guestSerial', { text: 'a' }],
    ] as const)
      assert.equal((await client.send(request, args)).success, false);
    client.end();
  });
});
