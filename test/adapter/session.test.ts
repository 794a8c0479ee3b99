// The life of a session through a real client: pausing, ending, restarting, bad input, messages that are none.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { adapterFile, withAdapter } from './adapterProcess';
import { InProcess, refusal } from './inProcess';

const start = 'bits 32\norg 0x100000\nstart:\n';
const halting = `${start} mov al, 'x'\n mov dx, 0x3f8\n out dx, al\n cli\n hlt\n`;

describe('a session', function () {
  this.slow(3000);

  for (const technique of ['none', 'trapAndEmulate']) {
    it(`answers a pause within 100 ms while a guest spins under ${technique}`, () =>
      withAdapter(async guest => {
        const program = guest.file('spin.asm', `${start} cli\nspin: jmp spin\n`);
        await guest.launch({ program, technique, stopOnEntry: false });
        await guest.client.configurationDoneRequest();
        const times: number[] = [];
        // the best of three, since the machine that tests may be busy with other things
        for (let round = 0; round < 3; round++) {
          await new Promise(resolve => setTimeout(resolve, 200));
          const before = performance.now();
          const stop = await guest.stopAfter(() => guest.client.pauseRequest({ threadId: 1 }));
          times.push(performance.now() - before);
          assert.equal(stop.reason, 'pause');
          if (round < 2) await guest.client.continueRequest({ threadId: 1 });
        }
        assert.ok(Math.min(...times) < 100, `${times.join(', ')} ms`);
        assert.equal((await guest.place()).name, 'spin');
      }));

    it(`ends with what the guest printed, and its exit code, under ${technique}`, () =>
      withAdapter(async guest => {
        const program = guest.file('exit.asm', `${halting.replace('cli', 'mov al, 3\n out 0xf4, al\n cli')}`);
        await guest.launch({ program, technique, stopOnEntry: false });
        assert.equal(await guest.endAfter(() => guest.client.configurationDoneRequest()), 7);
        assert.equal(guest.printed('stdout'), 'x');
        assert.match(guest.printed('console'), /debug-exit port, with code 3 \(exit code 7/);
      }));

    it(`ends when the guest halts for good under ${technique}`, () =>
      withAdapter(async guest => {
        const program = guest.file('halt.asm', halting);
        await guest.launch({ program, technique, stopOnEntry: false });
        assert.equal(await guest.endAfter(() => guest.client.configurationDoneRequest()), 0);
        assert.match(guest.printed('console'), /has halted at/);
      }));

    it(`stops at a triple fault under ${technique}, says why, and ends`, () =>
      withAdapter(async guest => {
        const program = guest.file('fault.asm', `${start} nop\nboom: ud2\n`);
        await guest.launch({ program, technique, stopOnEntry: false });
        await guest.client.setExceptionBreakpointsRequest({ filters: ['tripleFault'] });
        const stop = await guest.begin();
        assert.equal(stop.reason, 'exception');
        assert.equal((await guest.place()).name, 'boom');
        const { body } = await guest.client.exceptionInfoRequest({ threadId: 1 });
        assert.match(body.description ?? '', /began with #UD \(invalid opcode\), raised by ud2 at boom/);
        assert.match(body.description ?? '', /the IDT has no entry/);
        assert.equal(await guest.endAfter(() => guest.client.continueRequest({ threadId: 1 })), 4);
        assert.match(guest.printed('stderr'), /Triple fault/);
      }));
  }

  it('steps to the end', () =>
    withAdapter(async guest => {
      await guest.debug('halt.asm', halting);
      for (let step = 0; step < 4; step++) await guest.next();
      assert.equal(await guest.endAfter(() => guest.client.nextRequest({ threadId: 1 })), 0);
    }));

  it('restarts from the beginning, while the guest runs', () =>
    withAdapter(async guest => {
      await guest.debug('spin.asm', `${start} inc dword [0x5000]\nspin: jmp spin\n`);
      await guest.client.continueRequest({ threadId: 1 });
      await new Promise(resolve => setTimeout(resolve, 100));
      const stop = await guest.stopAfter(() => guest.client.customRequest('restart', {}));
      assert.equal(stop.reason, 'entry');
      assert.equal(await guest.evaluate('[0x5000]'), '0x00000000');
    }));

  it('terminates while the guest runs', () =>
    withAdapter(async guest => {
      await guest.debug('spin.asm', `${start} jmp $\n`);
      await guest.client.continueRequest({ threadId: 1 });
      await guest.endAfter(() => guest.client.terminateRequest());
    }));

  it('obeys a pause that follows at once', () =>
    withAdapter(async guest => {
      await guest.debug('spin.asm', `${start} jmp $\n`);
      const stop = await guest.stopAfter(() =>
        Promise.all([guest.client.continueRequest({ threadId: 1 }), guest.client.pauseRequest({ threadId: 1 })]),
      );
      assert.equal(stop.reason, 'pause');
    }));

  it('cancels no request that has not come yet', () =>
    withAdapter(async guest => {
      await guest.debug('spin.asm', `${start} jmp $\n`);
      const { request_seq: last } = await guest.client.threadsRequest();
      for (const requestId of [last, last + 3, last + 4]) await guest.client.send('cancel', { requestId });
      assert.equal((await guest.client.threadsRequest()).success, true);
    }));

  it('loads no guest of a launch that was cancelled', async () => {
    let begin = (_: Uint8Array): void => {};
    const read = (): Promise<Uint8Array> => new Promise(resolve => (begin = resolve));
    const client = new InProcess({}, { files: { read } });
    await client.ask('initialize', { adapterID: 'ringside' });
    const launched = client.send('launch', { program: 'guest.asm' });
    await client.send('cancel', { requestId: 2 });
    begin(new TextEncoder().encode('bits 32\norg 0x100000\nhlt\n'));
    assert.match(refusal(await launched), /cancelled/);
    assert.match(refusal(await client.send('stackTrace', { threadId: 1 })), /No guest has been started/);
    assert.deepEqual(client.events, []);
    client.end();
  });

  it('writes every message to the Debug Console, if asked', () =>
    withAdapter(async guest => {
      await guest.debug('spin.asm', `${start} jmp $\n`, { trace: true });
      assert.match(guest.printed('console'), /→ .*"command":"configurationDone"/);
    }));

  it('refuses to look at a guest that runs', () =>
    withAdapter(async guest => {
      await guest.debug('spin.asm', `${start} jmp $\n`);
      await guest.client.continueRequest({ threadId: 1 });
      await assert.rejects(guest.client.stackTraceRequest({ threadId: 1 }), /The guest is running/);
      await assert.rejects(guest.client.nextRequest({ threadId: 1 }), /The guest is running/);
    }));

  const bad: [what: string, files: Record<string, string>, args: Record<string, unknown>, message: RegExp][] = [
    ['no program', {}, { program: '' }, /No program was named/],
    ['a program that is no path', {}, { program: 5 }, /"program" is 5, but it must be a path/],
    [
      'an unknown technique',
      { 'a.asm': 'nop' },
      { technique: 'magic' },
      /no technique "magic".*"none", "trapAndEmulate"/,
    ],
    ['a missing file', {}, { program: 'nosuch.asm' }, /nosuch.asm cannot be read: there is no such file/],
    ['a folder', {}, { program: '.' }, /cannot be read: it is a folder/],
    ['a missing disk image', { 'a.asm': 'nop' }, { diskImage: 'no.img' }, /disk image no.img cannot be read/],
    ['a disk image of odd size', { 'a.asm': 'nop', 'odd.img': 'x' }, { diskImage: 'odd.img' }, /1 bytes.*512/],
    ['too little memory', { 'a.asm': 'nop' }, { memoryMb: 0 }, /"memoryMb" is 0.*1 to 1024/],
    ['an unknown boot', { 'a.asm': 'nop' }, { boot: 'tape' }, /no way to boot called "tape"/],
    ['an empty source', { 'a.asm': '; nothing\n' }, {}, /holds no code/],
    ['an empty binary', { 'a.bin': '' }, { program: 'a.bin' }, /holds no code/],
    [
      'a source that does not assemble',
      { 'a.asm': 'bits 32\n mov eax, [nowhere]\n frob eax\n' },
      {},
      /does not assemble: a.asm:2:.*and 1 more/,
    ],
    ['a missing include', { 'a.asm': '%include "gone.inc"\n' }, {}, /a.asm:1:.*gone.inc/],
    ['a program larger than memory', { 'a.asm': 'bits 32\norg 0x8000000\nnop\n' }, {}, /Raise memoryMb/],
  ];
  for (const [what, files, args, message] of bad) {
    it(`refuses ${what}`, () =>
      withAdapter(async guest => {
        for (const [name, text] of Object.entries(files)) guest.file(name, text);
        const inFolder = (name: unknown): unknown =>
          typeof name === 'string' && name !== '' ? path.join(guest.folder, name) : name;
        const program = inFolder(args.program ?? 'a.asm');
        const disk = args.diskImage === undefined ? {} : { diskImage: inFolder(args.diskImage) };
        await guest.client.initializeRequest();
        const expected = new RegExp(message.source.replace('disk image no.img', 'disk image .*no.img'));
        await assert.rejects(
          guest.client.launchRequest({ technique: 'none', ...args, program, ...disk } as never),
          expected,
        );
        assert.equal(
          guest.output.some(({ text }) => /\bat .*\.js:/.test(text)),
          false,
        );
      }));
  }

  it('says where each assembly error is', () =>
    withAdapter(async guest => {
      const program = guest.file('bad.asm', 'bits 32\n mov eax, [nowhere]\n frob eax\n');
      await guest.client.initializeRequest();
      await assert.rejects(guest.client.launchRequest({ program } as never));
      assert.match(guest.printed('stderr'), /bad\.asm:2:.*nowhere.*\n.*bad\.asm:3:/);
    }));

  const odd: [what: string, text: string][] = [
    ['not JSON', frame('{"seq": 1, "type"')],
    ['null', frame('null')],
    ['a number', frame('7')],
    ['a list', frame('[]')],
    ['no type', frame('{"seq":1}')],
    ['no command', frame('{"seq":1,"type":"request"}')],
    ['a command that is none', frame('{"seq":1,"type":"request","command":{"a":1}}')],
    ['arguments that are none', frame('{"seq":1,"type":"request","command":"evaluate","arguments":3}')],
    ['an answer to nothing', frame('{"seq":1,"type":"response","request_seq":99,"success":true,"command":"x"}')],
    ['an unknown request', frame('{"seq":1,"type":"request","command":"fly"}')],
    ['a header without length', 'X-Header: 1\r\n\r\n'],
    ['a length that is no number', 'Content-Length: many\r\n\r\n{}'],
    ['a length beyond reason', 'Content-Length: 999999999\r\n\r\n'],
    ['noise', `${'\u0007garbage'.repeat(100)}\r\n\r\n`],
    ['bytes that are no text', '\u00ff\u00fe\u0000\u0001'],
  ];
  for (const [what, text] of odd) {
    it(`survives a message that is ${what}`, async () => {
      const adapter = spawn('node', [await adapterFile()], { stdio: ['pipe', 'pipe', 'inherit'] });
      try {
        adapter.stdin.write(Buffer.from(text, 'latin1'));
        adapter.stdin.write(frame('{"seq":2,"type":"request","command":"initialize","arguments":{"adapterID":"x"}}'));
        await response(adapter, '"command":"initialize"');
      } finally {
        adapter.kill();
      }
    });
  }

  it('ends its process when the client goes away', async () => {
    const adapter = spawn('node', [await adapterFile()], { stdio: ['pipe', 'pipe', 'inherit'] });
    adapter.stdin.end();
    const code = await new Promise(resolve => adapter.once('exit', resolve));
    assert.equal(code, 0);
  });
});

function frame(body: string): string {
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

async function response(adapter: ChildProcess, text: string): Promise<void> {
  let received = '';
  await new Promise<void>((resolve, reject) => {
    adapter.once('exit', () => reject(new Error(`the adapter has ended; it had said: ${received}`)));
    adapter.stdout?.on('data', (bytes: Buffer) => {
      received += bytes.toString();
      if (received.includes(text)) resolve();
    });
  });
}
