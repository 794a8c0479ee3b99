// What the editor and Ringside's workers say to each other. In a browser one bundle (src/adapter/webWorker.ts) serves
// both conversations; the editor starts one worker for each debug session, one for its own questions about sources, and
// one for those of each session, whose messages it passes on. On the desktop the language conversation goes to a thread,
// and debug sessions are processes that speak the Debug Adapter Protocol.
import type { DebugProtocol } from '@vscode/debugprotocol';

/** The first message to a worker in the browser: the disassembler's WebAssembly (see src/build/icedWasm.mjs). */
export interface StartWorker {
  icedWasm: Uint8Array;
}

/**
 * Editor to adapter. `file` and `fileError` answer the `readFile` that carried the same `id`; `fromLanguage` passes on what the
 * session's language worker says. `technique` comes first: the one that the launch will name.
 */
export type ToAdapter =
  | { kind: 'technique'; technique: string }
  | { kind: 'dap'; message: DebugProtocol.ProtocolMessage }
  | { kind: 'file'; id: number; bytes: Uint8Array }
  | { kind: 'fileError'; id: number; reason: string; isAbsent: boolean }
  | { kind: 'fromLanguage'; message: unknown }
  | { kind: 'languageEnded'; reason: string };

/** Adapter to editor. `uri` is the launch request's `program` or `diskImage`, or a URI made relative to it. */
export type FromAdapter =
  | { kind: 'dap'; message: DebugProtocol.ProtocolMessage }
  | { kind: 'readFile'; id: number; uri: string; mostBytes: number }
  | { kind: 'toLanguage'; message: unknown }
  | { kind: 'stopLanguage' };

/** Editor to language worker: assemble `main` with the files known so far, by the names that the source gives them. */
export interface Assemble {
  kind: 'assemble';
  id: number;
  main: string;
  files: ReadonlyMap<string, FileContent>;
  /** Also make the listing. */
  listing: boolean;
  /** of the diagnostics */
  locale: string;
  sources: SourceSettings;
}

/** As launch.json has them. `folder` is the main source's; paths and URIs are as VS Code's own. */
export interface SourceSettings {
  folder: string;
  cwd?: string;
  includePaths: string[];
  defines: string[];
}

/** A file's text or bytes, why it cannot be read, or null where there is none that may be read. */
export type FileContent = string | Uint8Array | { readonly problem: string } | null;

/** Language worker to editor: what it found, or which files it needs before it can tell. */
export type FromLanguage =
  | { kind: 'needsFiles'; id: number; texts: readonly string[]; binaries: readonly string[] }
  | { kind: 'assembled'; id: number; diagnostics: readonly AssemblerDiagnostic[]; listing?: string };

/** Lines and columns count from 1; `endColumn` is the first column after the fault. */
export interface AssemblerDiagnostic {
  severity: 'error' | 'warning';
  message: string;
  position: FilePosition;
  endColumn?: number;
  /** The macro calls that led here, innermost first. */
  expandedFrom?: readonly FilePosition[];
}

export interface FilePosition {
  file: string;
  line: number;
  column: number;
}
