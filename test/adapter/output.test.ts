// What a guest prints, where it prints more than a client shows or reads: so much of it, and how much was left out.
import assert from 'node:assert/strict';
import { GuestHost } from '../../src/adapter/guestHost';
import { letEventsIn } from '../../src/adapter/nodeHost';
import { InProcess } from './inProcess';

const million = 1_000_000;

describe('output of a guest', () => {
  let now: number;
  let unsent: number;
  let said: string[];
  let host: GuestHost;
  beforeEach(() => {
    [now, unsent, said] = [0, 0, []];
    const console = {
      say: (text: string) => void said.push(text),
      log: (text: string) => void said.push(text),
      turnEnded: () => {},
      turnBegins: () => {},
    };
    const adapter = {
      files: { read: () => Promise.reject(new Error('none')) },
      letEventsIn,
      end: () => {},
      unsentBytes: () => unsent,
    };
    host = new GuestHost(console, adapter, () => now);
  });

  const print = (characters: number): void => {
    for (let count = 0; count < characters; count++) host.serialOutput(0x41);
  };
  const text = (): string => said.join('');

  it('goes to the client as a whole if it is not too much', () => {
    print(100_000);
    host.settle();
    assert.equal(text(), 'A'.repeat(100_000));
  });

  it('is left out where it is too much, and how much that was is said', () => {
    print(10 * million);
    host.settle();
    assert.ok(text().length < million);
    const [, leftOut] = /left out (\d+) characters/.exec(text()) ?? [];
    assert.equal(text().replaceAll(/[^A]/g, '').length + Number(leftOut), 10 * million);
  });

  it('goes on after a while, with the note where something is missing', () => {
    print(10 * million);
    now += 60_000;
    host.serialOutput(0x42);
    host.settle();
    assert.ok(/^A+\n[^A]+left out \d+ characters[^A]+\nA*B$/.test(text()));
  });

  it('waits for a client that does not read', () => {
    unsent = 10 * million;
    print(10_000);
    host.settle();
    assert.match(text(), /^\n.*left out 10000 characters/);
  });

  it('includes what logpoints say', () => {
    for (let count = 0; count < 100_000; count++) host.log('here', 0x7c00);
    host.settle();
    assert.ok(said.length < 10_000, `${said.length} messages`);
    assert.match(text(), /left out \d+ characters/);
  });

  it('of a guest that floods the debug port does not fill the process, and a pause ends it', async () => {
    const flood = "bits 32\norg 0x100000\nstart: mov al, 'A'\n.l: out 0xe9, al\n jmp .l\n";
    const client = await InProcess.at(flood);
    await client.ask('continue', { threadId: 1 });
    await new Promise(resolve => setTimeout(resolve, 1500));
    await client.until('stopped', () => client.ask('pause', { threadId: 1 }));
    const printed = client.printed('console');
    assert.ok(printed.length > 10_000 && printed.length < 4 * million, `${printed.length} characters`);
    client.end();
  });
});
