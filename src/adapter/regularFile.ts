// Reading files that anybody may have named: only regular ones, up to a size, and no more of them than they say they have.
// So no pipe makes the reader wait, no device goes on for ever, and what /proc makes up is empty.
import { constants, type Stats } from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import { t } from '../base/localization';

/** A share on the network may never answer. */
const patienceMs = 15_000;

/** @throws Error whose message is a reason for people, or one of Node's */
export async function readRegularFile(path: string, mostBytes: number): Promise<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(t`reading it takes too long`)), patienceMs);
  });
  try {
    return await Promise.race([read(path, mostBytes), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

async function read(path: string, mostBytes: number): Promise<Uint8Array> {
  // before it is opened, since opening alone can have effects on what is no file
  check(await fs.stat(path), mostBytes);
  const file = await fs.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = await file.stat();
    check(stat, mostBytes);
    return await bytesOf(file, stat.size);
  } finally {
    await file.close();
  }
}

function check(stat: Stats, mostBytes: number): void {
  if (stat.isDirectory()) throw new Error(t`it is a folder`);
  if (!stat.isFile()) throw new Error(t`it is no regular file`);
  if (stat.size > mostBytes) throw new Error(t`it has ${stat.size} bytes, and at most ${mostBytes} are read`);
}

async function bytesOf(file: FileHandle, size: number): Promise<Uint8Array> {
  const content = new Uint8Array(size);
  let done = 0;
  while (done < size) {
    const { bytesRead } = await file.read(content, done, size - done, done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return content.subarray(0, done);
}
