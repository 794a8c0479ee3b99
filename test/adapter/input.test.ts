// What a user gives a guest: keys, pasted text and serial bytes, to guests that read them by the BIOS, by an interrupt handler of
// their own, by polling, or not at all.
import assert from 'node:assert/strict';
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
