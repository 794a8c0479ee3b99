// Every message of the assembler, in one place: what is wrong, and what to do about it.
import type { SourcePosition } from './diagnostics';
import { limits } from './limits';

const hexadecimal = (value: bigint) => (value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`);
/** Names and texts may be long: what is shown of them ends where nobody would read on. */
const longestQuoted = 200;
const quoted = (text: string) => `\`${text.length > longestQuoted ? `${text.slice(0, longestQuoted)}…` : text}\``;
const near = (names: readonly string[]) =>
  names.length > 0 ? `; did you mean ${names.map(quoted).join(' or ')}?` : '';
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
  if (greedy || most === Infinity) return `${fewest} or more`;
  return fewest === most ? `${fewest}` : `${fewest} to ${most}`;
}

export const messages = {
  // --- reading a line ---
  unterminatedString: (quote: string) => `unterminated string: add the closing ${quote} on this line`,
  unterminatedIndirect: 'unterminated %[: add the closing ]',
  lineTooLong: `a line may have ${limits.sourceLineTokens} words and signs: split it, or use incbin for data`,
  nameTooLong: `a name may have ${limits.nameCharacters} characters: shorten it`,
  lineEnds: 'the line ends where something is missing: complete it',
  expected: (wanted: string, after: string, found: string | undefined) =>
    `expected ${quoted(wanted)} after ${after}, found ${found === undefined ? 'the end of the line' : quoted(found)}`,
  unexpected: (found: string, wanted: string) =>
    `unexpected ${found === '' ? 'end of the line' : quoted(found)}: expected ${wanted}`,
  unsupported: (construct: string, why: string) => `${quoted(construct)} is not supported: ${why}`,
  badNumber: (text: string) =>
    `${quoted(text)} is not a number: use forms like 12, 0x1F, 1Fh (first digit 0–9), 0b101, 17o`,
  floatInExpression: (text: string) =>
    `the floating-point number ${text} cannot stand in an expression: put it alone after dw, dd, dq or dt`,
  noFloatOfSize: (bytes: number) => `there is no floating-point format of ${bytes} byte(s): use dw, dd, dq, dt or do`,
  expressionTooDeep: 'the expression is too long or nested too deep: split it with equ',
  tooManyTerms: `a sum may hold ${limits.expressionTerms} different registers and sections: split the expression`,
  needsScalar: (operator: string) =>
    `${quoted(operator)} needs plain numbers, and a label's address is only known at the end: subtract another label of its section, such as $$`,
  divisionByZero: 'division by zero: check the right-hand side',
  notPowerOfTwo: (value: bigint) => `${value} is not a power of two: use 1, 2, 4, 8, …`,
  registerInValue: 'a register cannot stand in a value: did you mean a memory operand in brackets?',
  notNasm: (word: string) =>
    word === 'ptr'
      ? 'NASM has no `ptr`: write `dword [address]`'
      : 'NASM has no `offset`: a label without brackets is its address',
  unclosedBracket: 'a bracket is not closed: add `]`',

  // --- statements ---
  gnuSyntax: (text: string) =>
    `${quoted(text)} is the syntax of GNU as, and Ringside assembles NASM's: assemble the file with \`gcc -m32 -c\` and link it, or write registers and numbers plainly (\`mov eax, 5\`, destination first), \`section\`, \`global\` and \`db\``,
  unknownInstruction: (text: string, names: readonly string[]) =>
    `${quoted(text)} is no instruction or macro${near(names)}${names.length > 0 ? '' : '; a label needs a colon'}`,
  registerAsLabel: (text: string) =>
    `${quoted(text)} is a register and cannot start a line: as a label, write ${quoted(`$${text}:`)}`,
  keywordAsLabel: (text: string) =>
    `${quoted(text)} is a keyword of operands and cannot start a line: as a label, write ${quoted(`$${text}:`)}`,
  bareLabel: (text: string) =>
    `${quoted(text)} alone on a line is taken as a label: add a colon, or correct it if it is an instruction`,
  conflictingPrefixes: 'two prefixes of a kind contradict each other: leave one out',
  timesFirst: '`times` comes before prefixes: move it to the front',
  equNeedsLabel: '`equ` needs a name in front: write `name equ value`',
  redefined: (name: string, { file, line }: SourcePosition) =>
    `${quoted(name)} is already defined at ${file}:${line}: rename one of them`,
  undefinedSymbol: (name: string, names: readonly string[]) => `${quoted(name)} is not defined${near(names)}`,
  notDefinedBefore: (name: string) =>
    `${quoted(name)} must be defined above this line, since its value is needed at once: move its definition up`,

  // --- instructions ---
  badOperands: (mnemonic: string) =>
    `${quoted(mnemonic)} does not take these operands: check their order, their sizes and whether they are registers, memory or values`,
  operandCount: (mnemonic: string, counts: readonly number[], given: number) =>
    `${quoted(mnemonic)} takes ${[...counts].sort().join(' or ')} operand(s), not ${given}`,
  sizesDiffer: (a: { name: string; sizeBits: number }, b: { name: string; sizeBits: number }) =>
    `the operands differ in size: ${a.name} has ${a.sizeBits} bits and ${b.name} ${b.sizeBits}; use registers of one size, or movzx or movsx`,
  farTarget: (mnemonic: string) => `a far target needs its segment: write ${quoted(`${mnemonic} selector:offset`)}`,
  laterProcessor: (mnemonic: string) =>
    `${quoted(mnemonic)} with these operands needs a later processor than \`cpu\` names: raise it, or leave it out`,
  unknownProcessor: (name: string) =>
    `${quoted(name)} is no processor: use 8086, 186, 286, 386, 486, 586, 686, p3, p4, prescott, x64 or all`,
  otherMode: (mnemonic: string, bits: number, modes: readonly number[]) =>
    `${quoted(mnemonic)} with these operands does not exist in ${bits}-bit mode, only with bits ${modes.join(' or ')}`,
  sizeMissing: (sizes: readonly number[]) => {
    const names = sizes.filter(size => size in sizeNames).sort((a, b) => a - b);
    return `the size of the memory operand is not known: write ${names.map(size => quoted(sizeNames[size])).join(' or ')} before the bracket`;
  },
  addressSize: (bits: number) =>
    `these registers or sizes cannot be combined in an address in ${bits}-bit mode: use registers of one width`,
  tooManyRegisters: 'an address has at most one base and one index register: compute the rest with lea',
  badAddressRegister:
    'this register cannot stand in an address of this size: use general-purpose registers of one width',
  badAddress: 'this address cannot be encoded: the index may be scaled by 1, 2, 4 or 8 and is never the stack pointer',
  badAddress16: 'this address cannot be encoded: 16-bit addresses have bx or bp as base, si or di as index',
  shortOutOfRange: (distance: bigint) =>
    `the target is ${distance} bytes away, and a short jump reaches -128 to 127: use a near jump, or move the target`,
  cannotEncode: (reason: string) => `the instruction cannot be encoded: ${reason}`,

  notRelocatable:
    'no linker can make this value: an object may hold the address of one symbol plus or minus a number, or its distance from here',

  // --- data and space ---
  doesNotFit: (value: bigint, bits: number, signed = false) =>
    `${hexadecimal(value)} does not fit in ${bits} bits${signed ? ' with a sign' : ''} and is cut off`,
  integerTooWide: (bytes: number) =>
    `an integer of ${bytes} bytes cannot be written: use dq, or a floating-point number`,
  needsCount: (what: string) =>
    `${quoted(what)} needs a number that is known here: a constant, or a difference of two labels of one section above`,
  negativeTimes: (count: bigint) => `times ${count} is negative: what stands before is ${-count} byte(s) too long`,
  timesTooLarge: (count: bigint) =>
    `times ${count} is too much: at most ${limits.repeatedInstructions} instructions, or ${limits.imageBytes} bytes, are allowed`,
  tooManyInstructions: `there are more than ${limits.instructions} instructions: check what times and %rep multiply`,
  tooManyRelocations: `there are more than ${limits.relocations} addresses for a linker to fill in: check what times and dup multiply`,
  imageTooLarge: 'the image would be larger than 64 MiB: check the counts in times, dup and resb',
  reserveTooLarge: (count: bigint) => `${count} bytes of uninitialized space are too many: lower the count`,
  zeroing: (section: string) => `uninitialized space in section ${section} is filled with zeros: put it into .bss`,
  dataInUninitialized: (section: string) =>
    `section ${section} holds no data, so this is only reserved as space: use resb, or another section`,
  codeInAbsolute: 'nothing can be stored in absolute space or in a structure: use resb here, or go back with section',
  structureOverlap: 'this field lies before what is already written: list the fields in the order of the structure',
  originAgain: (origin: bigint) => `the origin is already ${hexadecimal(origin)}: leave one org`,
  followsNothing: (name: string, wanted: string) =>
    `section ${name} is to follow ${wanted}, which does not exist: check the name`,
  followedTwice: (name: string, other: string, followed: string) =>
    `sections ${name} and ${other} cannot both follow section ${followed}: let one follow the other`,
  followsItself: (name: string) => `section ${name} follows itself in a circle: give one of them a start or vstart`,
  belowOrigin: (name: string) => `section ${name} starts below the origin: raise its start or lower org`,
  sectionsOverlap: (name: string, other: string) =>
    `section ${name} overlaps section ${other}: move its start, or drop the start`,
  imageOfSize: (bytes: bigint) => `the image would be ${bytes} bytes long; at most ${limits.imageBytes} are allowed`,
  noConvergence: (passes: number) =>
    `this symbol still changes after ${passes} passes: its value must not depend on itself; strict and near fix sizes`,

  // --- directives ---
  unknownDirective: (text: string) =>
    `${quoted(text)} is no directive: check its spelling; as an operator, % needs a space behind it`,
  needsOperand: (directive: string, what: string) => `${quoted(directive)} needs ${what}`,
  selectsNothing: (index: bigint, count: number) =>
    `%sel(${index}) selects nothing: there are ${count} to select from, counted from 1`,
  numeralBase: (base: bigint) => `a numeral has a base from 2 to 64, not ${base}`,
  numeralDigits: (count: bigint) => `a numeral has at most 255 digits, not ${count}`,
  noLongMode: 'there is no 64-bit code here: the machine has no long mode yet; write it for bits 32 or 16',
  badBits: (bits: number) => `there is no ${bits}-bit mode: use 16, 32 or 64`,
  symbolAttribute: (text: string) =>
    `${quoted(text)} is no attribute of a symbol: use function, data, object, notype, weak, strong, default, internal, hidden or protected`,
  placementInObject: (word: string) =>
    `${quoted(word)} is left out of account: a linker places the sections of an object`,
  originInObject:
    'a source that is linked has no `org`: remove it, and give the address at which the program is linked ("address", --address)',
  externalInImage: (name: string) =>
    `${quoted(name)} stands elsewhere, and a flat image is not linked: name all sources and objects of the program as a list, or %include the source that defines it`,
  noCommonInImage:
    '`common` asks a linker for space, and a flat image is not linked: use resb in .bss, or name the program as a list of its sources and objects',
  sectionAttribute: (text: string) =>
    `${quoted(text)} is no attribute of a section and changes nothing: use progbits, nobits, align=, start=, follows=, vstart=, vfollows= or valign=`,
  unmatched: (directive: string, opener: string) => `${quoted(directive)} has no ${quoted(opener)} before it`,
  unclosedDirective: (directive: string) => `${quoted(directive)} is not closed: add its end`,

  // --- preprocessor ---
  noSuchFile: (name: string, folders: readonly string[]) =>
    folders.length === 0
      ? `cannot read ${quoted(name)}: check the name`
      : `cannot read ${quoted(name)} (looked in ${folders.join(', ')}): check the name, or add its folder to the include paths`,
  unreadableFile: (name: string, problem: string) => `cannot read ${quoted(name)}: ${problem}`,
  badDefinition: (name: string, problem: string) => `the text that ${quoted(name)} is defined as: ${problem}`,
  unknownPackage: (name: string, known: readonly string[]) =>
    `there is no package ${quoted(name)}: use ${known.join(', ')}, or %include the macros that you need`,
  includedTooDeep: (name: string) =>
    `${quoted(name)} is included too deep: does it include itself? guard it with %ifndef`,
  nestedTooDeep: 'macros and repetitions are nested too deep: does a macro lead back to itself?',
  tooManyLines: `the source, its macros and its repetitions make more than ${limits.expandedLines} lines: check what they multiply`,
  sourceTooLong: (name: string) =>
    `${quoted(name)} is too long: all sources together may have ${limits.sourceLines} lines and ${limits.sourceCharacters} characters; use incbin for data`,
  tooManySteps: (steps: number) =>
    `assembling takes more than ${steps} steps: check what macros, %rep and times multiply, and whether a symbol depends on itself`,
  tooManyOverloads: (name: string) =>
    `${quoted(name)} is defined in more than ${limits.overloads} forms: give some of them other names`,
  macrosTooLarge: `the texts of all macros are longer than ${limits.macroCharacters} characters: does one of them double?`,
  stringTooLong: `the string would be longer than ${limits.stringCharacters} characters: does it double?`,
  symbolsTooLong: `the names of all symbols are longer than ${limits.symbolCharacters} characters: shorten them`,
  tooManyRepetitions: (count: bigint) => `%rep ${count} is too much: at most ${limits.repetitions} times are allowed`,
  expansionTooLong: `the macros on this line, or their parameters, add more than ${limits.lineTokens} tokens or uses: check what they stand for`,
  nothingToPaste: '`%+` needs something on both sides',
  unclosedCall: (name: string) => `the parentheses after ${quoted(name)} are not closed: add \`)\``,
  badParameters: (name: string) =>
    `the parameters of ${quoted(name)} must be names separated by commas, with the modifiers =, &, &&, + and !`,
  greedyNotLast: (name: string) => `only the last parameter of ${quoted(name)} can take all that is left (+)`,
  macroName: (directive: string) => `${quoted(directive)} needs a name and a number of parameters, such as \`print 1\``,
  macroCount: (name: string) => `the macro ${quoted(name)} needs its number of parameters, such as 0, 2, 1-3 or 1+`,
  argumentCount: (macros: readonly MacroShape[]) =>
    `the macro ${quoted(macros[0].name)} takes ${macros.map(argumentRange).join(', or ')} argument(s): give as many`,
  notInMacro: (text: string) =>
    `${quoted(text)} only has a meaning inside %macro; as an operator, % needs a space behind it`,
  notCondition: (text: string) =>
    `${quoted(text)} needs a condition code (such as z, nc, le) as the argument of the macro`,
  stackModel: (names: readonly string[]) => `%stacksize needs one of ${names.join(', ')}`,
  stackVariable: (directive: string) =>
    `${quoted(directive)} needs names with their sizes, and no space around the colon: \`first:dword, second:word\``,
  stackVariableSize: (names: readonly string[]) => `a variable on the stack has one of the sizes ${names.join(', ')}`,
  localSize: '%local adds up in %$localsize, which needs a value: write %push and `%assign %$localsize 0` before it',
  noContext: (text: string) => `${quoted(text)} needs a context: open one with %push`,
  nothingToExit: (directive: string) => `${quoted(directive)} stands in nothing that it could leave`,
  withoutIf: (directive: string) => `${quoted(directive)} has no %if before it`,
  afterElse: (directive: string) =>
    `${quoted(directive)} comes after %else, so its lines are left out: end the construct with %endif`,
} as const;
