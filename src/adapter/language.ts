// What a language worker does: it assembles on behalf of others, who know the files. The editor wants to know what is wrong
// with a source, or its listing; a debug session wants its program.
import { speak } from '../base/localization';
import { listing as listingOf } from '../asm/listing';
import { type AssemblyAnswer, assembleKnown, type AssemblyQuestion, sourceFiles } from '../debug/assembler';
import { parseSourceOptions } from '../debug/sourceOptions';
import { UserError } from '../debug/userError';
import { languageOf } from './languages';
import type { Assemble, AssemblerDiagnostic, FromLanguage } from '../shared/workerMessages';

/** Debug session to language worker, and back. */
export interface AssembleProgram extends AssemblyQuestion {
  readonly kind: 'assembleProgram';
  readonly id: number;
  /** of the diagnostics */
  readonly locale: string;
}
export interface AssembledProgram {
  readonly kind: 'assembledProgram';
  readonly id: number;
  readonly answer: AssemblyAnswer;
}

export type ToLanguage = Assemble | AssembleProgram;

export function answer(question: ToLanguage): FromLanguage | AssembledProgram {
  speak(languageOf(question.locale));
  if (question.kind === 'assemble') return answerToEditor(question);
  return { kind: 'assembledProgram', id: question.id, answer: assembleKnown(question) };
}

function answerToEditor(question: Assemble): FromLanguage {
  const { id, main } = question;
  try {
    return assembled(question);
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

function assembled({ id, main, files, listing, sources }: Assemble): FromLanguage {
  const { folder, cwd, includePaths, defines } = sources;
  const { assembly } = parseSourceOptions({ cwd, includePaths, defines }, undefined);
  const question = { main, files, options: { ...assembly, folder } };
  const flat = assembleKnown({ ...question, format: 'bin' });
  // A source that uses symbols of others is a part of a larger program, and is judged as such.
  const { diagnostics, unknown } = flat.usesExternals ? assembleKnown({ ...question, format: 'elf32' }) : flat;
  const { image } = flat;
  const { texts, binaries } = unknown;
  if (texts.length + binaries.length > 0) return { kind: 'needsFiles', id, texts, binaries };
  const listed = listing && image ? { listing: listingOf(image, sourceFiles(files)) } : {};
  return { kind: 'assembled', id, diagnostics, ...listed };
}
