// What the guest's screen costs, and how soon it is there: a client that pulls pictures as the editor does, one at a time.
import { setTimeout as sleep } from 'node:timers/promises';
import type { GuestScreen } from '../../../src/shared/guestScreen';
import { InProcess } from '../../adapter/inProcess';

/** Scrolls the whole screen for ever, writes a line that is always another, and counts. */
const scrolling = `bits 32
org 0x100000
start: cld
.next: mov edi, 0xb8000
 lea esi, [edi + 160]
 mov ecx, 24 * 40
 rep movsd
 inc dword [count]
 mov eax, [count]
 mov ecx, 80
.line: stosw
 inc al
 loop .line
 jmp .next
 align 4
count: dd 0
`;
/** Shows each byte that comes on the serial line. */
const showing = `bits 32
org 0x100000
start: mov dx, 0x3fd
 in al, dx
 test al, 1
 jz start
 mov dx, 0x3f8
 in al, dx
 mov ah, 7
 mov [0xb8000], ax
 jmp start
`;

/** A page paints no more often. */
const framesApartMs = 1000 / 60;
const rounds = 5;
const bytes = 40;

/** How fast a scrolling guest is while its screen is pulled, in percent of its speed otherwise; and a write's way to the client in ms. */
export async function measureScreen(seconds: number): Promise<readonly number[]> {
  return [await speedWhilePulled(seconds), await longestWay()];
}

async function speedWhilePulled(seconds: number): Promise<number> {
  const client = await InProcess.at(scrolling);
  const sum = { pulled: 0, alone: 0 };
  try {
    await scrolled(client, seconds / rounds, false);
    for (let round = 0; round < rounds; round++) {
      sum.alone += await scrolled(client, seconds / rounds, false);
      sum.pulled += await scrolled(client, seconds / rounds, true);
    }
  } finally {
    client.end();
  }
  return (100 * sum.pulled) / sum.alone;
}

/** Lines a second. */
async function scrolled(client: InProcess, seconds: number, pulls: boolean): Promise<number> {
  const before = await count(client);
  await client.ask('continue', { threadId: 1 });
  const start = performance.now();
  const end = start + seconds * 1000;
  if (pulls) for (let since = 0; performance.now() < end;) since = await nextFrame(client, since);
  else await sleep(seconds * 1000);
  await client.until('stopped', () => client.ask('pause', { threadId: 1 }));
  const taken = performance.now() - start;
  return (((await count(client)) - before) * 1000) / taken;
}

async function nextFrame(client: InProcess, since: number): Promise<number> {
  const start = performance.now();
  const { number } = await client.ask<GuestScreen>('guestScreen', { since });
  await sleep(Math.max(0, framesApartMs - (performance.now() - start)));
  return number;
}

async function count(client: InProcess): Promise<number> {
  const { result } = await client.ask<{ result: string }>('evaluate', {
    expression: 'dword [count]',
    context: 'watch',
  });
  return Number(/0x[0-9a-f]+|\d+/i.exec(result)?.[0]);
}

/** From a byte's sending, over the guest's writing it to its screen, to the picture with it. */
async function longestWay(): Promise<number> {
  const client = await InProcess.at(showing);
  let longest = 0;
  try {
    await client.ask('continue', { threadId: 1 });
    let { number } = await client.ask<GuestScreen>('guestScreen');
    for (let sent = 0; sent < bytes; sent++) {
      const character = String.fromCharCode(0x61 + (sent % 26));
      const pulled = client.ask<GuestScreen>('guestScreen', { since: number });
      await sleep(7 + sent);
      const start = performance.now();
      await client.ask('guestSerial', { text: character });
      const screen = await pulled;
      longest = Math.max(longest, performance.now() - start);
      number = screen.number;
    }
  } finally {
    client.end();
  }
  return longest;
}
