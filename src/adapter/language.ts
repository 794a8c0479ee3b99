// Assembles on behalf of the editor, which knows the files: those that a source turns out to name are asked for, and the
// question comes back with them.
import { assemble } from '../asm/assemble';
import { listing as listingOf } from '../asm/listing';
import type { Assemble, FileContent, FromLanguage } from '../shared/workerMessages';

export function answer({ id, main, files, listing }: Assemble): FromLanguage {
  const texts = new Set<string>();
  const binaries = new Set<string>();
  const known = (name: string, missing: Set<string>): FileContent => {
    if (!Object.hasOwn(files, name)) missing.add(name);
    return files[name] ?? null;
  };
  const sources = {
    text: (name: string) => {
      const content = known(name, texts);
      return typeof content === 'string' ? content : undefined;
    },
    bytes: (name: string) => {
      const content = known(name, binaries);
      return content instanceof Uint8Array ? content : undefined;
    },
  };
  const { image, diagnostics } = assemble(main, sources);
  if (texts.size + binaries.size > 0) return { kind: 'needsFiles', id, texts: [...texts], binaries: [...binaries] };
  const listed = listing && image ? { listing: listingOf(image, sources) } : {};
  return { kind: 'assembled', id, diagnostics, ...listed };
}
