// Programs of C and GNU assembly, compiled and linked in the test's run: gcc and readelf are the judges. Without them the
// tests skip, and are counted as skipped.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-dwarf-'));
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

const linkOptions = ['-m32', '-ffreestanding', '-nostdlib', '-static', '-fno-pie', '-no-pie', '-fno-stack-protector'];
const place = ['-Wl,-Ttext=0x100000', '-Wl,--build-id=none', '-Wl,-z,noexecstack'];

export const hasCompiler: boolean = (() => {
  const probe = source('probe.c', 'void _start(void) {}\n');
  return (
    run('gcc', [...linkOptions, '-o', path.join(folder, 'probe'), probe]) !== undefined &&
    run('readelf', ['-v']) !== undefined
  );
})();

/** Writes a source, and gives its path. */
export function source(name: string, text: string): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

let programs = 0;

/** The path of a program at 1 MiB. */
export function compile(sources: readonly string[], options: readonly string[]): string {
  const file = path.join(folder, `program${++programs}.elf`);
  const out = run('gcc', [...linkOptions, ...place, ...options, '-o', file, ...sources]);
  if (out === undefined) throw new Error(`gcc does not take ${sources.join(' ')} with ${options.join(' ')}`);
  return file;
}

/** What a tool prints; undefined if it fails or is not there. */
export function run(tool: string, words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(tool, words, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  return status === 0 ? stdout : undefined;
}

export interface DecodedLine {
  readonly file: string;
  /** undefined at the end of a sequence */
  readonly line: number | undefined;
  readonly address: number;
  readonly isStatement: boolean;
}

/** The rows that `readelf --debug-dump=decodedline` shows. */
export function decodedLines(program: string): DecodedLine[] {
  const text = run('readelf', ['-W', '--debug-dump=decodedline', program]) ?? '';
  return [...text.matchAll(/^(\S+) +(\d+|-) +(0x[0-9a-f]+|0)(?: +\d+)?( +x)?(?: +END)? *$/gm)].map(
    ([, file, line, address, statement]) => ({
      file: path.basename(file),
      line: line === '-' ? undefined : Number(line),
      address: Number(address),
      isStatement: statement !== undefined,
    }),
  );
}

export const cSource = `#include "shapes.h"
static int square(int x) { return x * x; }
int table[4];
static volatile int seen;

__attribute__((noinline)) int sum(int n) {
  int s = 0;
  for (int i = 0; i < n; i++)
    s += square(i) + table[i & 3];
  return s;
}

__attribute__((noinline, cold)) static void note(int value) {
  seen = value;
}

__attribute__((noinline)) int choose(int kind) {
  switch (kind) {
  case 1:
    return area(2, 3);
  case 2:
    note(kind);
    return 7;
  default:
    while (seen < kind) seen++;
    return seen;
  }
}

int run(void) {
  table[1] = 2;
  int r = sum(5);
  if (r > 3)
    r += choose(r & 3);
  note(r);
  return r + choose(9);
}
`;

export const headerSource = `static inline int area(int width, int height) {
  int result = width * height;
  return result + 1;
}
`;

export const assemblySource = `        .text
        .globl _start
        .type _start, @function
        .macro twice register
        inc \\register
        inc \\register
        .endm
_start:
        mov $0x90000, %esp
        xor %eax, %eax
        twice %eax
        call run
        cli; nop
1:      hlt
        jmp 1b
        .size _start, . - _start
`;

/** The three together, linked. */
export function sampleProgram(...options: string[]): string {
  source('shapes.h', headerSource);
  return compile([source('start.S', assemblySource), source('main.c', cSource)], options);
}
