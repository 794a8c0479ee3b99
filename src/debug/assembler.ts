// Running the assembler over files that are known so far. It does not wait for files: what it asks for in vain is said, and
// it is run again when that has been read. Questions and answers are plain data, so that a worker can do it.

import {
  assemble,
  type Assembly,
  assembleObject,
  type AssemblyOptions,
  type ObjectAssembly,
  type OutputFormat,
  type SourceFiles,
} from '../asm/assemble';

/** Why a file that is there cannot be read. */
export interface UnreadableFile {
  readonly problem: string;
}

/** A file's text or bytes, or null where there is none. */
export type FileContent = string | Uint8Array | UnreadableFile | null;

export interface AssemblyQuestion {
  readonly main: string;
  /** by the names that the source gives them */
  readonly files: ReadonlyMap<string, FileContent>;
  readonly options: AssemblyOptions;
  readonly format: OutputFormat;
}

/** With an image or an object, as it was asked for. */
export interface AssemblyAnswer extends Omit<Partial<Assembly>, 'diagnostics'>, ObjectAssembly {
  /** names of all files that were asked for */
  readonly asked: readonly string[];
  /** those of them that nothing is known of: the answer is good only if there are none */
  readonly unknown: { readonly texts: readonly string[]; readonly binaries: readonly string[] };
}

/** Assembles, here or elsewhere. Rejects with an Error whose message is a reason for people. */
export type Assembler = (question: AssemblyQuestion) => Promise<AssemblyAnswer>;

export const assembleHere: Assembler = async question => assembleKnown(question);

export function assembleKnown({ main, files, options, format }: AssemblyQuestion): AssemblyAnswer {
  const texts = new Set<string>();
  const binaries = new Set<string>();
  const known = sourceFiles(files);
  const asking: SourceFiles = {
    ...known,
    text(name: string) {
      texts.add(name);
      return known.text(name);
    },
    bytes(name: string) {
      binaries.add(name);
      return known.bytes(name);
    },
  };
  const assembly = format === 'bin' ? assemble(main, asking, options) : assembleObject(main, asking, options);
  const unknown = (names: ReadonlySet<string>): string[] => [...names].filter(name => !files.has(name));
  return {
    ...assembly,
    asked: [...texts, ...binaries],
    unknown: { texts: unknown(texts), binaries: unknown(binaries) },
  };
}

/** Files as the assembler reads them. */
export function sourceFiles(files: ReadonlyMap<string, FileContent>): SourceFiles {
  const found = (name: string): string | Uint8Array | undefined => {
    const content = files.get(name) ?? undefined;
    return isUnreadable(content) ? undefined : content;
  };
  return {
    text(name) {
      const content = found(name);
      return content === undefined || typeof content === 'string' ? content : new TextDecoder().decode(content);
    },
    bytes(name) {
      const content = found(name);
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
    problem(name) {
      const content = files.get(name) ?? undefined;
      return isUnreadable(content) ? content.problem : undefined;
    },
  };
}

const isUnreadable = (content: FileContent | undefined): content is UnreadableFile =>
  typeof content === 'object' && content !== null && 'problem' in content;
