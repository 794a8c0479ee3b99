// How soon the adapter answers where a guest or a client asks for very much: a guest that resists a pause, a request at the
// edge of what may be asked.
import { InProcess } from '../../adapter/inProcess';

const bits32 = 'bits 32\norg 0x100000\nstart:\n';
/** Guests whose single steps, or whose ways through the engine, are as long as a guest can make them. */
const resisting: Readonly<Record<string, string>> = {
  'an endless loop': `${bits32}jmp $\n`,
  'long string moves': `${bits32}.l: xor esi, esi\nmov edi, 0x20000000\nmov ecx, 0x7000000\ncld\nrep movsd\njmp .l\n`,
  'scans of all of memory': `${bits32}.l: mov edi, 0x200000\nmov ecx, 0x3ff00000\nmov al, 1\ncld\nrepne scasb\njmp .l\n`,
  'resets': `${bits32}mov esp, 0x90000\nlidt [.none]\nint3\n.none: dw 0\ndd 0\n`,
  'resets after memory was filled': `${bits32}mov edi, 0x200000\nmov ecx, 0x3ff0000\nmov eax, 1\ncld\nrep stosd\nmov al, 0xfe\nout 0x64, al\n.l: jmp .l\n`,
  'a flood of ports': `${bits32}.l: out 0x80, al\nin al, 0x60\njmp .l\n`,
  'a flood of output': `${bits32}.l: mov al, 'a'\nout 0xe9, al\njmp .l\n`,
  'code that changes itself': `${bits32}.l: inc dword [.m + 1]\n.m: mov eax, 0\njmp .l\n`,
  'new page tables': `${bits32}.l: mov eax, cr3\nmov cr3, eax\ninvlpg [eax]\njmp .l\n`,
}; // prettier-ignore

const edges: readonly (readonly [command: string, args: object])[] = [
  ['disassemble', { memoryReference: 'gva:0x103000', instructionOffset: -2000, instructionCount: 2000 }],
  ['disassemble', { memoryReference: 'gva:0xf0000000', instructionOffset: -2000, instructionCount: 2000 }],
  ['readMemory', { memoryReference: '0', count: 2 ** 50 }],
  ['evaluate', { expression: `${'1+'.repeat(2000)}1`, context: 'watch' }],
  ['evaluate', { expression: '('.repeat(4000), context: 'watch' }],
  ['evaluate', { expression: 'constructor', context: 'watch' }],
  ['stackTrace', { startFrame: 0, levels: 2 ** 50 }],
  ['loadedSources', {}],
];

const pausesOfEach = 8;

/** The longest time from a pause request to its stop, and from a request to its answer, in ms. */
export async function measureResponses(): Promise<readonly number[]> {
  const pauses: number[] = [];
  for (const technique of ['none', 'trapAndEmulate'])
    for (const source of Object.values(resisting)) pauses.push(await longestPause(source, technique));
  return [Math.max(...pauses), await longestAnswer()];
}

async function longestPause(source: string, technique: string): Promise<number> {
  const client = await InProcess.at(source, { technique, memoryMb: 1024 });
  let longest = 0;
  try {
    for (let pause = 0; pause < pausesOfEach; pause++) {
      await client.ask('continue', { threadId: 1 });
      const waitMs = 40 + 13 * pause;
      // the request comes when it is due, not when the guest's turn is over
      const before = performance.now() + waitMs;
      await new Promise(resolve => setTimeout(resolve, waitMs));
      await client.until('stopped', () => client.ask('pause', { threadId: 1 }));
      longest = Math.max(longest, performance.now() - before);
    }
  } finally {
    client.end();
  }
  return longest;
}

async function longestAnswer(): Promise<number> {
  const client = await InProcess.at(`${bits32}nop\nconstructor: dd 1\ntimes 5000 db 0x90, 0x31, 0xc0\n`);
  let longest = 0;
  for (const [command, args] of edges) {
    const before = performance.now();
    await client.send(command, args);
    longest = Math.max(longest, performance.now() - before);
  }
  client.end();
  return longest;
}
