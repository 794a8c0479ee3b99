// Made by src/build/opcodeTable.mjs when the assembler is bundled.
declare module 'ringside:opcode-table' {
  /**
   * By lower-case mnemonic its opcodes, separated by spaces; none where there are only encodings that are left out (EVEX, XOP, MVEX).
   * Of each, separated by commas: iced's code and its name, operand kinds joined by `+`, operand size, address size, memory type,
   * its bits, modes (1 for 16, 2 for 32, 4 for 64 bits), 1 for 64 bits without REX.W, the processors' generation.
   */
  const table: Readonly<Record<string, string>>;
  export default table;
}
