// Code that comes into memory while the guest runs: its names and lines count where its bytes are.
import assert from 'node:assert/strict';
import { assemble } from '../../src/asm/assemble';
import { parseLaunchOptions } from '../../src/debug/launch';
import { SymbolPart } from '../../src/symbols/symbolPart';
import { ProgramSymbols } from '../../src/symbols/programSymbols';
import { Breakpoints } from '../../src/debug/breakpoints';
import { Debuggee } from '../../src/debug/debuggee';
import { never } from '../../src/debug/goals';
import { mappedPath } from '../../src/debug/paths';

describe('parts of a program', () => {
  let isThere = false;
  const line = (address: number, file: string) => ({
    address,
    length: 4,
    position: { file, line: 1, column: 1 },
    expandedFrom: undefined,
    isCode: true,
  });
  const source = (file: string, label: string) => ({
    labels: [{ name: label, address: 0x100 }],
    constants: new Map([['SHARED', file.length]]),
    lines: [line(0x100, file)],
  });
  const first = new SymbolPart(source('first.asm', 'one'), () => true);
  const later = new SymbolPart(source('later', 'two'), () => isThere);
  const symbols = new ProgramSymbols([first, later]);

  for (const [there, file, label] of [
    [false, 'first.asm', 'one'],
    [true, 'later', 'two'],
  ] as const) {
    it(`show ${file} at an address of both while the later one is ${there ? '' : 'not '}there`, () => {
      isThere = there;
      assert.equal(symbols.lines.positionOf(0x102)?.file, file);
      assert.equal(symbols.describe(0x102), `${label}+0x2`);
      assert.equal(symbols.functionAt(0x102), label);
    });
  }

  it('have their own labels, and the first one says what a name means that both have', () => {
    assert.equal(symbols.valueOf('two'), 0x100);
    assert.equal(symbols.valueOf('SHARED'), 'first.asm'.length);
    assert.deepEqual(
      symbols.lines.placesOf(['first.asm', 'later'], 1).map(({ address }) => address),
      [0x100, 0x100],
    );
  });
});

interface Guest {
  readonly debuggee: Debuggee;
  readonly breakpoints: Breakpoints;
}

describe('code that is loaded later', () => {
  const kernel = 'bits 32\n%include "shared.inc"\nkernel: call shared\nspin: cli\n hlt\n';
  const shared = 'jmp kernel\nshared: inc eax\n ret\n';
  const boot = `bits 32
org 0x100000
start: mov esi, image
 mov edi, 0x200000
 mov ecx, image.end - image
 rep movsb
 mov eax, 0x200000
 call eax
 %include "shared.inc"
kernel: nop
image: incbin "kernel.bin"
.end:
`;

  async function launched(symbols: unknown, kernelSource = kernel): Promise<Guest> {
    const texts: Record<string, string> = { 'shared.inc': shared, 'kernel.asm': kernelSource, 'boot.asm': boot };
    const built = assemble('kernel.asm', {
      text: name => ({ ...texts, 'kernel.asm': kernel })[name],
      bytes: () => undefined,
    });
    const files = {
      read: async (path: string) => {
        const name = path.slice(path.lastIndexOf('/') + 1);
        const content = name === 'kernel.bin' ? built.image?.bytes : texts[name];
        if (content === undefined) throw new Error('there is no such file');
        return typeof content === 'string' ? new TextEncoder().encode(content) : content;
      },
    };
    const host = {
      yieldTurn: async () => {},
      turnIsOver: () => false,
      log: () => {},
      serialOutput: () => {},
      debugOutput: () => {},
    };
    const options = parseLaunchOptions({ program: '/p/boot.asm', technique: 'none', memoryMb: 4, symbols, cwd: '/p' });
    const breakpoints = new Breakpoints();
    breakpoints.setFilters([]);
    return { debuggee: await Debuggee.launch(options, files, host, breakpoints), breakpoints };
  }

  /** Runs to a breakpoint on `address` that belongs to the later part; gives where that is. */
  async function runTo(
    { debuggee: { engine, symbols }, breakpoints }: Guest,
    file: string,
    line: number,
  ): Promise<string> {
    const places = symbols.lines.placesOf([file], line);
    assert.ok(places.length > 0, 'the line has code');
    const [breakpoint] = breakpoints.replace('test', 'source', [
      {
        addresses: places.map(({ address }) => address),
        isThere: address => places.some(place => place.isThere(address)),
      },
    ]);
    assert.equal(breakpoint.verified, false, 'it is not there yet');
    const stop = await engine.run(never);
    if (stop.kind !== 'breakpoint') return stop.kind;
    assert.equal(breakpoint.verified, true);
    return symbols.describe(places[0].address) ?? '';
  }

  it('has its breakpoints where its bytes have come', async () => {
    const guest = await launched([{ file: 'kernel.asm', address: '0x200000' }]);
    assert.equal(await runTo(guest, '/p/kernel.asm', 4), 'spin');
    guest.debuggee.dispose();
  });

  it('tells a file that both parts include by where it runs', async () => {
    const guest = await launched([{ file: 'kernel.asm', address: 0x200000 }]);
    assert.equal(guest.debuggee.symbols.lines.placesOf(['shared.inc', '/p/shared.inc'], 2).length, 2);
    assert.equal(await runTo(guest, '/p/shared.inc', 2), 'shared');
    guest.debuggee.dispose();
  });

  it('stops nowhere if other bytes have come', async () => {
    const guest = await launched([{ file: 'kernel.asm', address: '0x200000' }], kernel.replace('cli', 'sti'));
    assert.equal(await runTo(guest, '/p/kernel.asm', 4), 'ended');
    guest.debuggee.dispose();
  });

  const wrong: [symbols: unknown, problem: RegExp][] = [
    ['kernel.asm', /"symbols" is "kernel.asm", but it must be a list/],
    [['kernel.asm'], /"symbols" has "kernel.asm", but each entry/],
    [[{ file: 'kernel.asm', address: 'there' }], /"address":"there"/],
    [[{ file: 'kernel.asm', address: -1 }], /"address":-1/],
    [[{ file: 'none.asm' }], /\/p\/none.asm cannot be read: there is no such file/],
    [[{ file: 'kernel.bin' }], /kernel.bin has no symbols/],
  ];
  for (const [symbols, problem] of wrong) {
    it(`refuses ${JSON.stringify(symbols)}`, () => assert.rejects(launched(symbols), problem));
  }
});

describe('paths of a build elsewhere', () => {
  const mappings = [
    { from: '/build/kernel/arch', to: '/home/me/arch' },
    { from: '/build/kernel', to: '/home/me/kernel' },
    { from: 'C:\\src', to: 'memfs:/src' },
  ];
  const rows: [path: string, mapped: string][] = [
    ['/build/kernel/main.c', '/home/me/kernel/main.c'],
    ['/build/kernel/arch/x86/entry.S', '/home/me/arch/x86/entry.S'],
    ['/build/kernels/main.c', '/build/kernels/main.c'],
    ['/build/kernel/./lib/../main.c', '/home/me/kernel/main.c'],
    ['c:/SRC/a/b.c', 'memfs:/src/a/b.c'],
    ['/elsewhere/main.c', '/elsewhere/main.c'],
  ];
  for (const [path, mapped] of rows) it(path, () => assert.equal(mappedPath(path, mappings), mapped));
});
