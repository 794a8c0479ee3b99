// While a program is assembled, which may take long or for ever, the client is answered.
import assert from 'node:assert/strict';
import { assembleKnown } from '../../src/debug/assembler';
import { withAdapter } from './adapterProcess';
import { InProcess, refusal } from './inProcess';

const never = () => new Promise<never>(() => {});

describe('while a program is assembled', function () {
  this.slow(3000);

  it('other requests are answered, and the session can be left', async () => {
    let ended = false;
    const client = new InProcess({ 'guest.asm': 'nop\n' }, { assembler: never, end: () => (ended = true) });
    void client.send('launch', { program: 'guest.asm' });
    assert.equal(refusal(await client.send('threads')), '');
    assert.match(refusal(await client.send('pause', { threadId: 1 })), /No guest has been started yet/);
    assert.equal(refusal(await client.send('disconnect')), '');
    while (!ended) await new Promise(resolve => setImmediate(resolve));
  });

  it('its thread is busy, and the process is not', () =>
    withAdapter(async guest => {
      const lines = ' mov eax, [0x5000 + $]\n'.repeat(20_000);
      const program = guest.file('busy.asm', `bits 32\norg 0x100000\n${lines} jmp $\n`);
      let isLaunched = false;
      const launched = guest.launch({ program, technique: 'none' }).then(() => (isLaunched = true));
      let answers = 0;
      while (!isLaunched) {
        await guest.client.customRequest('threads');
        answers++;
      }
      await launched;
      // one or two come before the assembler begins
      assert.ok(answers > 5, `${answers} answers`);
    }));

  it('a reason why it cannot be is passed on', async () => {
    const assembler = () => Promise.reject(new Error('it takes longer than 20 seconds'));
    const client = new InProcess({ 'guest.asm': 'nop\n' }, { assembler });
    const text = refusal(await client.send('launch', { program: 'guest.asm' }));
    assert.equal(text, 'guest.asm cannot be assembled: it takes longer than 20 seconds.');
  });

  it('what is said about it is plain data, whatever the program', () => {
    const text = `%macro m 1\nlabel%1: mov eax, [%1]\n%endmacro\nsection .data\nx: db 'x'\nsection .text\nm 1\nm 2\n`;
    const question = { main: 'a.asm', files: new Map([['a.asm', text]]), options: {}, format: 'bin' as const };
    const answer = assembleKnown(structuredClone(question));
    assert.ok(answer.image);
    assert.deepEqual(structuredClone(answer), answer);
  });

  it('files may be called as members of objects are', async () => {
    const files = { 'guest.asm': '%include "__proto__"\n%include "constructor"\n' };
    const client = new InProcess(files);
    assert.match(refusal(await client.send('launch', { program: 'guest.asm' })), /__proto__/);
  });
});
