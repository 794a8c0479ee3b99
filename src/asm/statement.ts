// A line of the assembler: label, TIMES, prefixes, then an instruction, data, or a directive (NASM manual §3.1).
import { t } from '../base/localization';
import type { Budget } from './budget';
import { type DataItem, parseData } from './dataSyntax';
import { AssemblyError, type Extent, type SourcePosition } from './diagnostics';
import type { EncodedBefore } from './encodedInstruction';
import { type Expression, parseExpression, TokenReader } from './expression';
import { isOperator, type Token } from './lexer';
import { messages } from './messages';
import { allMnemonics, instructionsOf } from './mnemonics';
import { nearNames } from './nearNames';
import { asAddress, isOperandKeyword, type OperandSyntax, parseOperands } from './operandSyntax';
import type { ExpandedLine } from './preprocess/preprocessor';
import { registerNamed } from './registers';

export interface Statement extends Extent {
  readonly endColumn: number;
  readonly expandedFrom: readonly SourcePosition[];
  readonly label?: Token;
  /** The label stands alone, without a colon: perhaps a misspelt instruction. */
  readonly bareLabel: boolean;
  readonly times?: { readonly count: Expression; readonly token: Token };
  readonly prefixes: readonly Token[];
  readonly body: Body;
  /** How many steps the statement is in each pass: its tokens, and one for itself. */
  readonly weight: number;
}

export type Body =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'instruction';
      readonly mnemonic: string;
      readonly token: Token;
      readonly operands: readonly OperandSyntax[];
      /** Its bytes in the passes before: see instructionCache.ts. */
      encoded: EncodedBefore | undefined;
    }
  | { readonly kind: 'data'; readonly elementBytes: number; readonly items: readonly DataItem[] }
  | { readonly kind: 'reserve'; readonly elementBytes: number; readonly count: Expression; readonly token: Token }
  | { readonly kind: 'equ'; readonly value: Expression; readonly token: Token }
  | { readonly kind: 'incbin'; readonly file: Token; readonly skip?: Expression; readonly length?: Expression }
  | {
      readonly kind: 'directive';
      readonly name: string;
      readonly token: Token;
      readonly operands: readonly Token[];
      /** Written in brackets. */
      readonly primitive: boolean;
    };

const elementBytes: Readonly<Record<string, number>> = { b: 1, w: 2, d: 4, q: 8, t: 10, o: 16, y: 32, z: 64 };
const dataMnemonic = /^d([bwdqtoyz])$/;
const reserveMnemonic = /^res([bwdqtoyz])$/;

/** Prefix words, in the slots in which NASM writes them: two of one slot contradict each other. */
const prefixSlots = {
  wait: 'wait',
  lock: 'lock',
  rep: 'repeat', repe: 'repeat', repz: 'repeat', repne: 'repeat', repnz: 'repeat',
  xacquire: 'repeat', xrelease: 'repeat', bnd: 'repeat', nobnd: 'repeat',
  o16: 'operandSize', o32: 'operandSize', o64: 'operandSize',
  a16: 'addressSize', a32: 'addressSize', a64: 'addressSize',
  es: 'segment', cs: 'segment', ss: 'segment', ds: 'segment', fs: 'segment', gs: 'segment',
} as const; // prettier-ignore
export type PrefixSlot = (typeof prefixSlots)[keyof typeof prefixSlots];

const slots: ReadonlyMap<string, PrefixSlot> = new Map(Object.entries(prefixSlots));

export const prefixSlot = (word: string): PrefixSlot | undefined => slots.get(word);

/** Directives of the assembler; what NASM writes as standard macros is among them. */
const directiveWords = new Set(
  (
    'bits use16 use32 use64 org section segment absolute global extern static required common cpu default ' +
    'align alignb sectalign struc endstruc istruc at iend float'
  ).split(' '),
);

/** Words that are directives only in brackets, and names elsewhere; they change nothing in a flat image. */
const bracketedWords = new Set(['list', 'debug', 'warning', 'map']);
/** Nobody means a label with these. */
const linkageWords = new Set(['global', 'static', 'extern', 'required', 'common']);
const withoutOperands = new Set(['use16', 'use32', 'use64', 'endstruc', 'iend']);

const isDirective = (word: string) => directiveWords.has(word);

/** NASM's directives are macros: one that has operands where it takes none, or none at all, is a name like any other. */
const isDirectiveWith = (word: string, hasOperands: boolean) =>
  isDirective(word) && (linkageWords.has(word) || withoutOperands.has(word) !== hasOperands);

/** Words beside mnemonics that start a statement. */
const keywords: ReadonlySet<string> = new Set([
  ...Object.keys(elementBytes).flatMap(letter => [`d${letter}`, `res${letter}`]),
  ...['equ', 'incbin', 'times'],
  ...Object.keys(prefixSlots),
  ...directiveWords,
]);

/** Whether a word at the start of a line starts a statement, and so is no label unless a colon follows. */
export function isKeyword(word: string): boolean {
  const lower = word.toLowerCase();
  return keywords.has(lower) || instructionsOf(lower) !== undefined;
}

class StatementParser {
  private readonly reader: TokenReader;

  constructor(
    private readonly line: ExpandedLine,
    private readonly budget: Budget,
  ) {
    this.reader = new TokenReader(line.tokens, line, budget);
  }

  parse(): Statement {
    const { position, endColumn, expandedFrom, tokens } = this.line;
    const weight = tokens.length + 1;
    if (isOperator(this.reader.next, '[')) {
      return { position, endColumn, expandedFrom, bareLabel: false, prefixes: [], body: this.bracketed(), weight };
    }
    const label = this.label();
    const bareLabel = label !== undefined && this.reader.atEnd && !isOperator(this.reader.tokens[1], ':');
    const times = this.times();
    const prefixes = this.prefixes();
    const body = this.reader.atEnd ? ({ kind: 'nothing' } as const) : this.body(label !== undefined);
    return { position, endColumn, expandedFrom, bareLabel, prefixes, body, weight, label, times };
  }

  /** `[bits 32]`: the primitive form of a directive. */
  private bracketed(): Body {
    const { tokens } = this.reader;
    const [open, name] = tokens;
    const close = tokens[tokens.length - 1];
    if (!name || !isOperator(close, ']')) throw new AssemblyError(messages.unclosedBracket(), open);
    const word = name.text.toLowerCase();
    if (bracketedWords.has(word)) return { kind: 'nothing' };
    if (!isDirective(word)) throw new AssemblyError(messages.unknownDirective(`[${name.text}]`), name);
    return { kind: 'directive', name: word, token: name, operands: tokens.slice(2, -1), primitive: true };
  }

  private label(): Token | undefined {
    const first = this.reader.next;
    const second = this.reader.tokens[1];
    if (first?.kind !== 'identifier') {
      throw new AssemblyError(messages.unexpected(first?.text ?? '', t`a label or an instruction`), this.reader.here);
    }
    const colon = isOperator(second, ':');
    if (!first.forced && isOperandKeyword(first.text))
      throw new AssemblyError(messages.keywordAsLabel(first.text), first);
    if (!colon && !first.forced) {
      const word = first.text.toLowerCase();
      if (isDirective(word) ? isDirectiveWith(word, second !== undefined) : isKeyword(word)) return undefined;
      if (second && !(second.kind === 'identifier' && isKeyword(second.text)))
        throw new AssemblyError(this.unknown(first), first);
    }
    if (!first.forced && registerNamed(first.text))
      throw new AssemblyError(messages.registerAsLabel(first.text), first);
    this.reader.take();
    if (colon) this.reader.take();
    return first;
  }

  private unknown({ text }: Token): string {
    return messages.unknownInstruction(text, this.budget.maySuggest() ? nearNames(text, allMnemonics()) : []);
  }

  private times(): Statement['times'] {
    if (this.reader.word !== 'times') return undefined;
    const token = this.reader.take();
    return { token, count: parseExpression(this.reader) };
  }

  private prefixes(): Token[] {
    const prefixes: Token[] = [];
    for (let word = this.reader.word; word !== undefined && prefixSlot(word); word = this.reader.word) {
      const repeated = prefixes.some(other => prefixSlot(other.text.toLowerCase()) === prefixSlot(word));
      if (repeated) throw new AssemblyError(messages.conflictingPrefixes(), this.reader.here);
      prefixes.push(this.reader.take());
    }
    if (this.reader.word === 'times') throw new AssemblyError(messages.timesFirst(), this.reader.here);
    return prefixes;
  }

  private body(labelled: boolean): Body {
    const token = this.reader.take();
    const name = token.kind === 'identifier' ? token.text.toLowerCase() : '';
    const data = dataMnemonic.exec(name);
    if (data)
      return {
        kind: 'data',
        elementBytes: elementBytes[data[1]],
        items: parseData(this.reader, elementBytes[data[1]]),
      };
    const reserve = reserveMnemonic.exec(name);
    if (reserve) return { kind: 'reserve', elementBytes: elementBytes[reserve[1]], count: this.last(), token };
    if (name === 'equ') return { kind: 'equ', value: this.equ(token, labelled), token };
    if (name === 'incbin') return this.incbin(token);
    if (isDirectiveWith(name, !this.reader.atEnd)) {
      const operands = this.reader.tokens.slice(this.reader.index);
      return { kind: 'directive', name, token, operands, primitive: false };
    }
    if (!instructionsOf(name)) throw new AssemblyError(this.unknown(token), token);
    const operands = parseOperands(this.reader);
    return {
      kind: 'instruction',
      mnemonic: name,
      token,
      operands: name === 'lea' ? operands.map(asAddress) : operands,
      encoded: undefined,
    };
  }

  private equ(token: Token, labelled: boolean): Expression {
    if (!labelled) throw new AssemblyError(messages.equNeedsLabel(), token);
    return this.last();
  }

  private last(): Expression {
    const expression = parseExpression(this.reader);
    if (!this.reader.atEnd)
      throw new AssemblyError(
        messages.unexpected(this.reader.next?.text ?? '', t`the end of the line`),
        this.reader.here,
      );
    return expression;
  }

  private incbin(token: Token): Body {
    const file = this.reader.next;
    if (file?.kind !== 'string')
      throw new AssemblyError(messages.needsOperand('incbin', t`a file name in quotes`), file ?? token);
    this.reader.take();
    const skip = this.reader.accept(',') ? parseExpression(this.reader) : undefined;
    const length = this.reader.accept(',') ? this.last() : undefined;
    if (!this.reader.atEnd)
      throw new AssemblyError(
        messages.unexpected(this.reader.next?.text ?? '', t`the end of the line`),
        this.reader.here,
      );
    return { kind: 'incbin', file, ...(skip ? { skip } : {}), ...(length ? { length } : {}) };
  }
}

/** Parses a line that came out of the preprocessor. Throws AssemblyError. */
export function parseStatement(line: ExpandedLine, budget: Budget): Statement {
  return new StatementParser(line, budget).parse();
}

/** The label of a line that does not parse, so that the uses of it do not fail as well. */
export function labelOfBrokenLine(line: ExpandedLine): Token | undefined {
  const [first, second] = line.tokens;
  return first?.kind === 'identifier' && isOperator(second, ':') && !registerNamed(first.text) ? first : undefined;
}
