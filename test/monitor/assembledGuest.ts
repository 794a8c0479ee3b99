// Guests of the tests, from source to image.

import fs from 'node:fs';
import path from 'node:path';
import { assemble, type AssembledImage, type SourceFiles } from '../../src/asm/assemble';
import { type BootKind, type GuestImage, imageFromAssembly } from '../../src/machine/guestImage';

export interface AssembledGuest {
  readonly image: GuestImage;
  /** address of a label, in the source's terms */
  address(label: string): number;
}

/** Of the guests' common parts; tests run in the project's folder. */
const guestsFolder = path.resolve('test/monitor/guests');
const mainFile = 'guest.asm';

const filesIn = (folder: string, text?: string): SourceFiles => ({
  text: name => (name === mainFile && text !== undefined ? text : read(path.join(folder, name))?.toString('utf8')),
  bytes: name => read(path.join(folder, name)),
});

const read = (file: string): Buffer | undefined => (fs.existsSync(file) ? fs.readFileSync(file) : undefined);

/** `%include` finds the files in `test/monitor/guests`. */
export const assembleText = (text: string, boot?: BootKind): AssembledGuest =>
  guestOf(assembled(mainFile, filesIn(guestsFolder, text)), boot);

/** `source` makes another text of a file that is read, to see what a change does. */
export const assembleFile = (
  file: string,
  source: (name: string, text: string) => string = (_, text) => text,
): AssembledGuest => {
  const files = filesIn(path.dirname(file));
  const changed = (name: string): string | undefined => {
    const found = files.text(name);
    return found === undefined ? undefined : source(name, found);
  };
  return guestOf(assembled(path.basename(file), { text: changed, bytes: name => files.bytes(name) }));
};

function assembled(name: string, files: SourceFiles): AssembledImage {
  const { image, diagnostics } = assemble(name, files);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (!image || errors.length > 0)
    throw new Error(errors.map(({ position: { file, line }, message }) => `${file}:${line}: ${message}`).join('\n'));
  return image;
}

function guestOf({ bytes, origin, bits, symbols }: AssembledImage, boot?: BootKind): AssembledGuest {
  if (bits === 64) throw new Error('guests are 16 or 32-bit code');
  return {
    image: imageFromAssembly({ bytes, origin, bits, ...(boot ? { boot } : {}) }),
    address: label => {
      const symbol = symbols.get(label);
      if (!symbol) throw new Error(`no label ${label}`);
      return symbol.value;
    },
  };
}
