// What the user says about how a program is started, and files that are not started at all.

import { foreignFile } from '../machine/foreignFiles';
import { type BootChoice, hasBootSignature } from '../machine/guestImage';
import { foreign, noBootSignature } from '../machine/imageErrors';
import { givenAddress } from './givenAddress';
import type { LaunchOptions } from './launch';
import { errors } from './userError';

/** by their names disk images, and no programs */
const diskEndings = /\.(img|ima|flp|vfd|dsk|hdd|raw)$/i;

/** @throws ImageError with the reason */
export function refuseForeign({ program, boot, bootDrive }: LaunchOptions, content: Uint8Array): void {
  const file = foreignFile(content);
  if (file) throw foreign(file.what, file.instead);
  const isDisk = bootDrive !== undefined || (boot === undefined && diskEndings.test(program));
  if (isDisk && !hasBootSignature(content)) throw noBootSignature();
}

/** What the user has said, without what he has not. */
export const bootChoice = ({ boot, bootDrive }: LaunchOptions, entry: number | undefined): BootChoice => ({
  ...(boot === undefined ? {} : { boot }),
  ...(bootDrive === undefined ? {} : { bootDrive }),
  ...(entry === undefined ? {} : { entry }),
});

/** An address in the source's terms, in which `labelled` knows labels. @throws UserError */
export function entryAddress(
  { entry }: LaunchOptions,
  labelled: (name: string) => number | undefined,
): number | undefined {
  if (entry === undefined || typeof entry === 'number') return entry;
  const value = labelled(entry) ?? givenAddress(entry);
  if (value === undefined) throw errors.unknownEntry(entry);
  return value;
}
