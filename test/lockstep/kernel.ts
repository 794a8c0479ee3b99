// `kernel.asm`, assembled: its bytes and the addresses of its labels.

import fs from 'node:fs';
import path from 'node:path';
import { assemble, type AssembledImage } from '../../src/asm/assemble';

const file = path.resolve('test/lockstep/kernel.asm');

let assembled: AssembledImage | undefined;

function image(): AssembledImage {
  if (assembled) return assembled;
  const { image: made, diagnostics } = assemble(file, {
    text: name => fs.readFileSync(name, 'utf8'),
    bytes: () => undefined,
  });
  if (!made) throw new Error(diagnostics.map(({ message, position }) => `${position.line}: ${message}`).join('\n'));
  assembled = made;
  return made;
}

export const kernelBytes = (): Uint8Array => image().bytes;

/** Address of a label in `kernel.asm`. */
export function kernelLabel(name: string): number {
  const symbol = image().symbols.get(name);
  if (!symbol) throw new Error(`the kernel has no label ${name}`);
  return symbol.value;
}
