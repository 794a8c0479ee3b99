// The boot sectors and kernels, from source to what is started: assembly by our own assembler, C by gcc.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BootGuest } from './guests';

export const guestsFolder = path.resolve('test/oracle/boot/guests');

const flags = ['-m32', '-ffreestanding', '-fno-pic', '-no-pie', '-nostdlib', '-static', '-fno-stack-protector', '-w'];
const linking = ['-Wl,-Ttext=0x100000', '-Wl,--build-id=none', '-Wl,-z,max-page-size=0x1000', '-Wl,-N'];

/** An ELF file, or undefined where there is no compiler for it. */
export function compile({ file, optimization = '-O0' }: BootGuest): Uint8Array | undefined {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-boot-'));
  try {
    const output = path.join(folder, 'kernel.elf');
    const source = path.join(guestsFolder, file);
    const { status } = spawnSync('gcc', [...flags, ...linking, optimization, '-o', output, source], {
      stdio: 'inherit',
    });
    return status === 0 ? fs.readFileSync(output) : undefined;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
