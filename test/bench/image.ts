// Guests from source to Multiboot image, by our own assembler, kept in a folder until the source or the assembler changes.
import fs from 'node:fs';
import path from 'node:path';
import { assemble } from '../../src/asm/assemble';

export const guestsFolder = path.resolve('test/bench/guests');
const imagesFolder = path.resolve('out/bench/images');
/** Our own guests may be longer than what anybody may bring. */
const stepsOfOurs = 20_000_000;
const cannotBeAssembled = 'a benchmark guest cannot be assembled';

/** The file with the image of guest `name` that does its work `iterations` times. */
export function imageFile(name: string, iterations: number): string {
  const file = path.join(imagesFolder, `${name}-${iterations}.bin`);
  fs.mkdirSync(imagesFolder, { recursive: true });
  fs.writeFileSync(file, assembleImage(name, iterations));
  return file;
}

/** Sources are named by their file in `folder`. */
export function assembleFile(folder: string, name: string, source: string): Uint8Array {
  const bytes = (file: string): Uint8Array | undefined => {
    const found = path.join(folder, file);
    return fs.existsSync(found) ? fs.readFileSync(found) : undefined;
  };
  const text = (file: string): string | undefined => {
    if (file === name) return source;
    const found = bytes(file);
    return found && new TextDecoder().decode(found);
  };
  const { image, diagnostics } = assemble(name, { text, bytes }, { steps: stepsOfOurs });
  if (image) return image.bytes;
  const lines = diagnostics.map(({ position: { file, line }, message }) => `${file}:${line}: ${message}`);
  throw new Error([cannotBeAssembled, ...lines].join('\n'));
}

const assembleImage = (name: string, iterations: number): Uint8Array =>
  assembleFile(guestsFolder, 'iterations.asm', `%define ITERATIONS ${iterations}\n%include "${name}.asm"\n`);
