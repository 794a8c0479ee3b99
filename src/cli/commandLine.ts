// The command line's words: what may be said, and what is said when it is not understood.
import { parseArgs } from 'node:util';
import { t } from '../base/localization';
import { type LaunchOptions, parseLaunchOptions } from '../debug/launch';
import { parseSourceOptions } from '../debug/sourceOptions';
import { endlessWaitExitCode, firmwareExitCode, tripleFaultExitCode } from '../debug/stop';
import { UserError } from '../debug/userError';
import type { AssembleOptions } from './assembleFile';

/** The process's exit codes. A guest that ends its run by the debug-exit port gives an odd code of its own. */
export const exitCodes = {
  ok: 0,
  badInput: 2,
  tripleFault: tripleFaultExitCode,
  limit: 6,
  endlessWait: endlessWaitExitCode,
  firmware: firmwareExitCode,
  internal: 70,
  interrupted: 130,
} as const;

export type Command =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'run' | 'walk'; readonly files: readonly string[]; readonly options: GuestArguments }
  | ({ readonly kind: 'asm' } & AssembleOptions)
  | { readonly kind: 'dap'; readonly port: number | undefined; readonly wantsToken: boolean };

export interface GuestArguments {
  readonly launch: (program: string | readonly string[]) => LaunchOptions;
  readonly mostSteps: number;
  /** in the terminal, while it runs */
  readonly screen: boolean;
  /** of `run`: says at the end how often the guest has lost control */
  readonly stats: boolean;
  /** of `run`: the file that gets a line for each event */
  readonly trace: string | undefined;
  /** of `walk`: also what the guest's instructions have not caused */
  readonly all: boolean;
}

/** Of what the user has written. */
export const wrong = (problem: string): UserError =>
  new UserError(t`${problem} \`ringside --help\` says what there is.`);

const sourceOptions = {
  include: { type: 'string', short: 'I', multiple: true },
  define: { type: 'string', short: 'D', multiple: true },
} as const;

const guestOptions = {
  ...sourceOptions,
  technique: { type: 'string' },
  memory: { type: 'string' },
  disk: { type: 'string', multiple: true },
  floppy: { type: 'string', multiple: true },
  boot: { type: 'string' },
  symbols: { type: 'string', multiple: true },
  address: { type: 'string' },
  entry: { type: 'string' },
  'max-instructions': { type: 'string' },
} as const;

const walkOptions = { all: { type: 'boolean' } } as const;
const runOptions = { screen: { type: 'boolean' }, stats: { type: 'boolean' }, trace: { type: 'string' } } as const;

/** @throws UserError */
export function parseCommandLine(words: readonly string[]): Command {
  const [command, ...rest] = words;
  if (command === undefined || command === 'help' || words.includes('--help') || words.includes('-h')) {
    return { kind: 'help' };
  }
  if (command === '--version') return { kind: 'version' };
  switch (command) {
    case 'run':
    case 'walk':
      return guestCommand(command, rest);
    case 'asm':
      return assembleCommand(rest);
    case 'dap':
      return adapterCommand(rest);
    default:
      throw wrong(t`There is no command "${command}".`);
  }
}

function guestCommand(kind: 'run' | 'walk', words: string[]): Command {
  const { values, positionals } = understood(() =>
    parseArgs({
      args: words,
      options: { ...guestOptions, ...(kind === 'run' ? runOptions : {}), ...(kind === 'walk' ? walkOptions : {}) },
      allowPositionals: true,
    }),
  );
  const {
    technique,
    memory,
    disk: disks,
    floppy: floppies,
    boot,
    entry,
    address,
    include: includePaths,
    define: defines,
  } = values;
  const memoryMb = memory === undefined ? undefined : wholeNumber('--memory', memory);
  const symbols = values.symbols?.map(symbolFile);
  const limit = values['max-instructions'];
  return {
    kind,
    files: someFiles(positionals),
    options: {
      launch: program =>
        parseLaunchOptions(
          { program, technique, memoryMb, disks, floppies, boot, entry, address, includePaths, defines, symbols },
          process.cwd(),
        ),
      all: values.all === true,
      mostSteps: limit === undefined ? Infinity : wholeNumber('--max-instructions', limit),
      screen: values.screen === true,
      stats: values.stats === true,
      trace: typeof values.trace === 'string' ? values.trace : undefined,
    },
  };
}

/** `FILE@ADDRESS`, as an entry of `symbols` in launch.json. */
function symbolFile(text: string): { file: string; address?: string } {
  const at = text.lastIndexOf('@');
  return at < 0 ? { file: text } : { file: text.slice(0, at), address: text.slice(at + 1) };
}

function assembleCommand(words: string[]): Command {
  const options = {
    ...sourceOptions,
    output: { type: 'string', short: 'o' },
    listing: { type: 'string', short: 'l' },
    format: { type: 'string', short: 'f', default: 'bin' },
  } as const;
  const { values, positionals } = understood(() => parseArgs({ args: words, options, allowPositionals: true }));
  const { include: includePaths, define: defines, output, listing, format } = values;
  if (format !== 'bin' && format !== 'elf32') throw wrong(t`There is no format "${format}": choose bin or elf32.`);
  const { assembly } = parseSourceOptions({ includePaths, defines }, process.cwd());
  return { kind: 'asm', file: onlyFile(positionals), output, listing, format, assembly };
}

function adapterCommand(words: string[]): Command {
  const options = { port: { type: 'string' }, 'no-token': { type: 'boolean' } } as const;
  const { values } = understood(() => parseArgs({ args: words, options }));
  const port = values.port === undefined ? undefined : wholeNumber('--port', values.port);
  if (port !== undefined && port > 65535) throw wrong(t`--port is ${port}, but ports end at 65535.`);
  return { kind: 'dap', port, wantsToken: values['no-token'] !== true };
}

function understood<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    throw wrong(optionProblem(error));
  }
}

/** What Node's parser complains of, by its codes, in our words. */
function optionProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [option = ''] = /-[^\s',<]+/.exec(error.message) ?? [];
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return t`This command has no option "${option}".`;
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return t`This command takes no file.`;
  if (/does not take an argument/.test(error.message)) return t`The option "${option}" takes no value.`;
  return t`The option "${option}" needs a value.`;
}

function someFiles(positionals: readonly string[]): readonly string[] {
  if (positionals.length === 0) throw wrong(t`No file was named.`);
  return positionals;
}

function onlyFile(positionals: readonly string[]): string {
  const [file, second] = positionals;
  if (file === undefined) throw wrong(t`No file was named.`);
  if (second !== undefined) throw wrong(t`One file is enough: "${second}" is a second one.`);
  return file;
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw wrong(t`${option} is "${text}", which is not a whole number.`);
  return Number(text);
}
