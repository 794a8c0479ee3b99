// Recognises sources in the syntax of GNU as, of either kind: they yield one message instead of one for each line.

/** Where it shows, counted from 1. */
export interface GnuSyntax {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** Directives with operands, as no label of NASM's is followed by them. */
const directive =
  /^\s*(?:[\w.$]+:\s*)?(\.(?:globl|global|intel_syntax|att_syntax|section|asciz?|string|long|byte|quad|word|int|code(?:16|32|64)|align|p2align|balign|type|size|equ|set|org|fill|skip|zero|macro|include|file|cfi_\w+)\b)(?!\s*[:=])/;
/** A register with a percent sign as an operand, or a number with a dollar sign before one. */
const operands =
  /^\s*(?:[\w.$]+:\s*)?[a-z]\w*\s+(?!\s)(?:[^;"'`]*?[\s,(*])??((?:\$[\w-]+\s*,\s*)?%(?:[er]?(?:[abcd]x|[sd]i|[sb]p)|[abcd][lh]|[c-gs]s|cr[0-8]|st)\b)/i;

export function gnuSyntaxIn(source: string): GnuSyntax | undefined {
  for (const [index, line] of source
    .slice(0, mostCharacters)
    .split(/\r\n|\n|\r/, mostLines)
    .entries()) {
    if (line.length > longestLine) continue;
    const [, text] = directive.exec(line) ?? operands.exec(line) ?? [];
    if (text !== undefined) return { line: index + 1, column: line.indexOf(text) + 1, text };
  }
  return undefined;
}

/** Nobody writes longer ones by hand; and it shows early. */
const longestLine = 200;
const mostLines = 2000;
const mostCharacters = longestLine * mostLines;
