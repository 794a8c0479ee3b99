// Runs cases on this machine's processor, by way of the C program beside this file, whose head comment describes the
// exchange.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { localSegmentNames, localSegments, regions, type LocalSegment } from './layout';
import { maximumPatches, type NativeCase, type Outcome } from './nativeCase';

const source = path.resolve('test/oracle/native/harness.c');
const compilerOptions = [
  '-m32',
  '-O2',
  '-ffreestanding',
  '-fno-builtin',
  '-fno-tree-loop-distribute-patterns',
  '-fno-stack-protector',
  '-fno-pic',
  '-nostdlib',
  '-static',
  '-no-pie',
  // away from what cases use
  '-Wl,-Ttext-segment=0x70000000',
];

/** The harness compiled, or why it cannot be. */
export function compileHarness(): { readonly program: string } | { readonly missing: string } {
  if (process.arch !== 'x64' || process.platform !== 'linux') return { missing: 'this is not Linux on x86-64' };
  const program = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'native-oracle-')), 'harness');
  try {
    execFileSync('gcc', [...compilerOptions, source, '-o', program], { stdio: 'pipe' });
    runNatively(program, new Uint8Array(4), []);
    return { program };
  } catch (error) {
    return { missing: `gcc -m32, or a 32-bit program, does not work here: ${String(error).split('\n')[0]}` };
  }
}

export function runNatively(program: string, pool: Uint8Array, cases: readonly NativeCase[]): readonly Outcome[] {
  const input = new WordWriter();
  writeSegments(input);
  input.words(regions.length);
  for (const { address, length, writable } of regions) input.words(address, length, writable ? 1 : 0);
  input.words(pool.length);
  input.bytes(pool, pool.length);
  input.words(cases.length);
  for (const native of cases) writeCase(input, native);
  const { status, signal, stdout } = spawnSync(program, { input: input.finish(), maxBuffer: 1 << 30 });
  const outcomes = readOutcomes(stdout, cases);
  if (status === 0 && outcomes.length === cases.length) return outcomes;
  const last = cases[outcomes.length];
  throw new Error(`the harness ended with ${signal ?? status} at case ${outcomes.length}: ${JSON.stringify(last)}`);
}

class WordWriter {
  private readonly parts: Uint8Array[] = [];

  words(...values: readonly number[]): void {
    this.parts.push(new Uint8Array(Uint32Array.from(values).buffer));
  }

  /** padded with zeros, or cut off, to `length` */
  bytes(values: ArrayLike<number>, length: number): void {
    const part = new Uint8Array(length);
    part.set(Array.from(values).slice(0, length));
    this.parts.push(part);
  }

  finish(): Buffer {
    return Buffer.concat(this.parts);
  }
}

const contents = { data: 0, expandDown: 1, code: 2 } as const;

function writeSegments(input: WordWriter): void {
  input.words(localSegmentNames.length);
  localSegmentNames.forEach((name, entry) => {
    const { base, limit, kind, is32Bit, restricted, absent }: LocalSegment = localSegments[name];
    const inPages = limit > 0xfffff;
    const flags = (is32Bit ? 1 : 0) | (restricted ? 2 : 0) | (inPages ? 4 : 0) | (absent ? 8 : 0);
    input.words(entry, base, inPages ? limit >>> 12 : limit, contents[kind], flags);
  });
}

function writeCase(input: WordWriter, native: NativeCase): void {
  input.words(...native.registers, native.eip, native.eflags, ...native.segments);
  input.words(native.maxSteps, native.poolOffset, native.codeAddress, native.code.length);
  input.bytes(native.code, 16);
  for (let index = 0; index < maximumPatches; index++) {
    const { address, bytes } = native.patches[index] ?? { address: 0, bytes: [] };
    input.words(address, bytes.length);
    input.bytes(bytes, 16);
  }
}

const outcomeWords = 22;
const debugVector = 1;

function readOutcomes(output: Buffer, cases: readonly NativeCase[]): Outcome[] {
  const words = new Uint32Array(output.buffer.slice(output.byteOffset, output.byteOffset + (output.length & ~3)));
  const outcomes: Outcome[] = [];
  for (let at = 0; at + outcomeWords <= words.length;) {
    const record = Array.from(words.subarray(at, at + outcomeWords));
    const [, vector, errorCode, faultAddress, steps, changeCount] = record.slice(16);
    at += outcomeWords;
    const changes = new Map<number, number>();
    for (let index = 0; index < changeCount; index++, at += 2) changes.set(words[at], words[at + 1]);
    const raised = vector === debugVector ? undefined : { vector, errorCode, faultAddress };
    // a fault of the HLT that follows: the single-step trap was held back
    const held = raised !== undefined && record[8] !== cases[outcomes.length].eip;
    outcomes.push({
      registers: record.slice(0, 8),
      eip: record[8],
      eflags: record[9],
      segments: record.slice(10, 16),
      exception: held ? undefined : raised,
      steps,
      held,
      changes,
    });
  }
  return outcomes;
}
