// The list of what has happened: found by a text, bounded, in the console and by request.
import assert from 'node:assert/strict';
import { eventsRequest, type GuestEvents } from '../../src/shared/events';
import { InProcess } from './inProcess';
import { lineOf, ringsGuest } from './ringsGuest';

async function ended(technique: string, text = ringsGuest): Promise<InProcess> {
  const client = await InProcess.at(text, { technique });
  await client.until('terminated', () => client.ask('continue', { threadId: 1 }));
  return client;
}

const typed = async (client: InProcess, expression: string): Promise<string> =>
  (await client.ask<{ result: string }>('evaluate', { expression, context: 'repl' })).result;

describe('events', function () {
  this.slow(2000);

  it('are the crossings of the guest, newest first, each with its instruction', async () => {
    const client = await ended('none');
    const { events, matching, unseen } = await client.ask<GuestEvents>(eventsRequest);
    assert.equal(matching + unseen, 4);
    assert.deepEqual(
      events.map(({ kind, from, to, text }) => [kind, from, to, text]),
      [
        ['softwareInterrupt', 3, 0, 'int 0x80 · ring 3 → 0'],
        ['interruptReturn', 0, 3, 'IRET · ring 0 → 3'],
        ['softwareInterrupt', 3, 0, 'int 0x80 · ring 3 → 0'],
        ['interruptReturn', 0, 3, 'IRET · ring 0 → 3'],
      ],
    );
    assert.match(
      events[2].sentence,
      /^int 0x80 at program\+0x5 \(0x[0-9a-f]{8}\) has called the handler of vector 0x80$/,
    );
    assert.equal(events[2].source?.line, lineOf(' int 0x80'));
    client.end();
  });

  it('are found by what their sentences say, under a monitor', async () => {
    const client = await ended('trapAndEmulate');
    const finds = async (filter: string): Promise<string[]> =>
      (await client.ask<GuestEvents>(eventsRequest, { filter })).events.map(({ sentence }) => sentence);
    const [exit] = await finds('PORT 0xf4');
    assert.match(exit, /^out 0xf4, al at .* has called the monitor, by #GP\(0\): port 0xf4 \(.+\)$/);
    assert.equal((await finds('lgdt')).length, 1);
    assert.equal((await finds('LTR')).length, 1);
    assert.deepEqual(await finds('nothing like that'), []);
    client.end();
  });

  it('name what has trapped, not what the monitor has carried out after it', async () => {
    const client = await ended(
      'trapAndEmulate',
      'bits 32\norg 0x100000\n sti\n mov ebx, 1\n mov al, 0\n out 0xf4, al\n',
    );
    const { events } = await client.ask<GuestEvents>(eventsRequest, { filter: 'sti' });
    assert.match(events.at(-1)?.sentence ?? '', /^sti at 0x00100000 has called the monitor, by #GP/);
    client.end();
  });

  it('are taken page by page', async () => {
    const client = await ended('trapAndEmulate');
    const all = await client.ask<GuestEvents>(eventsRequest);
    const some = await client.ask<GuestEvents>(eventsRequest, { start: 2, count: 3 });
    assert.deepEqual(some.events, all.events.slice(2, 5));
    assert.equal(some.matching, all.matching);
    await assert.rejects(client.ask(eventsRequest, { count: 100_000 }), /"count"/);
    client.end();
  });

  it('are kept up to a bound', async () => {
    const many = ringsGuest
      .replace(' jmp after', ' loop after')
      .replace(' mov ecx, 3\n', '')
      .replace('program:', 'program:\n mov ecx, 3000');
    const client = await ended(
      'trapAndEmulate',
      many.replace('cmp eax, 7', 'cmp ecx, 1').replace('je .back', 'jne .back'),
    );
    const { matching, events } = await client.ask<GuestEvents>(eventsRequest);
    assert.equal(matching, 10_000);
    assert.ok(events[0].number > 10_000);
    client.end();
  }).timeout(60_000);

  it('are listed in the Debug Console', async () => {
    const client = await ended('trapAndEmulate');
    assert.match(
      await typed(client, 'events lidt'),
      /^#\d+ #GP into the monitor · ring 1 → 0: lidt .* has called the monitor, by #GP\(0\)$/,
    );
    assert.equal(await typed(client, 'events no such thing'), 'Nothing of that kind has happened yet.');
    assert.match(await typed(client, 'help'), /^events \[TEXT\] +what has passed between rings/m);
    client.end();
  });

  it('gives way to a label of the same name', async () => {
    const client = await InProcess.at('bits 32\norg 0x100000\nevents: jmp events\n');
    assert.match(await typed(client, 'events'), /^0x00100000/);
    client.end();
  });
});
