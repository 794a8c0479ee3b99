// What a user may ask for when a guest is launched: the attributes of a launch configuration, checked one by one.

import type { BootKind } from '../machine/guestImage';
import { memoryLimits } from '../machine/memorySize';
import { isTechniqueName, techniques } from '../monitor/techniques';
import type { TechniqueName } from '../monitor/system';
import { parseSourceOptions, type SourceOptions } from './sourceOptions';
import { errors } from './userError';

export interface LaunchOptions extends SourceOptions {
  /** path or URI */
  readonly program: string;
  readonly technique: TechniqueName;
  readonly stopOnEntry: boolean;
  readonly memoryMb: number;
  readonly diskImage: string | undefined;
  /** undefined: whatever the program looks like */
  readonly boot: BootKind | undefined;
}

export const bootKinds: readonly BootKind[] = ['flat16', 'flat32', 'bootSector', 'multiboot'];
const defaultTechnique: TechniqueName = 'trapAndEmulate';

/** `currentFolder` is the process's, if it has one. @throws UserError that names the attribute that is wrong */
export function parseLaunchOptions(given: Readonly<Record<string, unknown>>, currentFolder?: string): LaunchOptions {
  const { program } = given;
  if (program === undefined || program === '') throw errors.noProgram();
  if (typeof program !== 'string') throw errors.wrongType('program', program, 'a path');
  return {
    program,
    technique: techniqueOf(given.technique ?? defaultTechnique),
    stopOnEntry: truth('stopOnEntry', given.stopOnEntry ?? false),
    memoryMb: memoryOf(given.memoryMb ?? memoryLimits.default),
    diskImage: diskOf(given.diskImage),
    boot: bootOf(given.boot ?? 'auto'),
    ...parseSourceOptions(given, currentFolder),
  };
}

function techniqueOf(given: unknown): TechniqueName {
  if (typeof given === 'string' && isTechniqueName(given)) return given;
  throw errors.unknownTechnique(
    given,
    techniques.map(({ name }) => name),
  );
}

function memoryOf(given: unknown): number {
  const { least, most } = memoryLimits;
  const isRight = typeof given === 'number' && Number.isInteger(given) && given >= least && given <= most;
  if (!isRight) throw errors.memorySize(given, least, most);
  return given;
}

function truth(attribute: string, given: unknown): boolean {
  if (typeof given !== 'boolean') throw errors.wrongType(attribute, given, 'true or false');
  return given;
}

function diskOf(given: unknown): string | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  if (typeof given !== 'string') throw errors.wrongType('diskImage', given, 'a path');
  return given;
}

function bootOf(given: unknown): BootKind | undefined {
  if (given === 'auto') return undefined;
  const kind = bootKinds.find(candidate => candidate === given);
  if (kind === undefined) throw errors.unknownBoot(given, ['auto', ...bootKinds]);
  return kind;
}
