// Assembles on behalf of the editor, which knows the files: those that a source turns out to name are asked for, and the
// question comes back with them.
import { assemble, assembleObject, type AssemblyOptions } from '../asm/assemble';
import { listing as listingOf } from '../asm/listing';
import { parseSourceOptions } from '../debug/sourceOptions';
import { UserError } from '../debug/userError';
import type { Assemble, AssemblerDiagnostic, FileContent, FromLanguage } from '../shared/workerMessages';

export function answer(question: Assemble): FromLanguage {
  const { id, main } = question;
  try {
    const { folder, cwd, includePaths, defines } = question.sources;
    const { assembly } = parseSourceOptions({ cwd, includePaths, defines }, undefined);
    return assembled(question, { ...assembly, folder });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: 'assembled', id, diagnostics: [aboutSettings(main, error.message)] };
  }
}

const aboutSettings = (file: string, message: string): AssemblerDiagnostic => ({
  severity: 'error',
  message,
  position: { file, line: 1, column: 1 },
});

function assembled({ id, main, files, listing }: Assemble, options: AssemblyOptions): FromLanguage {
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
  const flat = assemble(main, sources, options);
  // A source that uses symbols of others is a part of a larger program, and is judged as such.
  const { diagnostics } = flat.usesExternals ? assembleObject(main, sources, options) : flat;
  const { image } = flat;
  if (texts.size + binaries.size > 0) return { kind: 'needsFiles', id, texts: [...texts], binaries: [...binaries] };
  const listed = listing && image ? { listing: listingOf(image, sources) } : {};
  return { kind: 'assembled', id, diagnostics, ...listed };
}
