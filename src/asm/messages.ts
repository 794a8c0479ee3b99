// Every message of the assembler, in one place: what is wrong, and what to do about it.
import { anyOf, listed, t } from '../base/localization';
import type { SourcePosition } from './diagnostics';
import { limits } from './limits';

const hexadecimal = (value: bigint) => (value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`);
/** Names and texts may be long: what is shown of them ends where nobody would read on. */
const longestQuoted = 200;
const quoted = (text: string) => `\`${text.length > longestQuoted ? `${text.slice(0, longestQuoted)}…` : text}\``;
const sizeNames: Readonly<Record<number, string>> = {
  8: 'byte',
  16: 'word',
  32: 'dword',
  64: 'qword',
  80: 'tword',
  128: 'oword',
  256: 'yword',
  512: 'zword',
};

interface MacroShape {
  readonly name: string;
  readonly fewest: number;
  readonly most: number;
  readonly greedy: boolean;
}

function argumentRange({ fewest, most, greedy }: MacroShape): string {
  if (greedy || most === Infinity) return t`${fewest} or more`;
  return fewest === most ? `${fewest}` : t`${fewest} to ${most}`;
}

export const messages = {
  // --- reading a line ---
  unterminatedString: (quote: string) => t`unterminated string: add the closing ${quote} on this line`,
  unterminatedIndirect: () => t`unterminated %[: add the closing ]`,
  lineTooLong: () => t`a line may have ${limits.sourceLineTokens} words and signs: split it, or use incbin for data`,
  nameTooLong: () => t`a name may have ${limits.nameCharacters} characters: shorten it`,
  lineEnds: () => t`the line ends where something is missing: complete it`,
  expected: (wanted: string, after: string, found: string | undefined) =>
    found === undefined
      ? t`expected ${quoted(wanted)} after ${after}, found the end of the line`
      : t`expected ${quoted(wanted)} after ${after}, found ${quoted(found)}`,
  unexpected: (found: string, wanted: string) =>
    found === ''
      ? t`unexpected end of the line: expected ${wanted}`
      : t`unexpected ${quoted(found)}: expected ${wanted}`,
  unsupported: (construct: string, why: string) => t`${quoted(construct)} is not supported: ${why}`,
  badNumber: (text: string) =>
    t`${quoted(text)} is not a number: use forms like 12, 0x1F, 1Fh (first digit 0–9), 0b101, 17o`,
  floatInExpression: (text: string) =>
    t`the floating-point number ${text} cannot stand in an expression: put it alone after dw, dd, dq or dt`,
  noFloatOfSize: (bytes: number) => t`there is no floating-point format of ${bytes} byte(s): use dw, dd, dq, dt or do`,
  expressionTooDeep: () => t`the expression is too long or nested too deep: split it with equ`,
  tooManyTerms: () =>
    t`a sum may hold ${limits.expressionTerms} different registers and sections: split the expression`,
  needsScalar: (operator: string) =>
    t`${quoted(operator)} needs plain numbers, and a label's address is only known at the end: subtract another label of its section, such as $$`,
  divisionByZero: () => t`division by zero: check the right-hand side`,
  notPowerOfTwo: (value: bigint) => t`${value} is not a power of two: use 1, 2, 4, 8, …`,
  registerInValue: () => t`a register cannot stand in a value: did you mean a memory operand in brackets?`,
  notNasm: (word: string) =>
    word === 'ptr'
      ? t`NASM has no \`ptr\`: write \`dword [address]\``
      : t`NASM has no \`offset\`: a label without brackets is its address`,
  unclosedBracket: () => t`a bracket is not closed: add \`]\``,

  // --- statements ---
  gnuSyntax: (text: string) =>
    t`${quoted(text)} is the syntax of GNU as, and Ringside assembles NASM's: assemble the file with \`gcc -m32 -c\` and link it, or write registers and numbers plainly (\`mov eax, 5\`, destination first), \`section\`, \`global\` and \`db\``,
  unknownInstruction: (text: string, names: readonly string[]) =>
    names.length > 0
      ? t`${quoted(text)} is no instruction or macro; did you mean ${anyOf(names.map(quoted))}?`
      : t`${quoted(text)} is no instruction or macro; a label needs a colon`,
  registerAsLabel: (text: string) =>
    t`${quoted(text)} is a register and cannot start a line: as a label, write ${quoted(`$${text}:`)}`,
  keywordAsLabel: (text: string) =>
    t`${quoted(text)} is a keyword of operands and cannot start a line: as a label, write ${quoted(`$${text}:`)}`,
  bareLabel: (text: string) =>
    t`${quoted(text)} alone on a line is taken as a label: add a colon, or correct it if it is an instruction`,
  conflictingPrefixes: () => t`two prefixes of a kind contradict each other: leave one out`,
  timesFirst: () => t`\`times\` comes before prefixes: move it to the front`,
  equNeedsLabel: () => t`\`equ\` needs a name in front: write \`name equ value\``,
  redefined: (name: string, { file, line }: SourcePosition) =>
    t`${quoted(name)} is already defined at ${file}:${line}: rename one of them`,
  undefinedSymbol: (name: string, names: readonly string[]) =>
    names.length > 0
      ? t`${quoted(name)} is not defined; did you mean ${anyOf(names.map(quoted))}?`
      : t`${quoted(name)} is not defined`,
  notDefinedBefore: (name: string) =>
    t`${quoted(name)} must be defined above this line, since its value is needed at once: move its definition up`,

  // --- instructions ---
  badOperands: (mnemonic: string) =>
    t`${quoted(mnemonic)} does not take these operands: check their order, their sizes and whether they are registers, memory or values`,
  operandCount: (mnemonic: string, counts: readonly number[], given: number) =>
    t`${quoted(mnemonic)} takes ${anyOf([...counts].sort().map(String))} operand(s), not ${given}`,
  sizesDiffer: (a: { name: string; sizeBits: number }, b: { name: string; sizeBits: number }) =>
    t`the operands differ in size: ${a.name} has ${a.sizeBits} bits and ${b.name} ${b.sizeBits}; use registers of one size, or movzx or movsx`,
  farTarget: (mnemonic: string) => t`a far target needs its segment: write ${quoted(`${mnemonic} selector:offset`)}`,
  laterProcessor: (mnemonic: string) =>
    t`${quoted(mnemonic)} with these operands needs a later processor than \`cpu\` names: raise it, or leave it out`,
  unknownProcessor: (name: string) =>
    t`${quoted(name)} is no processor: use 8086, 186, 286, 386, 486, 586, 686, p3, p4, prescott, x64 or all`,
  otherMode: (mnemonic: string, bits: number, modes: readonly number[]) =>
    t`${quoted(mnemonic)} with these operands does not exist in ${bits}-bit mode, only with bits ${anyOf(modes.map(String))}`,
  sizeMissing: (sizes: readonly number[]) => {
    const names = sizes.filter(size => size in sizeNames).sort((a, b) => a - b);
    return t`the size of the memory operand is not known: write ${anyOf(names.map(size => quoted(sizeNames[size])))} before the bracket`;
  },
  addressSize: (bits: number) =>
    t`these registers or sizes cannot be combined in an address in ${bits}-bit mode: use registers of one width`,
  tooManyRegisters: () => t`an address has at most one base and one index register: compute the rest with lea`,
  badAddressRegister: () =>
    t`this register cannot stand in an address of this size: use general-purpose registers of one width`,
  badAddress: () =>
    t`this address cannot be encoded: the index may be scaled by 1, 2, 4 or 8 and is never the stack pointer`,
  badAddress16: () => t`this address cannot be encoded: 16-bit addresses have bx or bp as base, si or di as index`,
  shortOutOfRange: (distance: bigint) =>
    t`the target is ${distance} bytes away, and a short jump reaches -128 to 127: use a near jump, or move the target`,
  cannotEncode: (reason: string) => t`the instruction cannot be encoded: ${reason}`,

  notRelocatable: () =>
    t`no linker can make this value: an object may hold the address of one symbol plus or minus a number, or its distance from here`,

  // --- data and space ---
  doesNotFit: (value: bigint, bits: number, signed = false) =>
    signed
      ? t`${hexadecimal(value)} does not fit in ${bits} bits with a sign and is cut off`
      : t`${hexadecimal(value)} does not fit in ${bits} bits and is cut off`,
  integerTooWide: (bytes: number) =>
    t`an integer of ${bytes} bytes cannot be written: use dq, or a floating-point number`,
  needsCount: (what: string) =>
    t`${quoted(what)} needs a number that is known here: a constant, or a difference of two labels of one section above`,
  negativeTimes: (count: bigint) => t`times ${count} is negative: what stands before is ${-count} byte(s) too long`,
  timesTooLarge: (count: bigint) =>
    t`times ${count} is too much: at most ${limits.repeatedInstructions} instructions, or ${limits.imageBytes} bytes, are allowed`,
  tooManyInstructions: () =>
    t`there are more than ${limits.instructions} instructions: check what times and %rep multiply`,
  tooManyRelocations: () =>
    t`there are more than ${limits.relocations} addresses for a linker to fill in: check what times and dup multiply`,
  imageTooLarge: () => t`the image would be larger than 64 MiB: check the counts in times, dup and resb`,
  reserveTooLarge: (count: bigint) => t`${count} bytes of uninitialized space are too many: lower the count`,
  zeroing: (section: string) => t`uninitialized space in section ${section} is filled with zeros: put it into .bss`,
  dataInUninitialized: (section: string) =>
    t`section ${section} holds no data, so this is only reserved as space: use resb, or another section`,
  codeInAbsolute: () =>
    t`nothing can be stored in absolute space or in a structure: use resb here, or go back with section`,
  structureOverlap: () =>
    t`this field lies before what is already written: list the fields in the order of the structure`,
  originAgain: (origin: bigint) => t`the origin is already ${hexadecimal(origin)}: leave one org`,
  followsNothing: (name: string, wanted: string) =>
    t`section ${name} is to follow ${wanted}, which does not exist: check the name`,
  followedTwice: (name: string, other: string, followed: string) =>
    t`sections ${name} and ${other} cannot both follow section ${followed}: let one follow the other`,
  followsItself: (name: string) => t`section ${name} follows itself in a circle: give one of them a start or vstart`,
  belowOrigin: (name: string) => t`section ${name} starts below the origin: raise its start or lower org`,
  sectionsOverlap: (name: string, other: string) =>
    t`section ${name} overlaps section ${other}: move its start, or drop the start`,
  imageOfSize: (bytes: bigint) => t`the image would be ${bytes} bytes long; at most ${limits.imageBytes} are allowed`,
  noConvergence: (passes: number) =>
    t`this symbol still changes after ${passes} passes: its value must not depend on itself; strict and near fix sizes`,

  // --- directives ---
  unknownDirective: (text: string) =>
    t`${quoted(text)} is no directive: check its spelling; as an operator, % needs a space behind it`,
  needsOperand: (directive: string, what: string) => t`${quoted(directive)} needs ${what}`,
  selectsNothing: (index: bigint, count: number) =>
    t`%sel(${index}) selects nothing: there are ${count} to select from, counted from 1`,
  numeralBase: (base: bigint) => t`a numeral has a base from 2 to 64, not ${base}`,
  numeralDigits: (count: bigint) => t`a numeral has at most 255 digits, not ${count}`,
  noLongMode: () => t`there is no 64-bit code here: the machine has no long mode yet; write it for bits 32 or 16`,
  badBits: (bits: number) => t`there is no ${bits}-bit mode: use 16, 32 or 64`,
  symbolAttribute: (text: string) =>
    t`${quoted(text)} is no attribute of a symbol: use function, data, object, notype, weak, strong, default, internal, hidden or protected`,
  placementInObject: (word: string) =>
    t`${quoted(word)} is left out of account: a linker places the sections of an object`,
  originInObject: () =>
    t`a source that is linked has no \`org\`: remove it, and give the address at which the program is linked ("address", --address)`,
  externalInImage: (name: string) =>
    t`${quoted(name)} stands elsewhere, and a flat image is not linked: name all sources and objects of the program as a list, or %include the source that defines it`,
  noCommonInImage: () =>
    t`\`common\` asks a linker for space, and a flat image is not linked: use resb in .bss, or name the program as a list of its sources and objects`,
  sectionAttribute: (text: string) =>
    t`${quoted(text)} is no attribute of a section and changes nothing: use progbits, nobits, align=, start=, follows=, vstart=, vfollows= or valign=`,
  unmatched: (directive: string, opener: string) => t`${quoted(directive)} has no ${quoted(opener)} before it`,
  unclosedDirective: (directive: string) => t`${quoted(directive)} is not closed: add its end`,

  // --- preprocessor ---
  noSuchFile: (name: string, folders: readonly string[]) =>
    folders.length === 0
      ? t`cannot read ${quoted(name)}: check the name`
      : t`cannot read ${quoted(name)} (looked in ${listed(folders)}): check the name, or add its folder to the include paths`,
  unreadableFile: (name: string, problem: string) => t`cannot read ${quoted(name)}: ${problem}`,
  badDefinition: (name: string, problem: string) => t`the text that ${quoted(name)} is defined as: ${problem}`,
  unknownPackage: (name: string, known: readonly string[]) =>
    t`there is no package ${quoted(name)}: use ${listed(known)}, or %include the macros that you need`,
  includedTooDeep: (name: string) =>
    t`${quoted(name)} is included too deep: does it include itself? guard it with %ifndef`,
  nestedTooDeep: () => t`macros and repetitions are nested too deep: does a macro lead back to itself?`,
  tooManyLines: () =>
    t`the source, its macros and its repetitions make more than ${limits.expandedLines} lines: check what they multiply`,
  sourceTooLong: (name: string) =>
    t`${quoted(name)} is too long: all sources together may have ${limits.sourceLines} lines and ${limits.sourceCharacters} characters; use incbin for data`,
  tooManySteps: (steps: number) =>
    t`assembling takes more than ${steps} steps: check what macros, %rep and times multiply, and whether a symbol depends on itself`,
  tooManyOverloads: (name: string) =>
    t`${quoted(name)} is defined in more than ${limits.overloads} forms: give some of them other names`,
  macrosTooLarge: () =>
    t`the texts of all macros are longer than ${limits.macroCharacters} characters: does one of them double?`,
  stringTooLong: () => t`the string would be longer than ${limits.stringCharacters} characters: does it double?`,
  symbolsTooLong: () => t`the names of all symbols are longer than ${limits.symbolCharacters} characters: shorten them`,
  tooManyRepetitions: (count: bigint) => t`%rep ${count} is too much: at most ${limits.repetitions} times are allowed`,
  expansionTooLong: () =>
    t`the macros on this line, or their parameters, add more than ${limits.lineTokens} tokens or uses: check what they stand for`,
  nothingToPaste: () => t`\`%+\` needs something on both sides`,
  unclosedCall: (name: string) => t`the parentheses after ${quoted(name)} are not closed: add \`)\``,
  badParameters: (name: string) =>
    t`the parameters of ${quoted(name)} must be names separated by commas, with the modifiers =, &, &&, + and !`,
  greedyNotLast: (name: string) => t`only the last parameter of ${quoted(name)} can take all that is left (+)`,
  macroName: (directive: string) =>
    t`${quoted(directive)} needs a name and a number of parameters, such as \`print 1\``,
  macroCount: (name: string) => t`the macro ${quoted(name)} needs its number of parameters, such as 0, 2, 1-3 or 1+`,
  argumentCount: (macros: readonly MacroShape[]) =>
    t`the macro ${quoted(macros[0].name)} takes ${macros.map(argumentRange).reduce((said, range) => t`${said}, or ${range}`)} argument(s): give as many`,
  notInMacro: (text: string) =>
    t`${quoted(text)} only has a meaning inside %macro; as an operator, % needs a space behind it`,
  notCondition: (text: string) =>
    t`${quoted(text)} needs a condition code (such as z, nc, le) as the argument of the macro`,
  stackModel: (names: readonly string[]) => t`%stacksize needs one of ${listed(names)}`,
  stackVariable: (directive: string) =>
    t`${quoted(directive)} needs names with their sizes, and no space around the colon: \`first:dword, second:word\``,
  stackVariableSize: (names: readonly string[]) => t`a variable on the stack has one of the sizes ${listed(names)}`,
  localSize: () =>
    t`%local adds up in %$localsize, which needs a value: write %push and \`%assign %$localsize 0\` before it`,
  noContext: (text: string) => t`${quoted(text)} needs a context: open one with %push`,
  nothingToExit: (directive: string) => t`${quoted(directive)} stands in nothing that it could leave`,
  withoutIf: (directive: string) => t`${quoted(directive)} has no %if before it`,
  afterElse: (directive: string) =>
    t`${quoted(directive)} comes after %else, so its lines are left out: end the construct with %endif`,
} as const;
