// The GNU tools and NASM as oracles: objects as they make them, and programs as ld links them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const answers = (command: string, ...words: string[]): boolean => spawnSync(command, words).status === 0;

/** Whether nasm, gcc -m32 and ld can be run; says so if not. */
export function hasTools(): boolean {
  const found =
    answers('nasm', '-v') &&
    answers('ld', '-v') &&
    spawnSync('gcc', ['-m32', '-c', '-ffreestanding', '-xc', '-', '-o', os.devNull], { input: 'int x;' }).status === 0;
  if (!found) console.log('      skipped: nasm, gcc -m32 and ld are not all installed, and they make what is linked');
  return found;
}

function produced(make: (output: string) => readonly string[]): Uint8Array {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'link-'));
  try {
    const output = path.join(folder, 'output');
    const [command, ...words] = make(output);
    const { status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${words.join(' ')}\n${stderr}`);
    return new Uint8Array(fs.readFileSync(output));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function withFiles<Result>(
  contents: readonly (string | Uint8Array)[],
  use: (files: readonly string[]) => Result,
): Result {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'link-'));
  try {
    const files = contents.map((_, index) => path.join(folder, `part${index}`));
    contents.forEach((content, index) => fs.writeFileSync(files[index], content));
    return use(files);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** `nasm -f elf32` of a text. */
export const nasmObject = (text: string): Uint8Array =>
  withFiles([text], ([file]) => produced(output => ['nasm', '-f', 'elf32', '-w-all', file, '-o', output]));

/** `gcc -m32 -c -ffreestanding` of a text. */
export const gccObject = (text: string, ...options: string[]): Uint8Array =>
  withFiles([text], ([file]) =>
    produced(output => ['gcc', '-m32', '-c', '-ffreestanding', ...options, '-xc', file, '-o', output]),
  );

/** `ld -m elf_i386` of objects. */
export const ldProgram = (objects: readonly Uint8Array[], ...options: string[]): Uint8Array =>
  withFiles(objects, files => produced(output => ['ld', '-m', 'elf_i386', '-n', ...options, ...files, '-o', output]));

/** What `readelf` says about a file, with its complaints. */
export const readelf = (bytes: Uint8Array, ...options: string[]): string =>
  withFiles([bytes], ([file]) => {
    const { stdout, stderr } = spawnSync('readelf', ['-W', ...options, file], { encoding: 'utf8', maxBuffer: 1 << 28 });
    return stdout + stderr;
  });
