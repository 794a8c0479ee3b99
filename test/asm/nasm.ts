// NASM as the oracle: runs the installed nasm, if there is one.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Whether nasm can be run; says so once if not. */
export function hasNasm(): boolean {
  const found = spawnSync('nasm', ['-v']).status === 0;
  if (!found) console.log('      skipped: nasm is not installed, and it is what the bytes are compared with');
  return found;
}

export interface NasmResult {
  /** Absent if nasm found errors. */
  bytes?: Uint8Array;
  listing: string;
  messages: string;
}

/** `nasm -f bin` on a source text, in `folder` (for %include and incbin), with no warnings but these. */
export function runNasm(source: string, folder = os.tmpdir(), warnings: readonly string[] = []): NasmResult {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'nasm-'));
  try {
    const input = path.join(work, 'input.asm');
    const output = path.join(work, 'output.bin');
    const list = path.join(work, 'output.lst');
    fs.writeFileSync(input, source);
    const { status, stderr } = spawnSync(
      'nasm',
      ['-f', 'bin', '-w-all', ...warnings, input, '-o', output, '-l', list],
      {
        encoding: 'utf8',
        cwd: folder,
        maxBuffer: 1 << 28,
      },
    );
    const listing = fs.existsSync(list) ? fs.readFileSync(list, 'utf8') : '';
    return { ...(status === 0 ? { bytes: new Uint8Array(fs.readFileSync(output)) } : {}), listing, messages: stderr };
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** The bytes of each line as nasm's listing shows them, in hexadecimal; undefined for a line that nasm refuses or takes for a label. */
export function nasmByLine(lines: readonly string[], header: string): (string | undefined)[] {
  const refused = new Set<number>();
  for (let attempt = 0; attempt < 20; attempt++) {
    const kept = lines.map((line, index) => (refused.has(index + 2) ? '' : line));
    const { listing, messages, bytes } = runNasm([header, ...kept].join('\n'));
    if (bytes) {
      const listed = bytesByLine(listing);
      return lines.map((_, index) => (refused.has(index + 2) ? undefined : listed.get(index + 2)));
    }
    for (const [, line] of messages.matchAll(/:(\d+): (?:error|fatal|assertion)/g)) refused.add(Number(line));
  }
  throw new Error('nasm finds new errors again and again');
}

function bytesByLine(listing: string): Map<number, string> {
  const bytes = new Map<number, string>();
  for (const row of listing.split('\n')) {
    const found = /^ *(\d+) [0-9A-F]{8} ([0-9A-F()[\]]+)-?(?: |$)/.exec(row);
    if (!found) continue;
    const line = Number(found[1]);
    bytes.set(line, (bytes.get(line) ?? '') + found[2].replace(/[^0-9A-F]/g, '').toLowerCase());
  }
  return bytes;
}
