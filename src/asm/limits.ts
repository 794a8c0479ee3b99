// Bounds on what a source may ask for. Sources are untrusted (they are assembled while somebody types), so every loop
// that a source controls, and everything that it makes grow, ends here with an error that says which bound was met.
// All are counts, so that a source is refused or accepted alike on every machine; together they keep a run below two
// seconds and 256 MB. What is not counted by a row of its own is counted as steps.

export const limits = {
  // --- the whole run ---
  /** What all passes may do together; a step is the work on one token, some 0.5 µs. */
  steps: 2_500_000,
  /** Characters of the sources, each file counted once. */
  sourceCharacters: 8_000_000,
  /** Lines of the sources, each file counted once. */
  sourceLines: 250_000,
  /** Passes until branch sizes must have settled. */
  passes: 200,
  /** Diagnostics kept of one severity. */
  diagnostics: 200,
  /** Characters of a message: names and texts in it may be long. */
  messageCharacters: 1000,
  /** Misspelt names for which similar ones are looked for. */
  suggestions: 30,
  /** Names that one misspelt name is compared with. */
  suggestionCandidates: 20_000,

  // --- the image ---
  /** Bytes of the image, gaps between sections included. */
  imageBytes: 64 * 1024 * 1024,
  /** Uninitialized bytes: they only move addresses. */
  reservedBytes: 2 ** 40,
  /** Instructions that one TIMES may repeat. */
  repeatedInstructions: 200_000,
  /** Encodings in one pass; more means that TIMES, %rep and macros multiply beyond any guest's need. */
  instructions: 400_000,

  // --- what is kept ---
  /** Characters of all names of symbols together. */
  symbolCharacters: 16_000_000,
  /**
   * Tokens of statements that are kept from pass to pass: of a larger program, each pass reads the source anew. And tokens of
   * macros' bodies that are kept in a pass, beyond which each call reads them anew.
   */
  keptTokens: 300_000,
  /** Size of all single-line macros together: their characters, and some more for each token. */
  macroCharacters: 16_000_000,
  /** Macros of one name, that differ in the number of their parameters or in case. */
  overloads: 200,

  // --- one line ---
  /** Tokens of one line of a source, with those that a backslash joins to it. */
  sourceLineTokens: 200_000,
  /** Lines that the preprocessor hands to the assembler in one pass, those of macros and repetitions included. */
  expandedLines: 100_000,
  /** Iterations of one %rep. */
  repetitions: 200_000,
  /** Macro calls, %rep blocks and includes inside each other. */
  nesting: 128,
  /** Files included inside each other. */
  includeDepth: 32,
  /** Tokens that macros and their parameters may add to one line. */
  lineTokens: 20_000,
  /** Steps (macro uses) in the expansion of one line. */
  lineExpansions: 20_000,
  /** Characters of a name, as in NASM. */
  nameCharacters: 4095,
  /** Characters of a number. */
  numberCharacters: 1000,
  /** Characters of a string that %strcat, %defstr and their kin make. */
  stringCharacters: 65_536,
  /** Parentheses inside each other in one expression. */
  expressionDepth: 200,
  /** Operators in one expression. */
  expressionOperators: 2000,
  /** Different registers, or sections, that one sum may hold. */
  expressionTerms: 16,
  /** Addresses of an object that a linker has to fill in. */
  relocations: 200_000,
} as const;
