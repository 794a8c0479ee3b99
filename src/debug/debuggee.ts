// A guest under the debugger: the program in a machine under a technique, and everything that looks at it.

import { bootText } from '../machine/bootText';
import { diskFromImage, floppyFromImage } from '../machine/diskImage';
import { type Drives, drivesFor } from '../machine/drives';
import { ImageError } from '../machine/imageErrors';
import { loadGuest } from '../machine/loadGuest';
import type { System } from '../monitor/system';
import { createSystem } from '../monitor/techniques';
import { Breakpoints } from './breakpoints';
import { Engine, type EngineHost } from './engine';
import { Explainer } from './explain';
import { type FileAccess, reasonOf } from './files';
import { GuestContext } from './expressions/guestContext';
import { InstructionText } from './instructionText';
import type { Assembler } from './assembler';
import type { LaunchOptions } from './launch';
import { MemoryView } from './memory';
import { fileName } from './paths';
import { loadProgram, type Program } from './program';
import { symbolTable } from './programPart';
import type { ProgramSymbols } from './symbols';
import { errors } from './userError';

/** Where the guest's output goes, and the engine's turns come from. */
export interface DebuggeeHost extends EngineHost {
  serialOutput(byte: number): void;
  debugOutput(byte: number): void;
}

const bytesPerMb = 0x100000;

export class Debuggee {
  readonly system: System;
  readonly symbols: ProgramSymbols;
  readonly memory: MemoryView;
  readonly engine: Engine;
  readonly context: GuestContext;
  readonly text: InstructionText;
  readonly explainer: Explainer;
  /** how the guest was started, in words */
  readonly bootText: string;

  private constructor(
    readonly options: LaunchOptions,
    readonly program: Program,
    drives: Drives,
    breakpoints: Breakpoints,
    host: DebuggeeHost,
  ) {
    this.system = createSystem(options.technique, {
      memoryBytes: options.memoryMb * bytesPerMb,
      load: (memory, state, ports) => loadGuest(program.image, memory, state, { ports, drives }),
      ...drives,
      host: {
        serialOutput: byte => host.serialOutput(byte),
        debugOutput: byte => host.debugOutput(byte),
        exit: code => this.engine.exit(code),
      },
    });
    this.bootText = bootText(program.image, drives);
    this.memory = new MemoryView(this.system);
    const symbols = symbolTable(program.parts, this.memory);
    this.symbols = symbols;
    this.engine = new Engine({ system: this.system, symbols, memory: this.memory, breakpoints, host });
    this.context = new GuestContext(this.system, symbols, this.memory, () => this.engine.inMonitor);
    this.engine.checks.context = this.context;
    this.text = new InstructionText(this.memory, symbols);
    const { engine, memory, text } = this;
    this.explainer = new Explainer({ engine, memory, symbols, text });
  }

  /** Reads, assembles and loads what the options name. @throws UserError, AssemblyFailure */
  static async launch(
    options: LaunchOptions,
    files: FileAccess,
    host: DebuggeeHost,
    breakpoints = new Breakpoints(),
    assembler?: Assembler,
  ): Promise<Debuggee> {
    try {
      const program = await loadProgram(options, files, assembler);
      const drives = drivesFor(program.image, await namedDrives(options, files));
      return new Debuggee(options, program, drives, breakpoints, host);
    } catch (error) {
      if (error instanceof ImageError) throw errors.cannotLoad(fileName(options.program), error.message);
      throw error;
    }
  }

  dispose(): void {
    this.text.dispose();
  }
}

async function namedDrives({ disks, floppies }: LaunchOptions, files: FileAccess): Promise<Drives> {
  const readAll = (paths: readonly string[]): Promise<readonly Uint8Array[]> =>
    Promise.all(paths.map(path => readImage(path, files)));
  const [diskImages, floppyImages] = [await readAll(disks), await readAll(floppies)];
  return {
    disks: diskImages.map((content, index) => diskFromImage(content, fileName(disks[index]))),
    floppies: floppyImages.map((content, index) => floppyFromImage(content, fileName(floppies[index]))),
  };
}

const readImage = (path: string, files: FileAccess): Promise<Uint8Array> =>
  files.read(path).catch((error: unknown) => {
    throw errors.unreadableDisk(path, reasonOf(error));
  });
