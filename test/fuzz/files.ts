// Files that are not what they seem: programs, symbol files and disks of random and of damaged content load or are refused
// in words, and what has been loaded can be looked at and stepped.
import assert from 'node:assert/strict';
import { InProcess, refusal } from '../adapter/inProcess';
import { randomFrom } from '../asm/randomSource';
import { elf32, multibootFlat } from '../machine/images';

type Random = (below: number) => number;

const pick = <T>(random: Random, choices: readonly T[]): T => choices[random(choices.length)];
const randomBytes = (random: Random, length: number): Uint8Array => Uint8Array.from({ length }, () => random(256));

function bootSector(random: Random): Uint8Array {
  const sector = randomBytes(random, 512 * (1 + random(4)));
  sector.set([0x55, 0xaa], 510);
  return sector;
}

const elf = (random: Random): Uint8Array =>
  elf32(
    Array.from({ length: 1 + random(3) }, (_, index) => ({
      physical: 0x100000 + index * 0x1000,
      bytes: randomBytes(random, random(300)),
      memoryBytes: 300 + random(2000),
    })),
  );

const kinds: ((random: Random) => Uint8Array)[] = [
  random => randomBytes(random, random(3000)),
  bootSector,
  elf,
  random => multibootFlat(0x100000, 0x100040 + random(64)),
  random => new TextEncoder().encode(String.fromCharCode(...randomBytes(random, random(300)))),
  () => Uint8Array.of(0x4d, 0x5a, 0x90, 0),
];

/** With some bytes, words or stretches of it changed, or cut off. */
function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  const file = Uint8Array.from(bytes);
  for (let change = random(6); change > 0 && file.length > 8; change--) {
    const at = random(random(2) ? Math.min(file.length, 128) : file.length);
    const value = pick(random, [0, 1, 0x7f, 0x80, 0xff, random(256)]);
    file.fill(value, at, at + pick(random, [1, 2, 4, 8]));
  }
  return random(4) ? file : file.subarray(0, random(file.length + 1));
}

const content = (random: Random): Uint8Array => damaged(random, pick(random, kinds)(random));
const names = [
  'guest.bin',
  'guest.asm',
  'kernel.elf',
  'vscode-vfs://a/%zz.img',
  '\\\\host\\share\\a.bin',
  'C:\\a',
  '',
  '/',
];

export async function fuzz(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const program = pick(random, names);
  const disk = pick(random, names);
  const client = new InProcess({ [program]: content(random), [disk]: content(random) });
  const send = async (command: string, args: object = {}): Promise<boolean> => {
    const text = refusal(await client.send(command, args));
    assert.ok(!/error of Ringside's own/.test(text), `${command}: ${text}`);
    return text === '';
  };
  try {
    const launched = await send('launch', {
      program,
      stopOnEntry: true,
      technique: pick(random, ['none', 'trapAndEmulate']),
      memoryMb: 1 + random(4),
      ...(random(3) ? {} : { boot: pick(random, ['flat16', 'flat32', 'bootSector', 'multiboot']) }),
      ...(random(3) ? {} : { diskImage: disk }),
    });
    if (!launched) return;
    await client.until('stopped', () => send('configurationDone'));
    await send('stackTrace');
    await send('disassemble', { memoryReference: '0x7c00', instructionOffset: -20, instructionCount: 40 });
    await send('continue');
    await new Promise(resolve => setTimeout(resolve, random(20)));
    await send('pause');
    await send('loadedSources');
  } finally {
    client.end();
  }
}
