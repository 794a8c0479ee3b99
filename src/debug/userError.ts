// Every error that a user of the debugger can cause, in one place. Each message says what was wrong, where, and what to do.
// What a session says by itself is in `adapter/notices.ts`.

import { listed, t } from '../base/localization';

/** An error to be shown as it is: its message is for people, and no stack trace belongs with it. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Longer than this nobody reads what was given. */
const longestShown = 200;
const shortened = (text: string): string =>
  text.length > longestShown ? t`${text.slice(0, longestShown)}… (${text.length} characters)` : text;
/** `given` as it would stand in launch.json. */
const shown = (given: unknown): string => shortened(JSON.stringify(given) ?? String(given));
const quotedList = (names: readonly string[]): string => listed(names.map(name => `"${name}"`));
const make = (message: string): UserError => new UserError(message);

/** For what no user can cause. */
export const ownErrorText = (error: unknown): string =>
  t`An error of Ringside's own: ${error instanceof Error ? error.message : String(error)}. Please report it.`;

export const errors = {
  // --- launch

  notText: (path: string) =>
    make(
      t`${path} is a binary file and no assembly source, so it cannot be assembled. \`ringside run\` takes binaries as they are.`,
    ),
  noProgram: () =>
    make(
      t`No program was named. Set "program" to an assembly source, a boot sector, a flat binary or a Multiboot ELF.`,
    ),
  wrongType: (attribute: string, given: unknown, wanted: string) =>
    make(t`"${attribute}" is ${shown(given)}, but it must be ${wanted}. Change it in the launch configuration.`),
  unknownTechnique: (given: unknown, known: readonly string[]) =>
    make(t`There is no technique ${shown(given)}. Choose one of ${quotedList(known)}.`),
  unknownBoot: (given: unknown, known: readonly string[]) =>
    make(t`There is no way to boot called ${shown(given)}. Choose one of ${quotedList(known)}.`),
  memorySize: (given: unknown, least: number, most: number) =>
    make(t`"memoryMb" is ${shown(given)}, but a guest has from ${least} to ${most} MB, in whole megabytes.`),
  badDefinition: (given: string) =>
    make(t`"defines" has ${shown(given)}, which is no definition. Write NAME or NAME=VALUE.`),
  unreadableProgram: (path: string, reason: string) =>
    make(t`The program ${path} cannot be read: ${reason}. Check the path in "program".`),
  unreadableSymbols: (path: string, reason: string) =>
    make(t`The file ${path} cannot be read: ${reason}. Check the path in "symbols".`),
  noSymbolsIn: (path: string) =>
    make(
      t`${path} has no symbols. Name an assembly source or an ELF file that was not stripped in "symbols"; gcc and nasm add lines with -g.`,
    ),
  badSymbolFile: (given: unknown) =>
    make(
      t`"symbols" has ${shown(given)}, but each entry is { "file": a path, "address": a number or a text such as "0x10000" }. The address may be left out.`,
    ),
  unknownEntry: (entry: string) =>
    make(t`The program has no label "${entry}" to start at. Set "entry" to a label, or to an address such as 0x7c00.`),
  unreadableDisk: (path: string, reason: string) =>
    make(t`The disk image ${path} cannot be read: ${reason}. Check the paths in "disks" and "floppies".`),
  notSource: (failure: string) =>
    make(
      t`${failure}. It was taken for assembly source because it is text: name an assembly source, a boot sector, a flat binary or a Multiboot ELF.`,
    ),
  no64Bit: (path: string) =>
    make(t`${path} is 64-bit code, but the processor here has no 64-bit mode. Write it for bits 16 or bits 32.`),
  emptyProgram: (path: string) => make(t`${path} holds no code. Write at least one instruction.`),
  assemblyFailed: (path: string, first: string, others: number) =>
    make(
      others > 0 ? t`${path} does not assemble: ${first} (and ${others} more)` : t`${path} does not assemble: ${first}`,
    ),
  notAssembled: (path: string, reason: string) => make(t`${path} cannot be assembled: ${reason}.`),
  cannotLoad: (path: string, reason: string) => make(t`${path} cannot be loaded: ${reason}`),
  notLinkable: (path: string, reason: string) =>
    make(
      t`${path} cannot be linked: ${reason}. The parts of a program are assembly sources and ELF objects for 32-bit x86 (nasm -f elf32, gcc -m32 -c).`,
    ),
  notPart: (path: string) => errors.notLinkable(path, t`it is neither an assembly source nor an ELF object`),
  notCompiled: (path: string) =>
    make(
      t`${path} is source for a compiler, which is not in here. Compile it first: gcc -m32 -ffreestanding -fno-pic -g -c ${path}, and name the object that it makes.`,
    ),
  linkFailed: (first: string, others: number) =>
    make(
      others > 0
        ? t`The program cannot be linked: ${first} (and ${others} more)`
        : t`The program cannot be linked: ${first}`,
    ),
  linkAddress: (given: unknown) =>
    make(t`"address" is ${shown(given)}, but a program is linked at a number such as "0x100000", below 4 GiB.`),
  wrongToken: () =>
    make(
      t`This debug adapter serves a port of the computer, and a launch must have the "token" that it printed when it started. Set it in the launch configuration, or start the adapter with --no-token.`,
    ),
  notLaunched: () => make(t`No guest has been started yet. Send "launch" first.`),
  running: () => make(t`The guest is running. Pause it first.`),

  // --- expressions

  expression: (text: string, column: number, problem: string) =>
    make(t`${problem} at column ${column + 1} of "${shortened(text)}".`),
  longExpression: (length: number, longest: number) =>
    make(t`The expression has ${length} characters, but at most ${longest} are understood. Write a shorter one.`),
  unknownName: (name: string, similar: readonly string[]) =>
    make(
      similar.length > 0
        ? t`"${shortened(name)}" is neither a register nor a label of the program. Did you mean ${quotedList(similar)}?`
        : t`"${shortened(name)}" is neither a register nor a label of the program.`,
    ),
  noEvent: (name: string) =>
    make(t`There is no ${name} here: only the conditions of event filters know the event. Use it in one of these.`),
  unreadable: (address: string, why: string) => make(t`Memory at ${address} cannot be read: ${why}.`),
  divisionByZero: () => make(t`Division by zero.`),
  notAssignable: (name?: string) =>
    make(
      name === undefined
        ? t`This cannot be changed. Registers, flags and memory can, such as "eax = 5" or "byte [msg] = 'A'".`
        : t`"${name}" cannot be changed. Registers, flags and memory can, such as "eax = 5" or "byte [msg] = 'A'".`,
    ),
  outOfRange: (value: string, bits: number) => make(t`${value} does not fit ${bits} bits.`),
  unknownInFrame: (name: string) =>
    make(
      t`"${name}" is not known in this frame: what it has called may have changed it, and nothing says where it was saved. Choose the topmost frame.`,
    ),
  assignmentHere: () => make(t`An assignment is allowed in the Debug Console only; to compare, write "==".`),

  // --- breakpoints

  hitCondition: (given: string) =>
    make(
      t`The hit condition "${shortened(given)}" is not understood. Write a number, or one of == >= > < <= % and a number, such as "% 10".`,
    ),
  refusedCondition: (condition: string, reason: string) =>
    make(
      condition === ''
        ? t`The breakpoint is not set: ${reason}`
        : t`The breakpoint with the condition "${shortened(condition)}" is not set: ${reason}`,
    ),
  undecidedCondition: (reason: string) => make(t`Its condition cannot be judged: ${reason}`),
  unclosedBrace: (message: string) =>
    make(t`The log message "${shortened(message)}" has a { without }. Write an expression between them.`),
  notThereYet: (address: string) =>
    make(t`The code of this place is not in memory at ${address} yet. The guest stops here once it is.`),
  noCodeAtLine: (file: string, line: number) =>
    make(t`There is no instruction at or after line ${line} of ${file}, so nothing can stop here.`),
  noStatementAtLine: (file: string, line: number) =>
    make(
      t`The monitor does not stop at or after line ${line} of ${file}. Set the breakpoint in a function of a handlers.ts.`,
    ),
  noMonitor: () => make(t`The guest runs on the bare machine: no monitor comes by here. Choose another "technique".`),
  notInProgram: (file: string) => make(t`${file} is not part of the program that is being debugged.`),
  noSuchLabel: (name: string, similar: readonly string[]) =>
    make(
      similar.length > 0
        ? t`The program has no label "${name}". Did you mean ${quotedList(similar)}?`
        : t`The program has no label "${name}". A label, or an address such as 0x7c00, is needed.`,
    ),
  noSymbols: (name: string) =>
    make(t`"${name}" is unknown: the program was loaded without symbols. Use an address such as 0x7c00.`),
  commandUsage: (usage: string) => make(t`This command is written so: ${usage}.`),
  noInstruction: (place: string) =>
    make(t`There is no instruction at ${place}. Name a label or an address of code, such as why start.`),
  badInstructionReference: (reference: string) =>
    make(t`"${reference}" is no address. An address looks like 0x7c00 or gva:0x7c00.`),

  unknownFilter: (filter: string) =>
    make(t`There is no filter "${shortened(filter)}". The answer to "initialize" lists them.`),
  noData: (name: string) =>
    make(
      t`"${name}" is no place in memory and holds no address, so there is nothing to watch. Use a label, an address, or an operand such as "dword [ebp-8]".`,
    ),
  badDataLength: (bytes: number, address: string) =>
    make(t`${bytes} bytes from ${address} on cannot be watched. Choose a whole number, at least 1, within 4 GiB.`),
  badDataId: (dataId: string) =>
    make(t`"${dataId}" is no data id. It is a label or an address and a number of bytes, such as count/4 or 0x7c00/2.`),

  // --- input

  keysNotRead: (waiting: number) =>
    make(
      t`The guest does not read its keyboard: ${waiting} scan codes wait for it already, and there is no room for more. Let it run, or type less.`,
    ),
  serialNotRead: (waiting: number) =>
    make(
      t`The guest does not read its serial port: ${waiting} bytes wait for it already, and there is no room for more. Let it run, or send less.`,
    ),

  // --- requests

  unknownRequest: (command: string) => make(t`Ringside does not know the request "${command}".`),
  missingArgument: (command: string, argument: string) => make(t`The request "${command}" lacks "${argument}".`),
  wrongArgument: (command: string, argument: string, given: unknown, wanted: string) =>
    make(
      argument === ''
        ? t`The request "${command}" has ${shown(given)} as its arguments, but it must be ${wanted}.`
        : t`The request "${command}" has ${shown(given)} as "${argument}", but it must be ${wanted}.`,
    ),
  cancelled: () => make(t`The request was cancelled.`),
  badData: () => make(t`The data to write is not base64.`),
  unknownFrame: (id: number) =>
    make(t`There is no stack frame ${id}. It was of an earlier stop; ask for the stack trace again.`),
  unknownReference: (reference: number) =>
    make(t`There is no variable ${reference}. It was of an earlier stop; ask for the stack trace again.`),
  badMemoryReference: (reference: string) =>
    make(t`"${reference}" is no memory reference. Write gva:, gpa: or hpa: and an address, such as gva:0x7c00.`),
  notWritable: (address: string) =>
    make(t`Memory at ${address} cannot be written: nothing is mapped there, or it is ROM.`),
  noSuchSource: (reference: number) => make(t`There is no source ${reference}.`),
  noVariable: (name: string) => make(t`There is no variable "${name}" here.`),
  readOnlyVariable: (name: string) => make(t`"${name}" shows a state that cannot be set.`),
};
