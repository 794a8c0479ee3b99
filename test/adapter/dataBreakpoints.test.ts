// Data breakpoints through a real client: what can be watched, where they stop, what they say.
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Debugged, withAdapter } from './adapterProcess';

const program = `bits 32
org 0x100000
start:
    mov esp, 0x80000
    mov ebp, count
.loop:
    inc dword [count]
    cmp byte [flag], 1
    jmp .loop
count: dd 0
flag: db 0
`;

type Info = DebugProtocol.DataBreakpointInfoResponse['body'];
const infoOf = async (guest: Debugged, args: DebugProtocol.DataBreakpointInfoArguments): Promise<Info> =>
  ((await guest.client.customRequest('dataBreakpointInfo', args)) as DebugProtocol.DataBreakpointInfoResponse).body;
const set = async (guest: Debugged, ...breakpoints: DebugProtocol.DataBreakpoint[]) =>
  (
    (await guest.client.customRequest('setDataBreakpoints', {
      breakpoints,
    })) as DebugProtocol.SetDataBreakpointsResponse
  ).body.breakpoints;

describe('data breakpoints', function () {
  this.slow(2000);

  const places: [args: DebugProtocol.DataBreakpointInfoArguments, dataId: string | null, description: RegExp][] = [
    [{ name: 'count' }, 'count/4', /^4 bytes at count \(0x001000/],
    [{ name: 'byte [flag]' }, 'flag/1', /^1 byte at flag/],
    [{ name: 'count + 2', bytes: 2 }, 'count+0x2/2', /^2 bytes at count\+0x2/],
    [{ name: 'word [0x5000 + 2]' }, '0x00005002/2', /^2 bytes at 0x00005002/],
    [{ name: '0x5000', asAddress: true, bytes: 16 }, '0x00005000/16', /^16 bytes at 0x00005000/],
    [{ name: '20480', asAddress: true, bytes: 1 }, '0x00005000/1', /^1 byte/],
    [{ name: 'gpa:0x5000', asAddress: true }, null, /is no address/],
    [{ name: 'al' }, null, /"al" is no place in memory/],
    [{ name: 'cont' }, null, /Did you mean "count"/],
    [{ name: 'count', bytes: 0 }, null, /0 bytes from 0x001000.. on cannot be watched/],
    [{ name: '0xffffffff', bytes: 2 }, null, /within 4 GiB/],
  ];
  it('can be set on labels, addresses and operands, and on nothing else', () =>
    withAdapter(async guest => {
      await guest.debug('data.asm', program);
      assert.equal(guest.capabilities?.supportsDataBreakpoints, true);
      for (const [args, dataId, description] of places) {
        const info = await infoOf(guest, args);
        assert.equal(info.dataId, dataId, JSON.stringify(args));
        assert.match(info.description, description);
        if (dataId !== null) assert.deepEqual(info.accessTypes, ['write', 'read', 'readWrite']);
      }
    }));

  it('on a register of the Variables view are on the register', () =>
    withAdapter(async guest => {
      await guest.debug('data.asm', program);
      await guest.next();
      await guest.next();
      const [frame] = await guest.stack();
      const { scopes } = (await guest.client.scopesRequest({ frameId: frame.id })).body;
      const found: (string | null)[] = [];
      for (const { variablesReference } of scopes) {
        const { variables } = (await guest.client.variablesRequest({ variablesReference })).body;
        for (const { name } of variables)
          if (name === 'ebp' || name === 'cr0') found.push((await infoOf(guest, { name, variablesReference })).dataId);
      }
      assert.deepEqual(found, ['register ebp', 'register cr0']);
    }));

  for (const technique of ['none', 'trapAndEmulate']) {
    it(`stop under ${technique}, with their ids, a reason and a description`, () =>
      withAdapter(async guest => {
        await guest.debug('data.asm', program, { technique });
        const [write, read] = await set(
          guest,
          { dataId: 'count/4' },
          { dataId: 'flag/1', accessType: 'read', hitCondition: '2' },
        );
        assert.deepEqual([write.verified, read.verified], [true, true]);
        const stop = await guest.goOn();
        assert.equal(stop.reason, 'data breakpoint');
        assert.deepEqual(stop.hitBreakpointIds, [write.id]);
        assert.match(stop.description ?? '', /^start.loop \(.*wrote 4 bytes at count .*: 0x00000000 → 0x00000001$/);
        assert.equal((await guest.place()).line, 8);
        const info = (await guest.client.customRequest('exceptionInfo', {
          threadId: 1,
        })) as DebugProtocol.ExceptionInfoResponse;
        assert.equal(info.body.exceptionId, 'data breakpoint');
        await guest.goOn();
        assert.deepEqual((await guest.goOn()).hitBreakpointIds, [read.id]);
      }));
  }

  const changing = `bits 32
org 0x100000
start:
    mov ecx, 100000
.spin:
    loop .spin
    mov eax, 0x5000
    mov cr3, eax
    mov ebx, 7
    cli
.end:
    jmp .end
`;
  const changes: [register: string, technique: string, line: number, description: RegExp][] = [
    ['cr3', 'none', 9, /^cr3, as the guest believes it, has changed: 0x0 → 0x5000$/],
    ['cr3', 'trapAndEmulate', 9, /^cr3, as the guest believes it, has changed: 0x0 → 0x5000$/],
    ['hw.cr3', 'none', 9, /^cr3 of the hardware has changed: 0x0 → 0x5000$/],
    ['ebx', 'trapAndEmulate', 10, /^ebx, as the guest believes it, has changed: 0x.* → 0x7$/],
  ];
  for (const [register, technique, line, description] of changes)
    it(`stop after ${register} has changed under ${technique}`, () =>
      withAdapter(async guest => {
        await guest.debug('changing.asm', changing, { technique });
        const [breakpoint] = await set(guest, { dataId: `register ${register}` });
        assert.equal(breakpoint.verified, true);
        const stop = await guest.goOn();
        assert.equal(stop.reason, 'data breakpoint');
        assert.deepEqual(stop.hitBreakpointIds, [breakpoint.id]);
        assert.match(stop.description ?? '', description);
        assert.equal((await guest.place()).line, line);
      }));

  it('refuse what is no place, or a condition that makes no sense', () =>
    withAdapter(async guest => {
      await guest.debug('data.asm', program);
      const answers = await set(
        guest,
        { dataId: 'nonsense' },
        { dataId: 'nowhere/4' },
        { dataId: 'count/4', condition: 'eax ==' },
      );
      const wanted = [/is no data id/, /no label "nowhere"/, /expected at column 7/];
      answers.forEach(({ verified, message }, index) => {
        assert.equal(verified, false);
        assert.match(message ?? '', wanted[index]);
      });
    }));

  it('are taken up again by a restart, on the label where it is now', () =>
    withAdapter(async guest => {
      await guest.debug('data.asm', program);
      const [{ id }] = await set(guest, { dataId: 'count/4' });
      await guest.goOn();
      guest.file('data.asm', program.replace('count:', 'times 9 db 0\ncount:'));
      await guest.stopAfter(() => guest.client.customRequest('restart', {}));
      const stop = await guest.goOn();
      assert.deepEqual(stop.hitBreakpointIds, [id]);
      assert.match(stop.description ?? '', /at count .*0x00000000 → 0x00000001$/);
    }));
});
