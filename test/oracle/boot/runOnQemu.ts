// A guest on QEMU until its processor halts for good, and what is on its screen and went out of its serial port then.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type BootGuest, prompt, typedKeys } from './guests';
import { type Outcome, screenLines } from './screen';

const command = 'qemu-system-i386';
export const missing =
  spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined
    ? undefined
    : `${command} is not installed`;

const lookAgainMs = 20;
/** generous: a busy machine is no failure */
const giveUpMs = 100_000;
const interruptFlag = 0x200;

/** Its time is that of executed instructions, and idle time is skipped. */
const options = [
  '-icount',
  'shift=3,sleep=off',
  '-display',
  'none',
  '-no-reboot',
  '-m',
  '16',
  '-net',
  'none',
  '-cpu',
  'pentium3',
];

const medium = (kind: BootGuest['medium'], image: string): readonly string[] =>
  ({
    disk: ['-boot', 'c', '-drive', `file=${image},format=raw,if=ide,index=0`],
    floppy: ['-boot', 'a', '-drive', `file=${image},format=raw,if=floppy,index=0`],
    kernel: ['-kernel', image],
  })[kind];

/** QEMU's drives are as large as their files: as ours, which fill up what is short. */
const leastBytes = { disk: 1 << 20, floppy: 1_474_560, kernel: 0 };

export async function runOnQemu(guest: BootGuest, image: Uint8Array): Promise<Outcome> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-boot-'));
  try {
    const file = path.join(folder, 'image');
    const padded = new Uint8Array(Math.max(image.length, leastBytes[guest.medium]));
    padded.set(image);
    fs.writeFileSync(file, padded);
    await converse([...options, ...medium(guest.medium, file)], folder, guest.typed === true);
    const serial = fs.readFileSync(path.join(folder, 'serial'), 'latin1');
    return { screen: screenLines(fs.readFileSync(path.join(folder, 'page'))), serial };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Asks QEMU's monitor for the registers until the guest has halted with interrupts off; then for its screen. */
async function converse(parameters: readonly string[], folder: string, types: boolean): Promise<void> {
  const serial = path.join(folder, 'serial');
  const qemu = spawn(command, [...parameters, '-monitor', 'stdio', '-serial', `file:${serial}`], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // it may go while it is spoken to: that it has closed says enough
  qemu.stdin.on('error', () => undefined);
  const say = (text: string): void => void qemu.stdin.write(`${text}\n`);
  let answer = '';
  let toType = types ? [...typedKeys.names] : [];
  let ends = false;
  const heard = (): void => {
    if (ends || !answer.endsWith('(qemu) ')) return;
    ends = hasHalted(answer);
    answer = '';
    if (ends) return say('pmemsave 0xb8000 4000 page\nquit');
    if (toType.length > 0 && printed(serial).endsWith(prompt)) {
      const keys = toType;
      toType = [];
      for (const key of keys) say(`sendkey ${key} 10`);
    }
    setTimeout(() => say('info registers'), lookAgainMs);
  };
  qemu.stdout.on('data', (bytes: Buffer) => {
    answer += bytes.toString('latin1');
    heard();
  });
  const timer = setTimeout(() => qemu.kill(), giveUpMs);
  await new Promise(resolve => qemu.once('close', resolve));
  clearTimeout(timer);
}

/** QEMU makes the file when it likes. */
const printed = (file: string): string => (fs.existsSync(file) ? fs.readFileSync(file, 'latin1') : '');

function hasHalted(registers: string): boolean {
  const [, flags] = /EFL=([0-9a-f]+)[^]*HLT=1/.exec(registers) ?? [];
  return flags !== undefined && (parseInt(flags, 16) & interruptFlag) === 0;
}
