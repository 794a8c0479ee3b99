// What a user may ask for when a guest is launched: the attributes of a launch configuration, checked one by one.

import { t } from '../base/localization';
import { type BootDrive, type BootKind, Drive } from '../machine/guestImage';
import { memoryLimits } from '../machine/memorySize';
import { isTechniqueName, techniques } from '../monitor/techniques';
import type { TechniqueName } from '../monitor/system';
import { givenAddress } from './givenAddress';
import { parseSourceOptions, type SourceOptions } from './sourceOptions';
import { errors } from './userError';

export interface LaunchOptions extends SourceOptions {
  /** path or URI */
  readonly program: string;
  /** what the program is linked from, if it is; `program` is the first of them */
  readonly parts: readonly string[] | undefined;
  /** where it is linked */
  readonly address: number | undefined;
  readonly technique: TechniqueName;
  /** undefined: if nothing else would stop it */
  readonly stopOnEntry: boolean | undefined;
  /** step into also shows the monitor's bookkeeping, and interrupts that come by */
  readonly stepIntoEverything: boolean;
  /** a guest in HLT waits for its timer no longer than the debugger takes */
  readonly skipIdleTime: boolean;
  readonly memoryMb: number;
  /** image files, up to two of each */
  readonly disks: readonly string[];
  readonly floppies: readonly string[];
  /** undefined: whatever the program looks like */
  readonly boot: BootKind | undefined;
  /** of a boot sector; undefined: what the program looks like */
  readonly bootDrive: BootDrive | undefined;
  /** a label or an address, to start at instead of where the program says */
  readonly entry: string | number | undefined;
}

const mostDrives = 2;

/** `floppy` is a boot sector too, but in drive 0. */
const bootChoices: Readonly<Record<BootKind | 'floppy' | 'auto', Pick<LaunchOptions, 'boot' | 'bootDrive'>>> = {
  auto: { boot: undefined, bootDrive: undefined },
  flat16: { boot: 'flat16', bootDrive: undefined },
  flat32: { boot: 'flat32', bootDrive: undefined },
  bootSector: { boot: 'bootSector', bootDrive: undefined },
  floppy: { boot: 'bootSector', bootDrive: Drive.floppy },
  multiboot: { boot: 'multiboot', bootDrive: undefined },
};
export const bootNames = Object.keys(bootChoices);

const defaultTechnique: TechniqueName = 'trapAndEmulate';

/** `currentFolder` is the process's, if it has one. @throws UserError that names the attribute that is wrong */
export function parseLaunchOptions(given: Readonly<Record<string, unknown>>, currentFolder?: string): LaunchOptions {
  return {
    ...programOf(given.program, addressOf(given.address)),
    technique: techniqueOf(given.technique ?? defaultTechnique),
    stepIntoEverything: truth('stepIntoEverything', given.stepIntoEverything ?? false),
    skipIdleTime: truth('skipIdleTime', given.skipIdleTime ?? false),
    stopOnEntry: optionalTruth('stopOnEntry', given.stopOnEntry),
    memoryMb: memoryOf(given.memoryMb ?? memoryLimits.default),
    disks: imagesOf('disks', given.disks ?? oneDisk(given.diskImage)),
    floppies: imagesOf('floppies', given.floppies ?? []),
    ...bootOf(given.boot ?? 'auto'),
    entry: entryOf(given.entry),
    ...parseSourceOptions(given, currentFolder),
  };
}

/** A list is linked, and so is a single part that has an address. */
function programOf(given: unknown, address: number | undefined): Pick<LaunchOptions, 'program' | 'parts' | 'address'> {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const parts = list.filter(part => typeof part === 'string' && part !== '') as readonly string[];
  const [program] = parts;
  if (given === undefined || given === '' || list.length === 0) throw errors.noProgram();
  if (parts.length < list.length) throw errors.wrongType('program', given, t`a path, or a list of paths`);
  return { program, parts: Array.isArray(given) || address !== undefined ? parts : undefined, address };
}

function addressOf(given: unknown): number | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  const address = givenAddress(given);
  if (address === undefined) throw errors.linkAddress(given);
  return address;
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
  if (typeof given !== 'boolean') throw errors.wrongType(attribute, given, t`true or false`);
  return given;
}

const optionalTruth = (attribute: string, given: unknown): boolean | undefined =>
  given === undefined || given === null ? undefined : truth(attribute, given);

/** `diskImage` is what "disks" was called when there was one. */
function oneDisk(given: unknown): unknown {
  if (given === undefined || given === null || given === '') return [];
  if (typeof given !== 'string') throw errors.wrongType('diskImage', given, t`a path`);
  return [given];
}

function imagesOf(attribute: string, given: unknown): readonly string[] {
  const isList = Array.isArray(given) && given.length <= mostDrives;
  if (!isList || !given.every(path => typeof path === 'string' && path !== ''))
    throw errors.wrongType(attribute, given, t`a list of at most ${mostDrives} paths`);
  return given.map(String);
}

function bootOf(given: unknown): Pick<LaunchOptions, 'boot' | 'bootDrive'> {
  const choice = Object.entries(bootChoices).find(([name]) => name === given);
  if (!choice) throw errors.unknownBoot(given, bootNames);
  return choice[1];
}

function entryOf(given: unknown): string | number | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  if (typeof given === 'string') return given;
  const address = givenAddress(given);
  if (address === undefined) throw errors.wrongType('entry', given, t`a label or an address`);
  return address;
}
