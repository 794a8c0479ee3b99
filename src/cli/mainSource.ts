// A folder given in place of a file stands for its main source.
import fs from 'node:fs/promises';
import path from 'node:path';
import { listed, t } from '../base/localization';
import { UserError } from '../debug/userError';
import { complain } from './output';

const mainNames = ['main.asm', 'kernel.asm', 'boot.asm'];

/** `file` itself, or the main source of the folder that it is. */
export async function mainSource(file: string): Promise<string> {
  const stat = await fs.stat(file).catch(() => undefined);
  if (!stat?.isDirectory()) return file;
  const sources = (await fs.readdir(file)).filter(name => /\.(asm|nasm)$/i.test(name));
  const ofThatName = `${path.basename(path.resolve(file))}.asm`;
  const main = [ofThatName, ...mainNames].find(name => sources.includes(name)) ?? onlyOf(sources);
  if (main === undefined) {
    throw new UserError(
      t`The folder ${file} has no main source: none is called ${listed([ofThatName, ...mainNames])}. Name the file.`,
    );
  }
  const source = path.join(file, main);
  complain(t`${file} is a folder; its main source is ${source}.`);
  return source;
}

const onlyOf = (names: readonly string[]): string | undefined => (names.length === 1 ? names[0] : undefined);
