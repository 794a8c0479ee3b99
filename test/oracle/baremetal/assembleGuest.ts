// The bare-metal guests, from source to image, by our own assembler.
import fs from 'node:fs';
import path from 'node:path';
import { assemble } from '../../../src/asm/assemble';

export const guestsFolder = path.resolve('test/oracle/baremetal/guests');
const bootRomSource = path.resolve('test/oracle/baremetal/romBoot.asm');

const readBytes = (file: string): Uint8Array | undefined => (fs.existsSync(file) ? fs.readFileSync(file) : undefined);

function assembled(name: string, bytes: (file: string) => Uint8Array | undefined): Uint8Array {
  const text = (file: string): string | undefined => {
    const found = bytes(file);
    return found && new TextDecoder().decode(found);
  };
  const { image, diagnostics } = assemble(name, { text, bytes });
  const lines = diagnostics.map(({ position: { file, line }, message }) => `${file}:${line}: ${message}`);
  if (!image) throw new Error(lines.join('\n'));
  return image.bytes;
}

const images = new Map<string, Uint8Array>();

/** A Multiboot image. */
export function assembleGuest(name: string): Uint8Array {
  const image = images.get(name) ?? assembled(`${name}.asm`, file => readBytes(path.join(guestsFolder, file)));
  images.set(name, image);
  return image;
}

/** A 64 KiB ROM that starts the guest where a BIOS would be. */
export const assembleBootRom = (guest: Uint8Array): Uint8Array =>
  assembled('romBoot.asm', file => (file === 'guest.bin' ? guest : readBytes(bootRomSource)));
