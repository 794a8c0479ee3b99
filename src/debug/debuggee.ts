// A guest under the debugger: the program in a machine under a technique, and everything that looks at it.

import type { Diagnostic } from '../asm/assemble';
import { diskFromImage, floppyFromImage } from '../machine/diskImage';
import { type Drives, drivesFor } from '../machine/drives';
import { ImageError } from '../machine/imageErrors';
import { ImageProgram } from '../monitor/guestProgram';
import type { Level } from '../monitor/level';
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
import { type ProgramPart, symbolTable } from './programPart';
import type { ProgramSymbols } from '../symbols/programSymbols';
import { errors } from './userError';

/** Where the guest's output goes, and the engine's turns come from. */
export interface DebuggeeHost extends EngineHost {
  serialOutput(byte: number): void;
  debugOutput(byte: number): void;
}

const bytesPerMb = 0x100000;

export class Debuggee {
  readonly system: System;
  readonly memory: MemoryView;
  readonly engine: Engine;
  readonly context: GuestContext;
  readonly text: InstructionText;
  readonly explainer: Explainer;
  /** of each source that the program was made of: its name in line tables, and its path or URI */
  readonly sources: ReadonlyMap<string, string>;
  /** what the assembler has to say without refusing the program */
  readonly warnings: readonly Diagnostic[];

  private constructor(
    readonly options: LaunchOptions,
    { image, parts, sources, warnings }: Program,
    drives: Drives,
    breakpoints: Breakpoints,
    host: DebuggeeHost,
  ) {
    this.system = createSystem(options.technique, {
      memoryBytes: options.memoryMb * bytesPerMb,
      program: new ImageProgram(image, drives, level => symbolsAt(level, parts)),
      ...drives,
      host: {
        serialOutput: byte => host.serialOutput(byte),
        debugOutput: byte => host.debugOutput(byte),
        exit: code => this.engine.exit(code),
      },
    });
    this.sources = sources;
    this.warnings = warnings;
    this.memory = new MemoryView(() => this.system.running.level, this.system.machine);
    this.engine = new Engine({ system: this.system, memory: this.memory, breakpoints, host });
    this.engine.stepsIntoEverything = options.stepIntoEverything;
    this.engine.skipsIdleTime = options.skipIdleTime;
    this.context = new GuestContext(this.system, this.memory, () =>
      this.engine.inMonitor ? this.engine.visit : undefined,
    );
    this.engine.checks.context = this.context;
    breakpoints.judges = this.context;
    this.text = new InstructionText(this.memory, () => this.symbols);
    const { engine, memory, text } = this;
    this.explainer = new Explainer({ engine, memory, text });
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

  /** of what runs now */
  get symbols(): ProgramSymbols {
    return this.engine.symbols;
  }

  dispose(): void {
    this.text.dispose();
  }
}

/** What counts of the parts' symbols in the memory of a level. */
function symbolsAt(level: Level, parts: readonly ProgramPart[]): ProgramSymbols {
  const memory = new MemoryView(() => level);
  return symbolTable(parts, (address, length) => memory.readBytes({ space: 'gva', address }, length).bytes);
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
