// Operands of instructions as they are written (NASM manual §3.3): size and distance keywords, registers, immediates,
// memory in brackets, far pointers.
// Left out: AVX-512 decorators in braces, which are named in the error.
import { t } from '../base/localization';
import { AssemblyError, type Extent } from './diagnostics';
import { type Expression, parseExpression, type TokenReader } from './expression';
import { isOperator, type Token } from './lexer';
import { messages } from './messages';
import { type Register, registerNamed } from './registers';

export interface OperandSyntax {
  readonly kind: 'register' | 'immediate' | 'memory' | 'farPointer';
  /** The keyword byte, word, dword, …: bits. */
  readonly sizeBits?: number;
  readonly strict: boolean;
  readonly distance?: 'short' | 'near' | 'far';
  /** `fadd to st1`. */
  readonly to: boolean;
  readonly extent: Extent;
  /** The register, the value, the address or the offset of the far pointer. */
  readonly expression: Expression;
  /** Of a far pointer. */
  readonly selector?: Expression;
  readonly memory?: MemorySyntax;
}

/** What stands in the brackets beside the address itself. */
export interface MemorySyntax {
  readonly segment?: Register;
  /** byte, word, dword, qword before the address: width of the displacement. */
  readonly displacementBits?: number;
  readonly nosplit: boolean;
  readonly relative?: 'rel' | 'abs';
  /** a16, a32, a64 in the brackets. */
  readonly addressPrefix?: string;
}

export const plainMemory: MemorySyntax = {
  segment: undefined,
  displacementBits: undefined,
  nosplit: false,
  relative: undefined,
  addressPrefix: undefined,
};

const sizes: Readonly<Record<string, number>> = {
  byte: 8,
  word: 16,
  dword: 32,
  long: 32,
  qword: 64,
  tword: 80,
  oword: 128,
  yword: 256,
  zword: 512,
};

export const isSizeKeyword = (word: string) => Object.hasOwn(sizes, word);
export const operandKeywords = [...Object.keys(sizes), 'strict', 'short', 'near', 'far', 'to', 'nosplit', 'rel', 'abs'];
/** Whether a word has a meaning in operands, and so names nothing. */
export const isOperandKeyword = (word: string) =>
  operandKeywords.includes(word.toLowerCase()) || /^(seg|wrt)$/i.test(word);

type Qualifiers = { -readonly [key in 'sizeBits' | 'strict' | 'distance' | 'to']?: OperandSyntax[key] };

function qualifiers(reader: TokenReader): Qualifiers {
  const found: Qualifiers = {};
  for (let word = reader.word; word !== undefined; word = reader.word) {
    if (isSizeKeyword(word)) found.sizeBits ??= sizes[word];
    else if (word === 'strict') found.strict = true;
    else if (word === 'to') found.to = true;
    else if (word === 'short' || word === 'near' || word === 'far') found.distance = word;
    else return found;
    reader.take();
  }
  return found;
}

type MemoryQualifiers = { -readonly [key in keyof MemorySyntax]: MemorySyntax[key] };

/** Keywords inside the brackets; they may stand before the segment register and after it. */
function memoryQualifiers(reader: TokenReader, found: MemoryQualifiers) {
  for (let word = reader.word; word !== undefined; word = reader.word) {
    if (isSizeKeyword(word) && sizes[word] <= 64) found.displacementBits = sizes[word];
    else if (word === 'nosplit') found.nosplit = true;
    else if (word === 'rel' || word === 'abs') found.relative = word;
    else if (/^a(16|32|64)$/.test(word)) found.addressPrefix = word;
    else return;
    reader.take();
  }
}

function segmentOverride(reader: TokenReader): Register | undefined {
  const { word } = reader;
  const register = word ? registerNamed(word) : undefined;
  if (register?.class !== 'seg' || !isOperator(reader.tokens[reader.index + 1], ':')) return undefined;
  reader.take();
  reader.take();
  return register;
}

interface Bracketed {
  readonly memory: MemorySyntax;
  readonly expression: Expression;
}

/** From behind the opening bracket to behind the closing one; `outer` is a segment named before the bracket. */
function bracketed(reader: TokenReader, open: Token, outer?: Register): Bracketed {
  const found: MemoryQualifiers = { ...plainMemory };
  memoryQualifiers(reader, found);
  const segment = outer ?? segmentOverride(reader);
  memoryQualifiers(reader, found);
  const expression = addressParts(reader);
  if (!reader.accept(']')) throw new AssemblyError(messages.unclosedBracket(), reader.next ?? open);
  found.segment = segment;
  return { memory: found, expression };
}

/** The address, or `base,index` with its parts apart. */
function addressParts(reader: TokenReader): Expression {
  const base = parseExpression(reader);
  const comma = reader.next;
  if (!comma || !reader.accept(',')) return base;
  return { kind: 'binary', operator: '+', left: base, right: parseExpression(reader), token: comma };
}

/** A memory operand, if one is next: `[…]`, `es:[…]`, or `es:address` without brackets. */
function memory(reader: TokenReader): Parsed | undefined {
  const segment = segmentOverride(reader);
  const open = reader.next;
  if (open && reader.accept('[')) return bracketed(reader, open, segment);
  return segment && { memory: { ...plainMemory, segment }, expression: parseExpression(reader) };
}

function withExtent(reader: TokenReader, first: Token): Extent {
  const last = reader.tokens[reader.index - 1] ?? first;
  const sameLine = last.position.line === first.position.line && last.position.file === first.position.file;
  return {
    position: first.position,
    endColumn: sameLine && last.endColumn > first.position.column ? last.endColumn : first.endColumn,
  };
}

function operand(reader: TokenReader): OperandSyntax {
  const first = reader.take();
  reader.index--;
  const { sizeBits, strict = false, distance, to = false } = qualifiers(reader);
  if ((reader.word === 'ptr' || reader.word === 'offset') && startsOperand(reader.tokens[reader.index + 1]))
    throw new AssemblyError(messages.notNasm(reader.word), reader.here);
  const parsed = memory(reader) ?? indexed(reader);
  noDecorator(reader);
  const { kind = 'memory', expression, selector, memory: brackets } = parsed;
  const extent = withExtent(reader, first);
  return { kind, expression, selector, memory: brackets, sizeBits, strict, distance, to, extent };
}

/** `offset` and `ptr` are names like others, unless what they stand before shows that MASM's words are meant. */
const startsOperand = (token: Token | undefined) =>
  token !== undefined && (token.kind !== 'operator' || token.text === '[');

/** `lea eax,label` means the address, as with brackets. */
export const asAddress = (syntax: OperandSyntax): OperandSyntax =>
  syntax.kind === 'immediate' ? { ...syntax, kind: 'memory', memory: plainMemory } : syntax;

type Parsed = Pick<OperandSyntax, 'expression' | 'selector' | 'memory'> & { readonly kind?: OperandSyntax['kind'] };

/** A value, a register, `selector:offset`, or `label[register]`, which is a memory operand. */
function indexed(reader: TokenReader): Parsed {
  const expression = parseExpression(reader);
  const open = reader.next;
  if (open && reader.accept('[')) {
    const index = bracketed(reader, open);
    const sum = { kind: 'binary', operator: '+', left: expression, right: index.expression, token: open } as const;
    return { memory: index.memory, expression: sum };
  }
  if (reader.accept(':')) return { kind: 'farPointer', selector: expression, expression: parseExpression(reader) };
  return { kind: expression.kind === 'register' ? 'register' : 'immediate', expression };
}

function noDecorator(reader: TokenReader) {
  if (isOperator(reader.next, '{'))
    throw new AssemblyError(messages.unsupported('{…} decorators', t`AVX-512 is left out`), reader.next);
}

/** The comma-separated operands up to the end of the statement. Throws AssemblyError. */
export function parseOperands(reader: TokenReader): OperandSyntax[] {
  const operands: OperandSyntax[] = [];
  if (reader.atEnd) return operands;
  do {
    if (reader.atEnd) break; // NASM lets a comma stand at the end
    operands.push(operand(reader));
  } while (reader.accept(','));
  if (!reader.atEnd)
    throw new AssemblyError(
      messages.unexpected(reader.next?.text ?? '', t`a comma or the end of the line`),
      reader.here,
    );
  return operands;
}
