// Bounds on what a source may ask for. Sources are untrusted (they are assembled while somebody types), so every loop
// that a source controls ends here with an error instead of hanging the editor or exhausting memory.

export const limits = {
  /** Bytes of the image, gaps between sections included. */
  imageBytes: 64 * 1024 * 1024,
  /** Uninitialized bytes: they only move addresses. */
  reservedBytes: 2 ** 40,
  /** Lines that come out of the preprocessor in one pass, macro bodies and repetitions included. */
  expandedLines: 200_000,
  /** Iterations of one %rep. */
  repetitions: 200_000,
  /** Macro calls, %rep blocks and includes inside each other. */
  nesting: 128,
  /** Files included inside each other. */
  includeDepth: 32,
  /** Tokens that the expansion of one line may add. */
  lineTokens: 20_000,
  /** Steps (macro uses) in the expansion of one line. */
  lineExpansions: 20_000,
  /** Parentheses inside each other in one expression. */
  expressionDepth: 200,
  /** Operators in one expression. */
  expressionOperators: 2000,
  /** Instructions that one TIMES may repeat. */
  repeatedInstructions: 200_000,
  /** Encodings in one pass; more means that TIMES, %rep and macros multiply beyond any guest's need. */
  instructions: 400_000,
  /** Statements and repeated instructions in all passes together. */
  work: 3_000_000,
  /** Passes until branch sizes must have settled. */
  passes: 200,
  /** Diagnostics reported for one run. */
  diagnostics: 200,
} as const;
