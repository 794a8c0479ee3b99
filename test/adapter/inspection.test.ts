// Looking at a stopped guest, and changing it, through a real client: variables, expressions, memory, disassembly.
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Debugged, withAdapter } from './adapterProcess';

const program = `bits 32
org 0x100000
ANSWER equ 42
start:
    mov eax, ANSWER
    mov esp, 0x80000
    push dword 0x12345678
    cmp eax, ANSWER
spin:
    jmp spin
message: db "Hi", 0
`;

async function stopped(guest: Debugged, technique = 'none'): Promise<string> {
  const file = await guest.debug('look.asm', program, { technique });
  await guest.client.setBreakpointsRequest({ source: { path: file }, breakpoints: [{ line: 10 }] });
  await guest.goOn();
  return file;
}

describe('inspection', function () {
  this.slow(2000);

  it('shows every scope', () =>
    withAdapter(async guest => {
      await stopped(guest);
      const find = async (scope: string, name: string): Promise<string | undefined> =>
        (await guest.variables(scope)).find(row => row.name === name)?.value;
      assert.equal(await find('Registers', 'eax'), '0x0000002a');
      assert.equal(await find('Registers', 'eip'), '0x00100012 spin');
      assert.equal(await find('Flags', 'ZF'), '1');
      assert.match(
        (await find('Segments', 'cs')) ?? '',
        /^0x0008 base 0x00000000 limit 0xffffffff code 32-bit readable DPL 0$/,
      );
      assert.equal(await find('Control', 'cr0'), '0x00000011 PE ET');
      assert.equal(await find('Guest believes / hardware has', 'IF'), 'both 0');
      assert.equal(await find('Trap', 'trap'), 'none so far');
      const devices = await guest.variables('Devices');
      assert.ok(devices.length > 8);
      const pic = await guest.variables('Devices', devices[0].name);
      assert.ok(pic.every(({ value }) => value !== ''));
      const bits = await guest.variables('Control', 'cr0');
      assert.deepEqual(
        bits.filter(({ value }) => value === '1').map(({ name }) => name),
        ['PE', 'ET'],
      );
    }));

  it('changes registers, flags and bits', () =>
    withAdapter(async guest => {
      await stopped(guest);
      const scopeOf = async (name: string): Promise<number> => {
        const [{ id }] = await guest.stack();
        const { scopes } = (await guest.client.scopesRequest({ frameId: id })).body;
        return scopes.find(scope => scope.name === name)?.variablesReference ?? 0;
      };
      const set = async (scope: string, name: string, value: string): Promise<string> =>
        (await guest.client.setVariableRequest({ variablesReference: await scopeOf(scope), name, value })).body.value;
      assert.equal(await set('Registers', 'eax', 'eax * 2'), '0x00000054 (84)');
      assert.equal(await set('Flags', 'ZF', '0'), '0');
      assert.equal(await guest.evaluate('zf'), '0');
      assert.ok(guest.events.some(({ event }) => event === 'invalidated'));
      await assert.rejects(set('Segments', 'cs', '0'), /"cs" shows a state that cannot be set/);
      await assert.rejects(set('Registers', 'eax', 'nothing'), /"nothing" is neither/);
      await assert.rejects(set('Flags', 'ZF', '2'), /0x2 does not fit 1 bits/);
    }));

  const values: [expression: string, result: string][] = [
    ['eax', '0x0000002a (42)'],
    ['al', '0x2a (42)'],
    ['ANSWER', '0x0000002a (42)'],
    ['message', '0x00100014 (1048596) message'],
    ['byte [message]', '0x48 (72)'],
    ['[esp]', '0x12345678 (305419896)'],
    ['*esp:u16', '0x5678 (22136)'],
    ['cr0.pe', '1'],
    ['cpl', '0'],
    ['eip == spin', '1'],
    ['$', '0x00100012 (1048594) spin'],
    ['vm', '0x00000001'],
    ['count', '0x00000004'],
    ['cs.limit', '0xffffffff (4294967295, -1)'],
    ['hw.cr0 == cr0', '1'],
    ["byte [message] == 'H'", '1'],
  ];
  it('evaluates expressions', () =>
    withAdapter(async guest => {
      await stopped(guest);
      for (const [expression, result] of values)
        assert.equal(await guest.evaluate(expression, 'watch'), result, expression);
      await assert.rejects(guest.evaluate('eax = 1', 'hover'), /Debug Console only/);
      await assert.rejects(guest.evaluate('mesage', 'hover'), /Did you mean "message"/);
      assert.equal(await guest.evaluate('eax'), '0x0000002a (42)');
      assert.equal(await guest.evaluate('dword [0x5000] = eax + 1'), '0x0000002b (43)');
      assert.equal(await guest.evaluate('*0x5000:u8'), '0x2b (43)');
    }));

  it('sets expressions', () =>
    withAdapter(async guest => {
      await stopped(guest);
      const set = async (expression: string, value: string) =>
        (
          (await guest.client.customRequest('setExpression', {
            expression,
            value,
          })) as DebugProtocol.SetExpressionResponse
        ).body.value;
      assert.equal(await set('*0x7c00:u16', '0x1234'), '0x1234 (4660)');
      assert.equal(await set('cr0.wp', '1'), '1');
      assert.equal(await guest.evaluate('cr0'), '0x00010011 (65553)');
      await assert.rejects(set('message', '1'), /"message" cannot be changed/);
      await assert.rejects(set('1 + 1', '1'), /cannot be changed/);
    }));

  it('shows 16-bit code as such', () =>
    withAdapter(async guest => {
      const text =
        'bits 16\norg 0x7c00\n mov ax, 0x1234\n mov ds, ax\nspin: jmp spin\ntimes 510-($-$$) db 0\ndw 0xaa55\n';
      await guest.debug('boot.asm', text);
      await guest.next();
      assert.equal((await guest.place()).line, 4);
      const [row] =
        (await guest.client.disassembleRequest({ memoryReference: '0x7c00', instructionCount: 1 })).body
          ?.instructions ?? [];
      assert.equal(row.instruction, 'mov ax, 0x1234');
      assert.equal(await guest.evaluate('ax'), '0x1234 (4660)');
      await guest.next();
      assert.match(
        (await guest.variables('Segments')).find(({ name }) => name === 'ds')?.value ?? '',
        /base 0x00012340/,
      );
    }));

  it('completes names', () =>
    withAdapter(async guest => {
      await stopped(guest);
      const { targets } = (await guest.client.completionsRequest({ text: 'eax + mes', column: 10 })).body;
      assert.deepEqual(
        targets.map(({ label, start, length }) => [label, start, length]),
        [['message', 6, 3]],
      );
    }));

  const memory = async (guest: Debugged, memoryReference: string, count: number, offset = 0) => {
    const response = await guest.client.customRequest('readMemory', { memoryReference, offset, count });
    const body = response.body as NonNullable<DebugProtocol.ReadMemoryResponse['body']>;
    return { ...body, bytes: Buffer.from(body.data ?? '', 'base64') };
  };

  for (const technique of ['none', 'trapAndEmulate']) {
    it(`reads and writes memory in every address space under ${technique}`, () =>
      withAdapter(async guest => {
        await stopped(guest, technique);
        assert.equal((await memory(guest, 'gva:0x100014', 3)).bytes.toString(), 'Hi\0');
        assert.equal((await memory(guest, '0x100000', 3, 0x14)).bytes.toString(), 'Hi\0');
        assert.equal((await memory(guest, 'gpa:0x100014', 3)).bytes.toString(), 'Hi\0');
        const host = technique === 'none' ? 'hpa:0x100014' : 'hpa:0x900014';
        assert.equal((await memory(guest, host, 3)).bytes.toString(), 'Hi\0');
        const data = Buffer.from('Yo').toString('base64');
        await guest.client.customRequest('writeMemory', { memoryReference: 'gva:0x100014', data });
        assert.equal((await memory(guest, host, 3)).bytes.toString(), 'Yo\0');
        const end = await memory(guest, 'gpa:0xfffff0', 32);
        assert.deepEqual([end.bytes.length, end.unreadableBytes], [16, 16]);
        const hole = await memory(guest, 'gpa:0x1000000', 64);
        assert.deepEqual([hole.bytes.length, hole.unreadableBytes], [0, 64]);
        const below = await memory(guest, 'gpa:0x0', 64, -16);
        assert.deepEqual([below.address, below.bytes.length, below.unreadableBytes], ['-16', 0, 16]);
        await assert.rejects(memory(guest, 'xyz:1', 1), /"xyz:1" is no memory reference/);
        await assert.rejects(
          guest.client.customRequest('writeMemory', { memoryReference: 'gpa:0xffffff', data }),
          /cannot be written/,
        );
      }));
  }

  it('disassembles forward and backward, in step with the source', () =>
    withAdapter(async guest => {
      await stopped(guest);
      const disassemble = async (args: Partial<DebugProtocol.DisassembleArguments>) =>
        (await guest.client.disassembleRequest({ memoryReference: '0x100012', instructionCount: 5, ...args })).body
          ?.instructions ?? [];
      assert.deepEqual(
        (await disassemble({ instructionOffset: -4, instructionCount: 6 })).map(row => row.instruction),
        ['mov eax, 0x2a', 'mov esp, 0x80000', 'push 0x12345678', 'cmp eax, 0x2a', 'jmp spin', 'db 0x48'],
      );
      const [row] = await disassemble({ instructionCount: 1 });
      assert.deepEqual(
        [row.address, row.instructionBytes, row.symbol, row.line, row.location?.name],
        ['0x00100012', 'eb fe', 'spin', 10, 'look.asm'],
      );
      for (const instructionOffset of [-200, -50, -1, 0, 3]) {
        const rows = await disassemble({ instructionOffset, instructionCount: 100 });
        assert.equal(rows.length, 100);
        if (instructionOffset < 0 && instructionOffset > -100) {
          assert.equal(rows[-instructionOffset].address, '0x00100012');
        }
        const known = rows.map(({ address }) => Number(address)).filter(address => address >= 0);
        assert.ok(known.every((address, index) => index === 0 || address > known[index - 1]));
      }
      const start = await disassemble({ memoryReference: '0x2', instructionOffset: -10, instructionCount: 20 });
      assert.equal(start.length, 20);
    }));

  it('lists the sources', () =>
    withAdapter(async guest => {
      await stopped(guest, 'trapAndEmulate');
      const { body } = (await guest.client.customRequest('loadedSources')) as DebugProtocol.LoadedSourcesResponse;
      const { sources } = body;
      assert.equal(sources[0].name, 'look.asm');
      assert.ok(sources.some(({ path }) => path === 'monitor/trapAndEmulate/handlers.ts'));
    }));
});
