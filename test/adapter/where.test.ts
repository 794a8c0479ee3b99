// Where a guest is: what the request says in real mode, in ring 3, in a handler, in the monitor, while it runs, in another language.
import assert from 'node:assert/strict';
import { type Crossing, type StandingGuest, type Where, whereRequest } from '../../src/shared/where';
import { InProcess } from './inProcess';
import { lineOf, ringsGuest } from './ringsGuest';

const standing = async (client: InProcess): Promise<StandingGuest> => {
  const where = await client.ask<Where>(whereRequest);
  assert.ok(!where.running);
  return where;
};

const goOn = (client: InProcess, command = 'continue'): Promise<unknown> =>
  client.until('stopped', () => client.ask(command, { threadId: 1 }));

async function atLabel(label: string, technique: string): Promise<InProcess> {
  const client = await InProcess.at(ringsGuest, { technique });
  await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: label }] });
  await goOn(client);
  return client;
}

const words = ({ frame }: Crossing): unknown[] | undefined => frame?.words.map(({ name, value }) => [name, value]);

describe('where the guest is', function () {
  this.slow(2000);

  it('at its entry: nothing has happened yet', async () => {
    const client = await InProcess.at(ringsGuest);
    const { crossing, monitorEntry, ...where } = await standing(client);
    assert.deepEqual([crossing, monitorEntry], [undefined, undefined]);
    assert.deepEqual(where.technique, { name: 'none', text: 'none: bare metal' });
    assert.deepEqual([where.rings.real.ring, where.rings.believed.ring], [0, 0]);
    assert.deepEqual([where.mode.name, where.mode.paging], ['protected32', false]);
    assert.equal(where.mode.text, 'protected mode, 32-bit, paging off');
    assert.deepEqual(where.time, { ticks: 0, seconds: 0, text: "tick 0, 0 s of the guest's time" });
    assert.equal(where.processor.in, 'guest');
    assert.equal(where.processor.memoryReference, 'gva:0x00100000');
    assert.equal(where.processor.source?.line, lineOf(' lgdt'));
    client.end();
  });

  it('in ring 3, where an IRET has led', async () => {
    const client = await atLabel('program', 'none');
    const { rings, crossing } = await standing(client);
    assert.deepEqual([rings.real.ring, rings.believed.ring], [3, 3]);
    assert.deepEqual([crossing?.kind, crossing?.from, crossing?.to], ['interruptReturn', 0, 3]);
    assert.equal(crossing?.text, 'IRET · ring 0 → 3');
    client.end();
  });

  for (const technique of ['none', 'trapAndEmulate'])
    it(`in the handler of a system call, with its gate, stacks and frame, under ${technique}`, async () => {
      const client = await atLabel('system_call', technique);
      const { crossing } = await standing(client);
      assert.ok(crossing);
      assert.deepEqual(
        [crossing.kind, crossing.rings, crossing.from, crossing.to, crossing.isOver],
        ['softwareInterrupt', 'believed', 3, 0, false],
      );
      assert.equal(crossing.text, 'int 0x80 · ring 3 → 0');
      assert.equal(crossing.cause?.source?.line, lineOf(' int 0x80'));
      assert.match(
        crossing.gate?.text ?? '',
        /^IDT entry 0x80: interrupt gate 32-bit, to 0x0008:0x00100[0-9a-f]{3}, DPL 3$/,
      );
      assert.equal(crossing.gate?.bytes, 8);
      assert.equal(crossing.handler?.source?.line, lineOf(' cmp eax, 7'));
      assert.deepEqual(crossing.stack, {
        switched: true,
        before: { text: '0x0023:0x00090000' },
        after: { text: '0x0010:0x0006ffec', memoryReference: 'gva:0x0006ffec' },
      });
      const { words: shown, ...frame } = crossing.frame ?? {};
      assert.deepEqual(frame, {
        text: '20 bytes at gva:0x0006ffec',
        memoryReference: 'gva:0x0006ffec',
        bytes: 20,
        slotBytes: 4,
        isGone: false,
      });
      assert.deepEqual(
        shown?.map(({ name, value }) => [name, value]).filter(([name]) => name !== 'EIP'),
        [
          ['CS', 0x1b],
          ['EFLAGS', 2],
          ['ESP', 0x90000],
          ['SS', 0x23],
        ],
      );
      assert.equal(shown?.[0].memoryReference, 'gva:0x0006ffec');
      client.end();
    });

  it('after a handler has returned, that it has', async () => {
    const client = await atLabel('system_call', 'none');
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'after' }] });
    await goOn(client);
    const { crossing } = await standing(client);
    assert.deepEqual([crossing?.kind, crossing?.to], ['interruptReturn', 3]);
    client.end();
  });

  it('in the monitor, with what the hardware pushed there', async () => {
    const client = await InProcess.at(ringsGuest, { technique: 'trapAndEmulate' });
    await goOn(client, 'stepIn');
    const { rings, processor, crossing, monitorEntry } = await standing(client);
    assert.equal(monitorEntry, undefined);
    assert.deepEqual([rings.real.ring, rings.believed.ring, rings.trapped?.ring], [0, 0, 1]);
    assert.equal(processor.in, 'monitor');
    assert.match(processor.source?.source.name ?? '', /handlers\.ts/);
    assert.ok(crossing);
    assert.deepEqual(
      [crossing.kind, crossing.rings, crossing.from, crossing.to, crossing.isOver],
      ['monitorEntry', 'real', 1, 0, false],
    );
    assert.match(crossing.cause?.text ?? '', /privileged/);
    assert.match(crossing.gate?.text ?? '', /^the monitor's IDT entry 0x0d: interrupt gate 32-bit, .* DPL 0$/);
    assert.match(crossing.gate?.memoryReference ?? '', /^hpa:/);
    assert.deepEqual(words(crossing)?.slice(0, 3), [
      ['error code', 0],
      ['EIP', 0x100000],
      ['CS', 9],
    ]);
    for (const { memoryReference, bytes, value } of crossing.frame?.words ?? []) {
      const { data = '' } = await client.ask<{ data?: string }>('readMemory', { memoryReference, count: bytes });
      assert.equal(Buffer.from(data, 'base64').readUInt32LE(), value);
    }
    assert.equal(crossing.handler?.source?.source.name, processor.source?.source.name);

    await goOn(client, 'stepOut');
    const after = await standing(client);
    assert.deepEqual([after.rings.real.ring, after.rings.believed.ring], [1, 0]);
    assert.deepEqual([after.crossing?.kind, after.crossing?.isOver], ['monitorEntry', true]);
    client.end();
  });

  it('in real mode', async () => {
    const client = await InProcess.at(
      `bits 16\norg 0x7c00\n int 0x12\nafter: jmp $\ntimes 510-($-$$) db 0\n dw 0xaa55\n`,
    );
    await goOn(client, 'stepIn');
    const { mode, crossing } = await standing(client);
    assert.equal(mode.text, 'real mode');
    assert.deepEqual([crossing?.kind, crossing?.stack?.switched], ['softwareInterrupt', false]);
    assert.match(crossing?.gate?.text ?? '', /^interrupt vector 0x12: to 0xf000:/);
    assert.deepEqual(
      crossing?.frame?.words.map(({ name }) => name),
      ['IP', 'CS', 'FLAGS'],
    );
    client.end();
  });

  it('while it runs only when it is', async () => {
    const client = await InProcess.at('bits 32\norg 0x100000\nstart: jmp start\n');
    await client.ask('continue', { threadId: 1 });
    const where = await client.ask<Where>(whereRequest);
    assert.equal(where.running, true);
    assert.ok(where.time.ticks >= 0);
    assert.deepEqual(Object.keys(where).sort(), ['running', 'technique', 'time']);
    client.end();
  });

  it('in the language of the session', async () => {
    const client = new InProcess({ 'guest.asm': ringsGuest });
    await client.ask('initialize', { adapterID: 'ringside', locale: 'zh-cn' });
    await client.ask('launch', { program: 'guest.asm', technique: 'none', stopOnEntry: true });
    await client.until('stopped', () => client.ask('configurationDone'));
    assert.equal((await standing(client)).mode.text, '保护模式，32 位，分页关闭');
    client.end();
  });

  it('before a guest is launched there is none', async () => {
    const client = new InProcess();
    await client.ask('initialize', { adapterID: 'ringside' });
    await assert.rejects(client.ask(whereRequest), /No guest has been started yet/);
    client.end();
  });
});
